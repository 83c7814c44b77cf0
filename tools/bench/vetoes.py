"""Measures each veto on its own: what it costs on true paraphrases, what it catches.

    python3 tools/bench/vetoes.py ALMANAC DATA DEVFAQ [--lexicon FILE] [--examples KIND] [--only SET]

ALMANAC is the command, DATA the folder of the development sets, DEVFAQ the folder bundles/dev-faq. Needs numpy. Cosines are
those of the embeddings beside the data. Seeds are fixed; the figures do not depend on the machine.
"""

import argparse
import json
import os
import random
import subprocess

import numpy

KINDS = ["number", "unit", "date", "code", "negation", "antonym", "direction"]
DEPTH = 8


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def unit(path):
    matrix = numpy.load(path).astype(numpy.float32)
    return matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)


class Set:
    """Wordings with their entries, queries with what they expect, and the vectors of both."""

    def __init__(self, name, folder, queries=None):
        self.name = name
        entries = rows(f"{folder}/entries.jsonl")
        self.texts = [row["question"] for row in entries]
        self.owners = [row["id"] for row in entries]
        vectors = [unit(f"{folder}/entries.npy")]
        if os.path.exists(f"{folder}/variants.jsonl"):
            variants = rows(f"{folder}/variants.jsonl")
            self.texts += [row["question"] for row in variants]
            self.owners += [row["id"] for row in variants]
            vectors.append(unit(f"{folder}/variants.npy"))
        self.vectors = numpy.concatenate(vectors)
        queries = queries or f"{folder}/queries-dev"
        asked = rows(queries + ".jsonl")
        self.queries = [row["query"] for row in asked]
        self.expected = [row["expect"] for row in asked]
        self.asked = unit(queries + ".npy")

    def subset(self, wordings):
        """At most this many wordings of each entry, chosen by a fixed seed; all for None."""
        if wordings is None:
            return list(range(len(self.texts)))
        places = {}
        for row, owner in enumerate(self.owners):
            places.setdefault(owner, []).append(row)
        chosen = []
        for owner in sorted(places):
            generator = random.Random(f"vetoes/{self.name}/{owner}/{wordings}")
            chosen += generator.sample(places[owner], min(wordings, len(places[owner])))
        return sorted(chosen)


def clean(text):
    return " ".join(text.split())


def compare(options, stored, queries):
    """The kinds of contradiction (strict, with slots) of each query with stored questions given by number."""
    lines = [f"S\t{owner}\t{clean(text)}" for owner, text in stored]
    lines += [f"Q\t{','.join(map(str, numbers))}\t{clean(text)}" for text, numbers in queries]
    command = [options.almanac, "marks"] + (["--lexicon", options.lexicon] if options.lexicon else [])
    result = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return [
        [tuple(map(int, pair.split(":"))) for pair in line.split()] for line in result.stdout.split("\n")[: len(queries)]
    ]


def served(scores, right, budgets=(0.01, 0.02, 0.05)):
    """The share of answerable requests answered rightly while wrong answers stay within each share of all requests."""
    total = len(scores)
    answerable = sum(1 for one in right if one is not None)
    order = sorted((index for index in range(total) if scores[index] is not None), key=lambda index: -scores[index])
    result = []
    for budget in budgets:
        best = good = wrong = 0
        for index in order:
            if right[index]:
                good += 1
            else:
                wrong += 1
            if wrong > budget * total:
                break
            best = good
        result.append(100 * best / max(answerable, 1))
    return result


