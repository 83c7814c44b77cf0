#!/usr/bin/env python3
"""Sizes of patches between two builds of a real bundle.

usage: patches.py DATA --almanac PATH [--work FOLDER] [SET ...]

One entry in a hundred is kept out of the first build. In the second build the answers of as many others are replaced by
those of the entries kept out ("answers"), or besides as many entries are removed and those kept out added ("mixed"). Each
second build is made with --previous and without; the patched bundle is compared with it byte for byte.
"""
import argparse
import filecmp
import json
import pathlib
import random
import subprocess
import tempfile

import numpy

MODEL = "sentence-transformers/all-MiniLM-L6-v2"


def run(almanac, *arguments):
    subprocess.run([almanac, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def write(folder, version, rows, vectors):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "entries.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    numpy.save(folder / "entries.npy", vectors)
    recipe = folder / "recipe.yaml"
    recipe.write_text(
        f"name: patches\nversion: {version}\nentries: entries.jsonl\n"
        f"embeddings: {{model: {MODEL}, entries: entries.npy}}\n"
    )
    return recipe


def measure(almanac, data, name, work):
    with open(data / name / "entries.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    vectors = numpy.load(data / name / "entries.npy")
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    share = len(rows) // 101
    kept_out, changed, removed = order[:share], order[share : 2 * share], set(order[2 * share : 3 * share])
    answers = {entry: rows[other]["answer"] for entry, other in zip(changed, kept_out)}
    first = [index for index in range(len(rows)) if index not in set(kept_out)]

    def build(tag, version, chosen, edits):
        items = [dict(rows[index], answer=edits.get(index, rows[index]["answer"])) for index in chosen]
        return write(work / f"{name}-{tag}", version, items, vectors[chosen])

    old = work / f"{name}-old.almanac"
    run(almanac, "compile", build("old", 1, first, {}), "-o", old)
    mixed = [index for index in first if index not in removed] + kept_out
    for tag, chosen in (("answers", first), ("mixed", mixed)):
        recipe = build(tag, 2, chosen, answers)
        for kind, options in (("previous", ["--previous", old]), ("anew", [])):
            new, patch, made = (work / f"{name}-{tag}-{kind}.{end}" for end in ("almanac", "patch", "made"))
            run(almanac, "compile", recipe, "-o", new, *options)
            run(almanac, "diff", old, new, "-o", patch)
            run(almanac, "patch", old, patch, "-o", made)
            assert filecmp.cmp(new, made, shallow=False)
            size, whole = patch.stat().st_size, new.stat().st_size
            print(f"{name} {tag} {kind}: {size:,} of {whole:,} bytes, {100 * size / whole:.2f} %", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--almanac", default="dist/almanac")
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("sets", nargs="*", default=["medquad", "opentrivia"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.sets:
            measure(options.almanac, options.data, name, options.work or pathlib.Path(folder))


if __name__ == "__main__":
    main()
