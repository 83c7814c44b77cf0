"""A bank's support desk: half of its tickets decide what it answers in advance, the rest show what that serves.

usage: tools/stories/support DATA [-o FOLDER] [--programs dist]

BANKING77: real questions with the intent that an agent gave them. The set has no dates, so "earlier" and "later" are its own
training rows and its development rows; 8 of its 77 intents, a fifth of the later rows, have no answer. The intent's name stands
for the answer: the set has no other. Whether a planned wording belongs to an answer is what the set's labels say, which stand for
the agent. Prints the figures of support.md.
"""

from story import Story, arguments, percent, rows, table

ANSWERS = 300

options = arguments(__doc__)
story = Story(options)
data = options.data / "banking77"
entries = rows(data / "entries.jsonl")
tickets = rows(data / "variants.jsonl")[::2]
later = rows(data / "queries-dev.jsonl")
intent = {row["question"]: row["id"] for row in tickets}

story.write("faq.jsonl", entries)
story.write("earlier.jsonl", [{"query": row["question"]} for row in tickets])
story.write("later.jsonl", [{"query": row["query"], "topic": (row["expect"] or "an intent without an answer").removeprefix("banking77/")}
                            for row in later])
labels = story.write("labels.jsonl", later)

base = story.recipe("faq", ["faq.jsonl"])
story.plan("earlier.jsonl", base, "--answers", ANSWERS, "--min-count", 1)
planned = story.planned()

# The agent's answer to each planned question is that of its ticket.
answer = {row["id"]: row["answer"] for row in entries}
owner = {row["answer"]: row["id"] for row in entries}
story.ingest({row["id"]: answer[intent[row["question"]]] for row in planned})
variants = [{"id": owner[row["answer"]], "question": row["question"], "origin": "accepted"}
            for row in rows(story.path("answers/entries.jsonl"))]
story.write("planned.jsonl", variants)

# Of the plan's wordings the agent accepts those that were answered in the same way.
proposed = [(intent[row["question"]], wording["question"]) for row in planned for wording in row["wordings"]]
wordings = [{"id": id, "question": text, "origin": "accepted"} for id, text in proposed if intent[text] == id]
story.write("accepted.jsonl", variants + wordings)
story.write("all.jsonl", [{"id": row["id"], "question": row["question"], "origin": "accepted"} for row in tickets])

lines = []
for name, bundle in [
    ("one wording each", base), (f"and {len(planned)} planned questions", story.recipe("planned", ["faq.jsonl"], "planned.jsonl")),
    (f"and {len(wordings)} accepted wordings", story.recipe("accepted", ["faq.jsonl"], "accepted.jsonl")),
    (f"all {len(tickets)} tickets as wordings", story.recipe("tickets", ["faq.jsonl"], "all.jsonl")),
]:
    check = story.figures("check", bundle, labels, accepted=(0, 2))
    lines.append([name, percent(check["hit_rate"]), percent(check["served"]), percent(check["wrong_share"]), percent(check["precision"])])

bundle = story.path("accepted.almanac")
replies = story.replay(bundle, "later.jsonl", "replies.jsonl")
report = story.figures("report", bundle, "--log", "later.jsonl", "--labels", labels, "--prices", story.prices, "--reader", replies,
                       "-o", "report.html")
cost, growth = report["cost"], report["growth"]
print(table(["bundle", "later requests answered", "answerable ones, rightly", "wrong, of all", "precision"], lines))
print(f"""
{len(proposed)} wordings were proposed, {len(proposed) - len(wordings)} of them belong to another intent and were refused.
Of the next {growth['next']} answers, {growth['paying']} save more on one such log than they cost (GPT-4.1, 0.50 USD to check one).
Cost of the {len(later)} later requests: {cost['models'][0]['before']:.2f} before, {cost['models'][0]['after']:.2f} after, in {cost['currency']}.
Report: {story.path('report.html')}""")
