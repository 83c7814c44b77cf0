"""Measures how well an `almanac` program decides. Usage: python3 tools/bench/decision --help"""

import argparse
import json
import sys
import time
from pathlib import Path

import part_labels
import part_traps
import part_wordings
import parts
import report
import report_traps
from datasets import ALL, REPOSITORY, DataSet
from product import Product
from transformer import Transformer

PARTS = {
    "curves": (parts.curves, report.curves),
    "hard-negatives": (parts.hard_negatives, report.hard_negatives),
    "noise": (parts.noisy, report.noisy),
    "traps": (part_traps.trapped, lambda rows: report_traps.traps(rows, part_traps.groups(rows))),
    "customer-service": (parts.customer_service, report.customer_service),
    "labels": (part_labels.labels, report.labels),
    "wordings": (part_wordings.wordings, report.wordings),
}


USES_TRANSFORMER = ("traps", "customer-service")


def arguments():
    parser = argparse.ArgumentParser(
        prog="tools/bench/decision",
        description="Compile the sets of the shared data folder, ask labelled, noisy and edited queries, and print one "
        "report in Markdown. Bundles stay in the work folder and are used again for the same program, recipe and data.")
    parser.add_argument("--almanac", default=REPOSITORY / ".build/release/almanac", type=Path, help="the program")
    parser.add_argument("--data", default=REPOSITORY / "../shared/data", type=Path, help="the shared data folder")
    parser.add_argument(
        "--work", default=Path("/tmp/almanac-decision"), type=Path, help="folder for bundles, recipes and examples")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--sets", default=",".join(ALL), help="sets, separated by commas")
    parser.add_argument(
        "--transformer", action="store_true",
        help="run the reference on misspelled queries and traps too, with tools/embed: minutes the first time")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    options.only, options.sets = options.only.split(","), options.sets.split(",")
    for given, known in ((options.only, PARTS), (options.sets, ALL)):
        for name in given:
            if name not in known:
                parser.error(f"there is no '{name}'; choose from {', '.join(known)}")
    if not options.almanac.exists():
        parser.error(f"{options.almanac} does not exist; run: swift build -c release --product almanac")
    if not options.data.exists():
        parser.error(f"{options.data} does not exist; give the folder of the data sets with --data")
    return options


def main():
    options = arguments()
    start = time.monotonic()
    product = Product(options.almanac, options.data, options.work)
    datasets = [DataSet(name, options.data) for name in options.sets]
    transformer = Transformer(options.work) if options.transformer else None
    figures, texts = {}, ["# How well it decides"]
    for name, (measure, write) in PARTS.items():
        if name in options.only:
            print(f"{time.monotonic() - start:6.1f} s  {name}", file=sys.stderr)
            figures[name] = measure(product, datasets, *([transformer] if name in USES_TRANSFORMER else []))
            if figures[name]:
                texts.append(write(figures[name]))
    compiled = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in product.compiled.items())
    texts.append(
        f"Program {product.digest[:16]}; {time.monotonic() - start:.0f} s in all; compiled: {compiled or 'nothing'}.")
    print("\n\n".join(texts))
    if options.json:
        text = json.dumps({"program": product.digest, "figures": figures}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


main()
