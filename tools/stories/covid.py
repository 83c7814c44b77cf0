"""Two weeks of a pandemic: what people asked Bing decides which questions the CDC's FAQ is asked to answer in advance.

usage: tools/stories/covid DATA [-o FOLDER] [--programs dist]

Queries up to 24 January 2020 are planned on, those from the 25th on are replayed. Answers are the CDC's own. Which planned
question its FAQ answers was judged by one person, who read the plan against the FAQ: covid-accepted.csv, where digests stand for
the texts. Prints the figures of covid.md.
"""

import csv

from story import ROOT, Story, arguments, digest, percent, rows, table

SPLIT = "2020-01-25"
HERE = ROOT / "tools/stories"

options = arguments(__doc__)
story = Story(options)
log = rows(options.data / "bing-covid-log/log.jsonl")
entries = rows(options.data / "covid-cdc-faq/entries.jsonl")
labels = options.data / "covid-cdc-faq/queries-dev.jsonl"


def part(name: str, wanted) -> str:
    story.write(name, [{"query": row["query"], "count": row["weight"], "at": row["date"]} for row in log if wanted(row["date"])])
    return name


first = part("first.jsonl", lambda date: date < SPLIT)
later = part("later.jsonl", lambda date: date >= SPLIT)
story.write("faq.jsonl", entries)
with open(HERE / "covid-accepted.csv", newline="") as file:
    accepted = {row["digest"]: f"covid-cdc-faq/{row['entry']}" for row in csv.DictReader(file)}

# The FAQ as it stands, and what it misses.
base = story.recipe("faq", ["faq.jsonl"])
story.plan(first, base)
planned = story.planned()

# The CDC's own answers to those of the planned questions that its FAQ answers; the rest stays unanswered.
answer = {row["id"]: row["answer"] for row in entries}
owner = {answer[row["id"]]: row["id"] for row in entries}
found = {row["id"]: answer[accepted[digest(row["question"])]] for row in planned if digest(row["question"]) in accepted}
story.ingest(found)

# An answer that the FAQ has already is a further wording of that entry.
variants = [{"id": owner[row["answer"]], "question": row["question"], "origin": "accepted"}
            for row in rows(story.path("answers/entries.jsonl"))]
story.write("planned.jsonl", variants)
wordings = [{"id": accepted[digest(wording["question"])], "question": wording["question"], "origin": "accepted"}
            for row in planned for wording in row["wordings"] if digest(wording["question"]) in accepted]
refused = sum(len(row["wordings"]) for row in planned if digest(row["question"]) in accepted) - sum(
    digest(wording["question"]) in accepted for row in planned if digest(row["question"]) in accepted for wording in row["wordings"])
story.write("accepted.jsonl", variants + wordings)
# A plan leaves out what the FAQ answers already. But what it answers by likeness alone may be lost among new wordings, so the
# question that carries most of the traffic is accepted as a wording too.
word = {"id": accepted[digest("coronavirus")], "question": "coronavirus", "origin": "accepted"}
story.write("word.jsonl", variants + wordings + [word])

lines = []
for name, bundle in [
    ("the FAQ, one wording each", base), ("and the planned questions", story.recipe("planned", ["faq.jsonl"], "planned.jsonl")),
    ("and their accepted wordings", story.recipe("accepted", ["faq.jsonl"], "accepted.jsonl")),
    ("and the word “coronavirus” itself", story.recipe("word", ["faq.jsonl"], "word.jsonl")),
]:
    checked = story.figures("check", bundle, labels, accepted=(0, 2))
    figures = story.figures("report", bundle, "--log", later, "--next", "0")["requests"]
    without = story.write("further.jsonl", [row for row in rows(story.path(later)) if row["query"] != "coronavirus"])
    rest = story.figures("report", bundle, "--log", without, "--next", "0")["requests"]
    lines.append([name, percent(figures["coverage"]), percent(figures["exact"] / figures["requests"]), percent(rest["coverage"]),
                  f"{checked['right']} of {checked['requests']}", checked["wrong"]])

bundle = story.path("word.almanac")
replies = story.replay(bundle, later, "replies.jsonl")
report = story.figures("report", bundle, "--log", later, "--labels", labels, "--prices", story.prices, "--reader", replies,
                       "-o", "report.html")
growth, cost = report["growth"], report["cost"]
print(table(["bundle", "later traffic answered", "exactly", "without the word “coronavirus”", "CDC paraphrases answered rightly",
             "wrongly"], lines))
print(f"""
{len(planned)} questions planned on {sum(1 for row in log if row['date'] < SPLIT)} rows; the FAQ answers {len(found)} of them, and \
{len(wordings)} of the wordings grouped with them were accepted, {refused} refused.
Of the next {growth['next']} answers, {growth['paying']} save more within 30 days than they cost (GPT-4.1, 0.50 USD to check one).
Cost of the later traffic: {report['cost']['models'][0]['before']:.2f} before, {report['cost']['models'][0]['after']:.2f} after, in \
{cost['currency']}.
Report: {story.path('report.html')}""")
