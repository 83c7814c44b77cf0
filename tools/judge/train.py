#!/usr/bin/env python3
"""Train the judge: small trees that tell from evidence whether a stored question asks for the same answer as a query.

    python3 tools/judge/train.py --data ../shared/data --work /tmp/judge --bin .build/release --output Sources/CJudge/judge.bin

1. make worlds (worlds.py): bundles compiled from parts of each set, and queries whose right entry is known;
2. ask the reader for its evidence on each query, so that training sees exactly what the reader computes;
3. report with one family of sets left out at a time, on the queries-dev files, which nothing is fitted to;
4. fit to all families and write the trees in the layout of `decision/judge` (spec/v1/bundle-format.md, 8.6).

Needs numpy and lightgbm (4.7). Fixed seeds and LightGBM's deterministic mode, so the same versions give the same file.
"""

import argparse
import concurrent.futures
import json
import pathlib
import pickle
import struct

import lightgbm
import numpy

import worlds

FEATURES = ("given given-margin fitted fitted-margin learned learned-margin sum margin-sum query-rest wording-rest core-rest "
            "core-worst wordings").split()
RISING = set("given given-margin fitted fitted-margin learned learned-margin sum margin-sum".split())
FALLING = set("query-rest wording-rest core-rest core-worst".split())
TREES, LEAVES, RATE, LEAST = 96, 12, 0.08, 60
SEED = 1
NEGATIVE_WEIGHT = 0.5
LATER_WEIGHT = 0.5
# Worlds with one wording for each entry: the sets made like that count most, and among their right answers real rewordings most and
# edits least. Intents cut to one wording teach the opposite, that texts need have nothing in common, so trees are not fitted to them.
ONE_WORDING_WEIGHT = 2
REWORDING_WEIGHT = 2
EDIT_WEIGHT = 0.2
UNIT = 65_536


def prepare(arguments):
    """All worlds and all development queries with their evidence; kept in the work folder."""
    work = pathlib.Path(arguments.work)
    cached = work / "evidence.pickle"
    if cached.exists():
        return pickle.load(open(cached, "rb"))
    almanac, reader = f"{arguments.bin}/almanac", f"{arguments.bin}/almanac-reader"
    jobs = [(name, count, seed) for name in worlds.SETS_WITH_WORDINGS
            for count, seed in worlds.WORDINGS + worlds.SPARSE_WORDINGS]
    jobs += [(name, 1, 1) for name in worlds.SETS_WITH_ONE_WORDING]
    jobs = [("world",) + job for job in jobs]
    jobs += [("dev", name, count, 0) for name in worlds.SETS_WITH_WORDINGS for count in (0, 1, 3, 10)]
    jobs += [("dev", name, 0, 0) for name in worlds.SETS_WITH_ONE_WORDING]

    def run(job):
        kind, name, count, seed = job
        folder = work / "-".join(map(str, job))
        if kind == "world":
            queries = worlds.make(arguments.data, folder, name, count, seed)
        else:
            texts, owners, vectors = worlds.load(arguments.data, name)
            if count:
                random = numpy.random.default_rng(seed)
                places = {}
                for place, owner in enumerate(owners):
                    places.setdefault(owner, []).append(place)
                keep = sorted(place for own in places.values() for place in random.permutation(own)[:count])
                texts, owners, vectors = [texts[k] for k in keep], [owners[k] for k in keep], vectors[keep]
            worlds.write_world(folder, name, texts, owners, vectors)
            rows = worlds.read(f"{arguments.data}/{name}/queries-dev.jsonl")
            if name == "dev-faq":
                rows += worlds.read("bundles/dev-faq/queries.jsonl")
            queries = [(row["query"], row["expect"]) for row in rows]
        worlds.compile_world(almanac, folder)
        found = worlds.ask(reader, folder / "world.almanac", [text for text, _ in queries])
        print(*job, len(queries), flush=True)
        return job, [(expect, [(entry, [row[name] for name in FEATURES]) for entry, row in rows])
                     for (_, expect), rows in zip(queries, found)]

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        evidence = dict(pool.map(run, jobs))
    pickle.dump(evidence, open(cached, "wb"))
    return evidence