def measure(options, data, wordings):
    chosen = data.subset(wordings)
    owners = [data.owners[row] for row in chosen]
    texts = [data.texts[row] for row in chosen]
    similarity = data.asked @ data.vectors[chosen].T
    owner_numbers = numpy.array([hash_number for hash_number in numbering(owners)])
    names = {owner: number for owner, number in zip(owners, owner_numbers)}
    asked = []
    for query, expected in enumerate(data.expected):
        nearest = numpy.argsort(-similarity[query], kind="stable")[:DEPTH].tolist()
        own = numpy.flatnonzero(owner_numbers == names[expected]) if expected in names else []
        best = sorted(own, key=lambda row: -similarity[query][row])[:4]
        asked.append((data.queries[query], nearest, [int(row) for row in best]))
    results = compare(
        options, list(zip(owners, texts)), [(text, nearest + best) for text, nearest, best in asked])
    answerable = first = gain_total = 0
    cost = [0] * len(KINDS)
    cost_all = [0] * len(KINDS)
    cost_near = [0] * len(KINDS)
    gain = [0] * len(KINDS)
    any_cost = any_all = any_near = any_gain = 0
    right_flags = []
    plain = []
    vetoed = [[] for _ in KINDS] + [[]]
    for query, ((text, nearest, best), result) in enumerate(zip(asked, results)):
        near_result = [kinds for _, kinds in result[: len(nearest)]]
        best_result = [kinds for _, kinds in result[len(nearest) :]]
        expected = data.expected[query]
        is_right = owners[nearest[0]] == expected
        right_flags.append(is_right if expected is not None else None)
        if best:
            answerable += 1
            any_cost += best_result[0] != 0
            any_all += all(best_result)
            first += is_right
            any_near += is_right and near_result[0] != 0
            for kind in range(len(KINDS)):
                hit = best_result[0] >> kind & 1
                cost[kind] += hit
                cost_all[kind] += all(one >> kind & 1 for one in best_result)
                cost_near[kind] += is_right and near_result[0] >> kind & 1
                if hit and options.examples == KINDS[kind]:
                    print(f"  cost {similarity[query][best[0]]:.2f} | {text} | {texts[best[0]]}")
        if not is_right:
            gain_total += 1
            any_gain += near_result[0] != 0
            for kind in range(len(KINDS)):
                gain[kind] += near_result[0] >> kind & 1
                if near_result[0] >> kind & 1 and options.gains == KINDS[kind]:
                    print(f"  gain {similarity[query][nearest[0]]:.2f} | {text} | {texts[nearest[0]]}")
        # The owner of the nearest answers by the nearest of its wordings that is not vetoed, or nobody does.
        owner = owners[nearest[0]]
        rival = next((similarity[query][row] for row in nearest if owners[row] != owner), similarity[query][nearest[-1]])

        def score(mask):
            for row, kinds in zip(nearest, near_result):
                if owners[row] == owner and not kinds & mask:
                    return float(similarity[query][row] + 0.5 * (similarity[query][row] - rival))
            return None

        plain.append(score(0))
        for kind in range(len(KINDS)):
            vetoed[kind].append(score(1 << kind))
        vetoed[-1].append(score((1 << len(KINDS)) - 1))
    label = f"{data.name}/{wordings or 'all'}"
    base = served(plain, right_flags)
    columns = " ".join(
        f"{100 * c / max(answerable, 1):5.2f}/{100 * a / max(answerable, 1):4.2f}/{100 * n / max(first, 1):4.2f}/{100 * g / max(gain_total, 1):4.1f}"
        for c, a, n, g in list(zip(cost, cost_all, cost_near, gain))
        + [(any_cost, any_all, any_near, any_gain)]
    )
    deltas = " ".join(
        "/".join(f"{with_veto - without:+.1f}" for with_veto, without in zip(served(scores, right_flags), base))
        for scores in vetoed
    )
    print(f"{label:18} n={answerable:5} wrong={gain_total:5} | {columns}")
    print(f"{'':18} curve {'/'.join(f'{one:.1f}' for one in base):16} | {deltas}")


def numbering(owners):
    numbers = {}
    return [numbers.setdefault(owner, len(numbers)) for owner in owners]


def pairs(options, path):
    labelled = rows(path)
    for label in (1, 0):
        chosen = [row for row in labelled if row["label"] == label]
        stored = [(str(number), row["q2"]) for number, row in enumerate(chosen)]
        results = compare(options, stored, [(row["q1"], [number]) for number, row in enumerate(chosen)])
        counts = [sum(one[0][0] >> kind & 1 for one in results) for kind in range(len(KINDS))]
        if options.examples and label == 1:
            for row, one in zip(chosen, results):
                if one[0][0] >> KINDS.index(options.examples) & 1:
                    print("  cost pair", row["q1"], "|", row["q2"])
        print(f"covid pairs label {label}: n={len(chosen)}", " ".join(f"{100 * count / len(chosen):.2f}" for count in counts))


# Edits that change what is asked, each made in one place of a real question.
OPPOSITES = [
    "before after", "first last", "increase decrease", "open close", "buy sell", "more less", "most least", "high low",
    "start stop", "add remove", "enable disable", "upload download", "send receive", "import export", "minimum maximum",
    "best worst", "old new", "hot cold", "north south", "east west", "left right", "male female", "win lose", "early late",
    "large small", "long short", "upper lower", "internal external", "public private", "local remote", "legal illegal",
    "lock unlock", "read write", "top bottom", "inside outside", "strong weak", "fast slow", "active inactive",
]
DENIALS = {"can": "can't", "do": "don't", "does": "doesn't", "did": "didn't", "is": "isn't", "are": "aren't",
           "should": "shouldn't", "will": "won't", "was": "wasn't", "has": "hasn't"}


