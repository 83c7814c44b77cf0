#!/usr/bin/env python3
"""Makes the inputs of "What labels bring" in decision.md.

Usage: labels.py split DATA OUT      halves of the development queries, one marked as sampled, and recipes for them
       labels.py compare DATA OUT    the ladder on all labels against one half choosing and the other certifying;
                                     needs OUT/SET-0.almanac, dist/almanac-reader and SciPy
"""
import json
import pathlib
import random
import struct
import subprocess
import sys

SETS = ["clinc150", "banking77", "hwu64"]
SIZES = [0, 300, 600, 1000, None]
ROOT = pathlib.Path(__file__).resolve().parents[2]


def read_rows(path):
    data = path.read_bytes()
    start = 10 + data[8] + 256 * data[9]
    return [data[i : i + 384] for i in range(start, len(data), 384)]


def write_rows(path, rows):
    header = "{'descr': '|i1', 'fortran_order': False, 'shape': (%d, 384), }" % len(rows)
    header += " " * (-(11 + len(header)) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"".join(rows))


def split(data, out):
    for name in SETS:
        lines = (data / name / "queries-dev.jsonl").read_text().splitlines()
        vectors = read_rows(data / name / "queries-dev.npy")
        order = list(range(len(lines)))
        random.Random("calibration/" + name).shuffle(order)
        half = len(order) // 2
        recipe = (ROOT / "tools/bench/recipes" / f"{name}.yaml").read_text()
        other = sorted(order[half:])
        (out / f"{name}-other.jsonl").write_text("".join(lines[i] + "\n" for i in other))
        for size in SIZES:
            chosen = sorted(order[: half if size is None else size])
            stem = f"{name}-{half if size is None else size}"
            text = recipe
            if chosen:
                rows = [dict(json.loads(lines[i]), origin="sampled") for i in chosen]
                (out / f"{stem}.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))
                write_rows(out / f"{stem}.npy", [vectors[i] for i in chosen])
                text = text.replace(
                    "\nembeddings:\n", f"\nqueries: {stem}.jsonl\nembeddings:\n  queries: {stem}.npy\n")
            (out / f"{stem}.yaml").write_text(text)


# --- compare ---------------------------------------------------------------------------------------------------------

BUDGET, OF_ANSWERS, DOUBT = 0.01, 0.05, 0.05
bounds = {}


def bound(wrong, count):
    from scipy.stats import beta

    if (wrong, count) not in bounds:
        bounds[wrong, count] = 1.0 if wrong >= count else float(beta.ppf(1 - DOUBT, wrong + 1, count - wrong))
    return bounds[wrong, count]


def scores(data, out, name):
    rows = [json.loads(line) for line in (data / name / "queries-dev.jsonl").read_text().splitlines()]
    lines = "".join(json.dumps({"id": i, "query": r["query"], "explain": True}) + "\n" for i, r in enumerate(rows))
    reader = [str(ROOT / "dist/almanac-reader"), str(out / f"{name}-0.almanac")]
    replies = subprocess.run(reader, input=lines, capture_output=True, text=True).stdout.splitlines()
    found = []
    for row, reply in zip(rows, map(json.loads, replies)):
        explain = reply["explain"]
        best = explain["candidates"][0].get("entry") if explain["candidates"] else None
        if explain["score"] is None or best is None:
            found.append((-(10**18), False))
        else:
            found.append((explain["score"], best == row["expect"]))
    return found


def at(labels, threshold):
    answered = [right for score, right in labels if score >= threshold]
    return len(answered), answered.count(False), answered.count(True)


def curve(labels):
    wrong = right = best = 0
    for _, is_right in sorted(labels, key=lambda pair: -pair[0]):
        right += is_right
        wrong += not is_right
        if wrong <= BUDGET * len(labels):
            best = right
    return best


def least_answers(count):
    affordable = 0
    while bound(affordable + 1, count) <= BUDGET:
        affordable += 1
    answers = 1
    while bound(min(affordable, int(OF_ANSWERS / 2 * answers)), answers) > OF_ANSWERS:
        answers += 1
    return answers


def ladder_choice(labels, ladder):
    least, chosen = least_answers(len(labels)), None
    for threshold in ladder:
        answers, wrong, _ = at(labels, threshold)
        keeps = bound(wrong, len(labels)) <= BUDGET
        if keeps and answers < least:
            continue
        if not keeps or bound(wrong, answers) > OF_ANSWERS:
            break
        chosen = threshold
    return chosen


def compare(data, out):
    random.seed(5)
    for name in SETS:
        labels = scores(data, out, name)
        for size in [300, 600, 1000, len(labels) // 2]:
            tally = {"all": [0, 0, 0.0], "half": [0, 0, 0.0]}
            for _ in range(150):
                random.shuffle(labels)
                sample, rest = labels[:size], labels[len(labels) // 2 :]
                ladder = sorted({score for score, _ in random.sample(labels, 200)}, reverse=True)
                half = sample[size // 2 :]
                choices = {"all": ladder_choice(sample, ladder), "half": ladder_choice(sample[: size // 2], ladder)}
                if choices["half"] is not None:
                    answers, wrong, _ = at(half, choices["half"])
                    if not answers or bound(wrong, len(half)) > BUDGET or bound(wrong, answers) > OF_ANSWERS:
                        choices["half"] = None
                for way, threshold in choices.items():
                    if threshold is None:
                        continue
                    answers, wrong, _ = at(labels, threshold)
                    tally[way][0] += 1
                    tally[way][1] += wrong > BUDGET * len(labels) or wrong > OF_ANSWERS * answers
                    tally[way][2] += at(rest, threshold)[2] / curve(rest)
            for way, (certified, broken, served) in tally.items():
                print(f"{name} {size} {way}: certified {certified} of 150, over the budget {broken}, "
                      f"of the curve {100 * served / max(certified, 1):.0f} %", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("split", "compare"):
        sys.exit(__doc__)
    {"split": split, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