def examples(evidence, jobs):
    rows, labels, weights = [], [], []
    for job in jobs:
        # Rewordings come first, then queries that no entry answers, then edits.
        is_edit = False
        for expect, weighed in evidence[job]:
            is_edit = is_edit or expect is None
            for place, (entry, row) in enumerate(weighed[:3]):
                rows.append(row)
                labels.append(int(expect is not None and entry == expect))
                weight = (NEGATIVE_WEIGHT if expect is None else 1) * (1 if place == 0 else LATER_WEIGHT)
                if job[1] in worlds.SETS_WITH_ONE_WORDING:
                    weight *= ONE_WORDING_WEIGHT
                    if expect is not None:
                        weight *= EDIT_WEIGHT if is_edit else REWORDING_WEIGHT
                weights.append(weight * 3000 / len(evidence[job]))
    return numpy.array(rows, numpy.float64), numpy.array(labels), numpy.array(weights)


def fit(evidence, jobs):
    rows, labels, weights = examples(evidence, jobs)
    constraints = [1 if name in RISING else -1 if name in FALLING else 0 for name in FEATURES]
    return lightgbm.train(
        dict(objective="binary", num_leaves=LEAVES, max_depth=4, learning_rate=RATE, min_data_in_leaf=LEAST, verbose=-1,
             num_threads=2, seed=SEED, lambda_l2=5, feature_fraction=0.7, bagging_fraction=0.8, bagging_freq=1,
             deterministic=True, force_row_wise=True, monotone_constraints=constraints),
        lightgbm.Dataset(rows, labels, weight=weights), TREES)


def curve(model, evidence, job):
    """Right entry first, and right at 1, 2, 5 % wrong of all requests, of the answerable ones."""
    flat = [row for _, weighed in evidence[job] for _, row in weighed]
    scores = iter(model.predict(numpy.array(flat), raw_score=True)) if flat else iter(())
    results, answerable = [], 0
    for expect, weighed in evidence[job]:
        answerable += expect is not None
        scored = [(next(scores), entry) for entry, _ in weighed]
        if scored:
            score, entry = max(scored, key=lambda pair: pair[0])
            results.append((score, expect is not None and entry == expect))
    results.sort(key=lambda pair: -pair[0])
    shares, right, wrong, limits = [], 0, 0, [0.01, 0.02, 0.05]
    for score, is_right in results:
        while limits and not is_right and wrong + 1 > limits[0] * len(evidence[job]):
            shares.append(right)
            limits.pop(0)
        right, wrong = right + is_right, wrong + (not is_right)
    shares += [right] * len(limits)
    if not answerable:
        return ""
    return f"{right / answerable:.3f} " + "/".join(f"{100 * share / answerable:.1f}" for share in shares)


def write(model, path):
    """The layout that `JudgeModel` reads."""
    out = struct.pack("<IIII", 1, TREES, len(FEATURES), 0)
    for tree in model.dump_model()["tree_info"]:
        thresholds, features, leaves = [0] * 15, [0] * 16, [0] * 16

        def walk(node, place, depth):
            if depth == 4:
                leaves[place - 15] = int(round(node["leaf_value"] * UNIT))
            elif "leaf_value" in node:
                thresholds[place], features[place] = 2**31 - 1, 0
                walk(node, 2 * place + 1, depth + 1)
                walk(node, 2 * place + 2, depth + 1)
            else:
                thresholds[place] = max(min(int(numpy.floor(node["threshold"])), 2**31 - 1), -2**31)
                features[place] = node["split_feature"]
                assert node["decision_type"] == "<="
                walk(node["left_child"], 2 * place + 1, depth + 1)
                walk(node["right_child"], 2 * place + 2, depth + 1)

        walk(tree["tree_structure"], 0, 0)
        out += struct.pack("<15i16B16i", *thresholds, *features, *leaves) + bytes(4)
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_bytes(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--work", required=True)
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--output", default="Sources/CJudge/judge.bin")
    arguments = parser.parse_args()
    evidence = prepare(arguments)
    learned = [job for job in evidence if job[0] == "world"]
    dev = [job for job in evidence if job[0] == "dev"]
    for family in worlds.SETS_WITH_WORDINGS + worlds.SETS_WITH_ONE_WORDING:
        if not any(expect for job in dev if job[1] == family for expect, _ in evidence[job]):
            continue
        model = fit(evidence, [job for job in learned if job[1] != family])
        for job in dev:
            if job[1] == family:
                print("without its family", job[1], job[2] or "all", curve(model, evidence, job), flush=True)
    model = fit(evidence, learned)
    for job in dev:
        print("final", job[1], job[2] or "all", curve(model, evidence, job))
    for name, gain in sorted(zip(FEATURES, model.feature_importance("gain")), key=lambda pair: -pair[1]):
        print(f"  {name:16} {gain:10.0f}")
    write(model, arguments.output)


if __name__ == "__main__":
    main()
