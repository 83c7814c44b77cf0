"""Puts one typing error into each query of a labelled file, to measure what errors cost a bundle.

    python3 tools/bench/typos.py QUERIES.jsonl [--seed N] > typos.jsonl

In each query one word of four or more ASCII letters, chosen at random, gets one error: a letter replaced by a neighbour on
the keyboard, two neighbouring letters exchanged, a letter left out, or a letter doubled, each equally likely. An error that
leaves the word as it was is drawn again. Rows whose query has no such word are left out, unless --keep, which
leaves them as they are. The same seed gives the same errors.
"""

import argparse
import json
import random
import re
import sys

ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]


def neighbours() -> dict[str, str]:
    """The keys beside, above and below each letter of a QWERTY keyboard."""
    found = {}
    for line, keys in enumerate(ROWS):
        for place, key in enumerate(keys):
            near = keys[max(0, place - 1):place] + keys[place + 1:place + 2]
            if line > 0:
                near += ROWS[line - 1][place:place + 2]
            if line < 2:
                near += ROWS[line + 1][max(0, place - 1):place + 1]
            found[key] = near
    return found


NEAR = neighbours()


def misspell(word: str, source: random.Random) -> str:
    while True:
        place = source.randrange(len(word))
        letter = word[place]
        match source.randrange(4):
            case 0:
                changed = word[:place] + source.choice(NEAR[letter.lower()]) + word[place + 1:]
            case 1:
                changed = word[:place] + word[place + 1:place + 2] + letter + word[place + 2:]
            case 2:
                changed = word[:place] + word[place + 1:]
            case _:
                changed = word[:place] + letter + word[place:]
        if changed != word:
            return changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("queries")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep queries without a word to misspell")
    options = parser.parse_args()
    source = random.Random(options.seed)
    for line in open(options.queries, encoding="utf-8"):
        row = json.loads(line)
        query = row["query"]
        words = [found.span() for found in re.finditer(r"(?<![\w'])[A-Za-z]{4,}(?![\w'])", query)]
        if words:
            start, end = source.choice(words)
            row["query"] = query[:start] + misspell(query[start:end], source) + query[end:]
        elif not options.keep:
            continue
        print(json.dumps(row, ensure_ascii=False), file=sys.stdout)


if __name__ == "__main__":
    main()
