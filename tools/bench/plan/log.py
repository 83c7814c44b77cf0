#!/usr/bin/env python3
"""Writes a long query log, for timing `almanac plan`.

usage: tools/bench/plan/log.py DATA LOG.jsonl [--lines 1000000]

DATA holds questions/questions.txt, 262,144 real questions. How often each is asked follows Zipf's law; nine askings in ten are
as written, the others have a letter left out or two words swapped, which makes some 207,000 different texts in a million lines.
Times are spread over 30 days. The seed is fixed.
"""
import argparse, json, os, random

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("log")
parser.add_argument("--lines", type=int, default=1_000_000)
options = parser.parse_args()

random.seed(1)
questions = open(os.path.join(options.data, "questions", "questions.txt"), encoding="utf-8").read().splitlines()
random.shuffle(questions)
weights, total = [], 0.0
for rank in range(len(questions)):
    total += 1 / (rank + 10)
    weights.append(total)
with open(options.log, "w", encoding="utf-8") as file:
    for text in random.choices(questions, cum_weights=weights, k=options.lines):
        if random.random() < 0.1:
            words = text.split()
            place = random.randrange(len(words))
            if len(words) > 1 and random.random() < 0.5:
                other = random.randrange(len(words))
                words[place], words[other] = words[other], words[place]
            elif len(words[place]) > 3:
                letter = random.randrange(len(words[place]))
                words[place] = words[place][:letter] + words[place][letter + 1:]
            text = " ".join(words)
        row = {"query": text, "at": 1_760_000_000 + random.randrange(30 * 86_400)}
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