def edits(text, generator):
    """Traps made from a question, as (kind, text)."""
    words = text.split()
    bare = [word.strip("?.,!").lower() for word in words]

    def swapped(changes):
        return " ".join(changes.get(index, word) for index, word in enumerate(words))

    for index, word in enumerate(bare):
        if word.isdigit() and len(word) < 6:
            year = len(word) == 4 and word[:2] in ("19", "20")
            yield "date" if year else "number", swapped({index: str(int(word) + generator.randint(1, 9))})
            break
    for index, word in enumerate(bare):
        if word in DENIALS:
            yield "negation added", swapped({index: DENIALS[word]})
            break
    for index, word in enumerate(bare):
        if word in DENIALS.values():
            yield "negation dropped", swapped({index: next(k for k, v in DENIALS.items() if v == word)})
            break
        if word == "not":
            yield "negation dropped", " ".join(words[:index] + words[index + 1 :])
            break
    opposite = {}
    for pair in OPPOSITES:
        one, other = pair.split()
        opposite.setdefault(one, other)
        opposite.setdefault(other, one)
    for index, word in enumerate(bare):
        if word in opposite:
            yield "antonym", swapped({index: opposite[word]})
            break
    for index, word in enumerate(bare):
        if word == "from" and "to" in bare[index + 2 : index + 4]:
            to = bare.index("to", index + 2)
            ends = bare[index + 1], bare[index + 3 : index + 4]
            if to == index + 2 and ends[1] and ends[0].isalpha() and ends[1][0].isalpha() and ends[0] != ends[1][0] and "the" not in (ends[0], ends[1][0]):
                yield "direction", swapped({index + 1: words[to + 1], to + 1: words[index + 1]})
                break


def traps(options):
    generator = random.Random("vetoes/traps")
    made = []
    for name in ["va-faq", "covid-cdc-faq", "nq-open", "medquad", "dstc9-faq", "tex-faq", "opentrivia"]:
        for row in rows(f"{options.data}/{name}/entries.jsonl"):
            made += [(name, kind, text, row["question"]) for kind, text in edits(clean(row["question"]), generator)]
    for row in rows(f"{options.devfaq}/entries.jsonl"):
        made += [("dev-faq", kind, text, row["question"]) for kind, text in edits(clean(row["question"]), generator)]
    results = compare(
        options, [(str(number), question) for number, (_, _, _, question) in enumerate(made)],
        [(text, [number]) for number, (_, _, text, _) in enumerate(made)])
    for kind in sorted({kind for _, kind, _, _ in made}):
        chosen = [(trap, one[0][0]) for trap, one in zip(made, results) if trap[1] == kind]
        caught = sum(1 for _, kinds in chosen if kinds)
        print(f"traps {kind:16} n={len(chosen):5} caught {100 * caught / len(chosen):.1f} %")
        if options.missed == kind:
            for (_, _, text, question), kinds in chosen:
                if not kinds:
                    print("  missed", text, "|", question)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("almanac")
    parser.add_argument("data")
    parser.add_argument("devfaq")
    parser.add_argument("--lexicon")
    parser.add_argument("--examples", choices=KINDS)
    parser.add_argument("--gains", choices=KINDS)
    parser.add_argument("--missed", help="list the traps of this kind that are not caught")
    parser.add_argument("--only")
    options = parser.parse_args()
    print("kinds: " + " ".join(KINDS) + " any; best right wording vetoed / its best four all / nearest if right / nearest if wrong, %")
    for name, wordings in [
        ("clinc150", [1, 3, 10, None]), ("banking77", [1, 3, 10, None]), ("hwu64", [1, 3, 10, None]),
        ("covid-cdc-faq", [None]), ("va-faq", [None]), ("dev-faq", [None]),
    ]:
        if options.only and options.only != name:
            continue
        if name == "dev-faq":
            data = Set(name, options.devfaq, f"{options.devfaq}/queries")
        else:
            data = Set(name, f"{options.data}/{name}")
        for count in wordings:
            measure(options, data, count)
    if not options.only or options.only == "covid-cdc-faq":
        pairs(options, f"{options.data}/covid-cdc-faq/pairs-dev.jsonl")
    if not options.only or options.only == "traps":
        traps(options)


if __name__ == "__main__":
    main()
