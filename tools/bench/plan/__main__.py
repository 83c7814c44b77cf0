"""Compares what plans serve of later traffic: `almanac plan`, most frequent first, and medoids of k-means.

usage: python3 tools/bench/plan DATA [--almanac dist/almanac] [--split 2020-01-25] [--budgets 25,50,100]

DATA holds bing-covid-log/log.jsonl, queries with dates and weights. Each way chooses from the queries before the split;
its questions become the entries of a bundle (with a placeholder for an answer), and the bundle is asked every query from the
split on. The share of their weight that is answered is the coverage; "exactly" is the part of it that equals a stored
question, the rest was answered as a rewording. The log has no labels, so whether a rewording was answered rightly is not measured.
Prints a table in Markdown. Needs numpy.
"""
import argparse, json, os, subprocess, sys, tempfile, time

import numpy

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("data")
parser.add_argument("--almanac", default="dist/almanac")
parser.add_argument("--split", default="2020-01-25")
parser.add_argument("--budgets", default="25,50,100")
options = parser.parse_args()
budgets = [int(text) for text in options.budgets.split(",")]
work = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(work.name, name)


def write(name, rows):
    with open(path(name), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path(name)


def almanac(*arguments, accepted=(0,), **more):
    done = subprocess.run([options.almanac, *arguments], capture_output=True, text=True, **more)
    if done.returncode not in accepted:
        sys.exit(f"almanac {' '.join(arguments)}: {done.stderr}")
    return done.stdout


rows = [json.loads(line) for line in open(os.path.join(options.data, "bing-covid-log/log.jsonl"), encoding="utf-8")]
early = [row for row in rows if row["date"] < options.split]
late = [row for row in rows if row["date"] >= options.split]


def totals(rows):
    sums = {}
    for row in rows:
        sums[row["query"]] = sums.get(row["query"], 0) + row["weight"]
    return sums


past, future = totals(early), totals(late)
frequent = sorted(past, key=lambda query: (-past[query], query))
everything = sum(future.values())

log = write("log.jsonl", [{"query": row["query"], "count": row["weight"], "at": row["date"]} for row in early])
start = time.time()
almanac("plan", log, "-o", path("plan"), "--answers", str(max(budgets)), "--show", "0")
planned = [json.loads(line) for line in open(path("plan/plan.jsonl"), encoding="utf-8")]
print(f"planned {len(planned)} answers in {time.time() - start:.1f} s", file=sys.stderr)


def medoids(count, seed=1, rounds=20):
    """Spherical k-means with k-means++ starts, each query as often as it was asked; of each cluster the nearest query."""
    text = almanac("vectors", input="\n".join(frequent) + "\n")
    vectors = numpy.array([list(bytes.fromhex(line)) for line in text.split()], dtype=numpy.uint8).view(numpy.int8).astype(float)
    vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    weights = numpy.array([past[query] for query in frequent], float)
    random = numpy.random.default_rng(seed)
    chosen = [int(random.choice(len(frequent), p=weights / weights.sum()))]
    while len(chosen) < min(count, len(frequent)):
        distance = numpy.maximum(1 - (vectors @ vectors[chosen].T).max(axis=1), 0) * weights
        distance[chosen] = 0
        if distance.sum() <= 0:
            break
        chosen.append(int(random.choice(len(frequent), p=distance / distance.sum())))
    centres = vectors[chosen]
    for _ in range(rounds):
        owner = (vectors @ centres.T).argmax(axis=1)
        for cluster in range(len(centres)):
            members = owner == cluster
            if members.any():
                centre = (vectors[members] * weights[members, None]).sum(axis=0)
                centres[cluster] = centre / max(numpy.linalg.norm(centre), 1e-9)
    nearest = vectors @ centres.T
    owner = nearest.argmax(axis=1)
    return [frequent[max(numpy.flatnonzero(owner == cluster), key=lambda query: (nearest[query, cluster], -query))]
            for cluster in range(len(centres)) if (owner == cluster).any()]


def served(questions, wordings=()):
    """The shares of later traffic that a bundle of these questions answers: in all, and exactly."""
    write("entries.jsonl", [{"id": f"e{n}", "question": q, "answer": f"(answer {n})"} for n, q in enumerate(questions)])
    write("variants.jsonl", [{"id": f"e{n}", "question": q, "origin": "accepted"} for n, q in wordings])
    with open(path("recipe.yaml"), "w") as file:
        file.write("name: plan\nversion: 1\nentries: entries.jsonl\nambiguous: fallback\n")
        if wordings:
            file.write("variants: variants.jsonl\n")
    almanac("compile", path("recipe.yaml"), "-o", path("plan.almanac"))
    queries = write("queries.jsonl", [{"query": query, "expect": None} for query in future])
    almanac("check", path("plan.almanac"), queries, "--outcomes", path("outcomes.jsonl"), accepted=(0, 2))
    outcomes = [json.loads(line) for line in open(path("outcomes.jsonl"), encoding="utf-8")]
    share = lambda via: sum(w for w, o in zip(future.values(), outcomes) if o["via"] in via) / everything
    return share(("exact", "semantic")), share(("exact",))


print(f"{len(past)} queries before {options.split}, {len(future)} from then on; "
      f"{sum(w for q, w in future.items() if q in past) / everything:.1%} of later traffic was asked before\n")
print("| answers | " + " | ".join(str(budget) for budget in budgets) + " |\n|---|" + "---:|" * len(budgets))
ways = {
    "plan, wordings accepted": lambda b: ([g["question"] for g in planned[:b]],
                                          [(n, w["question"]) for n, g in enumerate(planned[:b]) for w in g["wordings"]]),
    "plan, one wording each": lambda b: ([g["question"] for g in planned[:b]], ()),
    "most frequent first": lambda b: (frequent[:b], ()),
    "k-means medoids": lambda b: (medoids(b), ()),
}
for name, choose in ways.items():
    cells = []
    for budget in budgets:
        total, exact = served(*choose(budget))
        cells.append(f"{total:.1%} ({exact:.1%} exactly)")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
