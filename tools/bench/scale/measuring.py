"""Latency, recall and opening of one bundle."""

import json
import os
import statistics
import subprocess

import numpy
from cold import drop

# Vectors searched for, and those among them that are also held against every stored vector.
SEARCHES, COMPARED = 1000, 200
NEIGHBOURS = 10
TRIALS = 5


def measure(program, data, folder, processor):
    """All figures of the bundle in `folder`; times in microseconds, on one processor."""
    bundle = folder / "scale.almanac"
    vectors, compared, texts = folder / "queries.npy", folder / "compared.npy", folder / "queries.jsonl"
    queries = numpy.load(data / "questions/queries-embeddings.npy")
    numpy.save(vectors, queries[:SEARCHES])
    numpy.save(compared, queries[:COMPARED])
    lines = (data / "questions/queries.txt").read_text(encoding="utf-8").splitlines()
    texts.write_text("".join(json.dumps({"query": line}) + "\n" for line in lines[:SEARCHES]), encoding="utf-8")
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        found = _neighbours(program, bundle, vectors, rounds=4)
        short = _neighbours(program, bundle, compared)
        truth = _neighbours(program, bundle, compared, "--exhaustive")
        return {
            "search": _percentiles(found["nanoseconds"]), "lists": found["mean_probed_lists"],
            "rows": found["mean_scanned_rows"], "recall1": _recall(short, truth, 1),
            "recall10": _recall(short, truth, NEIGHBOURS), "exhaustive": _percentiles(truth["nanoseconds"]),
            "cold": _first(program, bundle, compared, True), "warm": _first(program, bundle, compared, False),
            "query": _queries(program, bundle, texts), "load": os.getloadavg()[0]}
    finally:
        os.sched_setaffinity(0, everywhere)


def _neighbours(program, bundle, vectors, *options, rounds=1):
    return json.loads(
        _run(program, "neighbours", bundle, vectors, "-k", NEIGHBOURS, "--repeat", rounds, *options))


def _percentiles(nanoseconds):
    p50, p99 = numpy.percentile(nanoseconds, [50, 99]) / 1000
    return {"p50": p50, "p99": p99}


def _recall(found, truth, count):
    """The share of the true neighbours that were found."""
    shares = [
        len(set(ours[:count]) & set(best[:count])) / max(len(best[:count]), 1)
        for ours, best in zip(found["questions"], truth["questions"])]
    return statistics.mean(shares)


def _first(program, bundle, vectors, iscold):
    """Opening, the first search and the mean of the next hundred, medians over processes."""
    trials = []
    for _ in range(TRIALS):
        if iscold:
            drop(bundle)
        report = _neighbours(program, bundle, vectors)
        first = [duration / 1000 for duration in report["first_nanoseconds"]]
        trials.append((report["open_nanoseconds"] / 1000, first[0], statistics.mean(first[1:101])))
    return dict(zip(("open", "first", "following"), (statistics.median(values) for values in zip(*trials))))


def _queries(program, bundle, texts):
    """p50 and p99 of whole queries that are a text: those that were searched for, answered or not, and exact ones."""
    report = json.loads(_run(program, "bench", bundle, "--queries", texts, "--repeat", "5", "--json"))
    return {
        kind: {"queries": report[kind]["queries"], "p50": report[kind]["p50_micros"], "p99": report[kind]["p99_micros"]}
        for kind in ("exact", "semantic", "fallback") if kind in report}


def _run(program, command, *arguments):
    finished = subprocess.run(
        [program, command, *map(str, arguments)], capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise SystemExit(f"error: almanac {command}: {finished.stderr.strip()}")
    return finished.stdout
