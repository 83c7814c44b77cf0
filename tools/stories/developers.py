"""From a log to a report with what is in the repository: half of a developers' FAQ is published, the log asks for the rest.

usage: tools/stories/developers [-o FOLDER] [--programs dist]

The answers on Python, curl and SQLite are published; the Perl FAQ's are not. The log is every question and wording of the Perl
FAQ, once each, and the 200 written test queries of dev-faq, so its coverage says that the steps work, not what traffic would
bring. Answers to planned questions are the FAQ's own. Prints the figures of developers.md.
"""

from story import ROOT, Story, arguments, percent, rows, table

options = arguments(__doc__, needs_data=False)
story = Story(options)
data = ROOT / "bundles/dev-faq"
entries = rows(data / "entries.jsonl")
labels = data / "queries.jsonl"
published = [row for row in entries if not row["id"].startswith("dev-faq/perl/")]
perl = [row for row in entries if row["id"].startswith("dev-faq/perl/")]

story.write("published.jsonl", published)
story.write("log.jsonl", [{"query": row["question"]} for row in perl]
            + [{"query": row["question"]} for row in rows(data / "variants.jsonl") if row["id"].startswith("dev-faq/perl/")]
            + [{"query": row["query"]} for row in rows(labels)])
base = story.recipe("published", ["published.jsonl"])
plan = story.plan("log.jsonl", base, "--answers", 400, "--min-count", 1)
planned = story.planned()

answer = {row["question"]: row["answer"] for row in perl}
found = {row["id"]: answer[row["question"]] for row in planned if row["question"] in answer}
story.ingest(found, prefix="dev-faq/perl/")
retry = sum(len(rows(path)) for path in story.folder.glob("answers/retry-*.jsonl"))
bundle = story.recipe("grown", ["published.jsonl", "answers/entries.jsonl"])

lines = []
for name, path in [("published", base), ("with the planned answers", bundle)]:
    figures = story.figures("report", path, "--log", "log.jsonl", "--next", "0")["requests"]
    lines.append([name, int(figures["requests"]), percent(figures["coverage"]), percent(figures["exact"] / figures["requests"])])

# The new entries have ids of the plan, so only labels without an entry can be checked: none of these may be answered.
unanswerable = story.write("unanswerable.jsonl", [row for row in rows(labels) if row["expect"] is None])
check = story.figures("check", bundle, unanswerable, accepted=(0, 2))
replies = story.replay(bundle, "log.jsonl", "replies.jsonl")
report = story.figures("report", bundle, "--log", "log.jsonl", "--prices", story.prices, "--reader", replies, "-o", "report.html")
print(table(["bundle", "requests", "answered", "exactly"], lines))
print(f"""
{plan['planned']} questions planned; the FAQ answers {len(found)} of them, {retry} stay to be asked again.
Of {check['requests']} written queries that no entry answers, answered: {check['wrong']}.
Report: {story.path('report.html')}""")
if lines[1][2] == lines[0][2] or not found or len(rows(story.path("answers/entries.jsonl"))) != len(found):
    raise SystemExit("error: the planned answers serve nothing, or some of them were lost")
