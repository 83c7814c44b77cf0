#!/usr/bin/env python3
"""Measures what accepted wordings bring: requests served and wrong before and after, on queries held out.

usage: tools/bench/wordings.py DATA [--almanac dist/almanac] [--sets banking77 clinc150 hwu64] [--rounds 3] [--work FOLDER]

Each set is cut to one wording an entry and compiled. Its other wordings are the log of a season: `almanac plan` replays them and
proposes what fell back as wordings of the entries nearest. A stand-in for the person accepts a row if, and only if, the data
set's label says that the wording belongs to the entry. `almanac ingest --accepted` makes variants of them, the next bundle is compiled
with these, and the development queries, which nobody has seen, are asked. Then the next round begins with the new bundle.
Nothing is generated: every wording was written by people for these data sets. Prints a table in Markdown.

Also holds the gate of `ingest --widened` against the labels: real wordings offered as rewordings of their own entry, and of the entry
nearest to them among the others.
"""
import argparse
import csv
import json
import random
import subprocess
import tempfile
from pathlib import Path

import numpy

parser = argparse.ArgumentParser()
parser.add_argument("data", type=Path)
parser.add_argument("--almanac", default="dist/almanac")
parser.add_argument("--sets", nargs="*", default=["banking77", "clinc150", "hwu64"])
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--work", type=Path, default=None)
options = parser.parse_args()
work = options.work or Path(tempfile.mkdtemp(prefix="almanac-wordings-"))


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def write(path: Path, values: list[dict]) -> None:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")


def run(*arguments: object) -> str:
    done = subprocess.run([options.almanac, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 2):
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def compile_bundle(folder: Path, variants: list[dict], vectors: dict[str, numpy.ndarray]) -> Path:
    lines = ["name: wordings", "version: 1", "entries: entries.jsonl"]
    embeddings = "entries: entries.npy"
    if variants:
        write(folder / "variants.jsonl", variants)
        numpy.save(folder / "variants.npy", numpy.stack([vectors[row["question"]] for row in variants]))
        lines.append("variants: variants.jsonl")
        embeddings += ", variants: variants.npy"
    lines.append(f"embeddings: {{model: sentence-transformers/all-MiniLM-L6-v2, {embeddings}}}")
    (folder / "recipe.yaml").write_text("\n".join(lines) + "\n")
    run("compile", folder / "recipe.yaml", "-o", folder / "wordings.almanac")
    return folder / "wordings.almanac"


def share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"


def table_row(name: str, what: str, read: int, accepted: int, bundle: Path, queries: Path) -> str:
    found = json.loads(run("check", bundle, queries, "--json"))
    return (f"| {name} | {what} | {read:,} | {accepted:,} | {share(found['right'], found['answerable'])} "
            f"| {share(found['wrong'], found['requests'])} | {share(found['wrong'], found['hits'])} |")


def season(name: str) -> None:
    source = options.data / name
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in "entries.jsonl", "entries.npy":
        (folder / file).write_bytes((source / file).read_bytes())
    log = rows(source / "variants.jsonl")
    embeddings = numpy.load(source / "variants.npy")
    vectors = {row["question"]: embeddings[place] for place, row in enumerate(log)}
    labels: dict[str, set[str]] = {}
    for row in log:
        labels.setdefault(row["question"], set()).add(row["id"])
    write(folder / "log.jsonl", [{"query": row["question"]} for row in log])
    accepted: dict[str, dict] = {}
    read = 0
    bundle = compile_bundle(folder, [], vectors)
    queries = source / "queries-dev.jsonl"
    print(table_row(name, "one wording an entry", 0, 0, bundle, queries), flush=True)
    decided: set[tuple[str, str]] = set()
    for number in range(1, options.rounds + 1):
        run("plan", folder / "log.jsonl", "--bundle", bundle, "-o", folder / "plan", "--answers", 1, "--show", 0)
        proposals = list(csv.DictReader(open(folder / "plan" / "wordings.csv", encoding="utf-8", newline="")))
        marked = []
        for row in proposals:
            if row["kind"] != "entry" or (row["id"], row["wording"]) in decided:
                continue
            decided.add((row["id"], row["wording"]))
            right = row["id"] in labels.get(row["wording"], set()) and len(labels[row["wording"]]) == 1
            marked.append({**row, "accepted": "y" if right else "n"})
        read += len(marked)
        with open(folder / "marked.csv", "w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, fieldnames=proposals[0].keys())
            table.writeheader()
            table.writerows(marked)
        run("ingest", "--accepted", folder / "marked.csv", "-o", folder / "accepted")
        for row in rows(folder / "accepted" / "variants.jsonl") if any(row["accepted"] == "y" for row in marked) else []:
            accepted[row["question"]] = row
        bundle = compile_bundle(folder, list(accepted.values()), vectors)
        print(table_row(name, f"round {number}", read, len(accepted), bundle, queries), flush=True)
    own = {row["question"]: row for row in log if len(labels[row["question"]]) == 1}
    bundle = compile_bundle(folder, list(own.values()), vectors)
    print(table_row(name, "all of the log, labelled by hand", len(own), len(own), bundle, queries), flush=True)


def gate(name: str) -> str:
    """How often the gate for generated rewordings keeps real wordings, offered for the right entry and for a wrong one."""
    source = options.data / name
    folder = work / f"{name}-gate"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "requests.yaml").write_text("service: openai-chat\nmodel: none\n")
    run("widen", source / "entries.jsonl", "--requests", folder / "requests.yaml", "-o", folder)
    requests = {row["id"]: row["request"] for row in rows(folder / "widen.jsonl")}
    entries = rows(source / "entries.jsonl")
    stored = numpy.load(source / "entries.npy").astype(numpy.float32)
    log = rows(source / "variants.jsonl")
    chosen = random.Random(7).sample(range(len(log)), min(1_500, len(log)))
    likeness = numpy.load(source / "variants.npy")[chosen].astype(numpy.float32) @ stored.T
    cells = []
    for right in True, False:
        offered: dict[str, list[str]] = {}
        for place, index in enumerate(chosen):
            order = [entries[entry]["id"] for entry in numpy.argsort(-likeness[place])]
            claimed = log[index]["id"] if right else next(entry for entry in order if entry != log[index]["id"])
            offered.setdefault(claimed, []).append(log[index]["question"])
        results = []
        for entry, texts in offered.items():
            message = {"role": "assistant", "content": json.dumps({"rewordings": texts})}
            body = {"model": "none", "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
            results.append({"custom_id": requests[entry], "response": {"status_code": 200, "body": body}, "error": None})
        write(folder / "results.jsonl", results)
        found = json.loads(run("ingest", folder / "results.jsonl", "--widened", folder / "widen.jsonl", "-o",
                               folder / "wordings", "--json"))
        fates = found["wordings"]
        whole = found["proposed"]
        for fate in "variant", "doubtful", "nearer-another":
            cells.append(share(fates.get(fate, 0), whole))
    return f"| {name} | " + " | ".join(cells) + " |"


print("| set | bundle | rows read | accepted | answerable requests served rightly | wrong of requests | wrong of answers |")
print("|---|---|---:|---:|---:|---:|---:|")
for name in options.sets:
    season(name)
print("\n| set | right entry: kept | doubtful | dropped | wrong entry: kept | doubtful | dropped |")
print("|---|---:|---:|---:|---:|---:|---:|")
for name in options.sets:
    print(gate(name), flush=True)
