"""Compares the search of vectors with other libraries. Usage: python3 tools/bench/vectors --help"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import environment
import systems

REPOSITORY = Path(__file__).resolve().parents[3]
PARTS = ("build", "measure", "cold", "decisions", "report")


def arguments():
    """The options, checked."""
    parser = argparse.ArgumentParser(
        prog="tools/bench/vectors",
        description="Build indexes of the same real question embeddings with Almanac and other libraries, search them in "
        "turn on one processor, and write a report with tables and pictures of recall against latency.")
    parser.add_argument("--almanac", default=REPOSITORY / ".build/release/almanac", type=Path, help="the program")
    parser.add_argument("--data", default=REPOSITORY / "../shared/data", type=Path, help="the shared data folder")
    parser.add_argument(
        "--work", default=Path("/tmp/almanac-vectors"), type=Path,
        help="folder for the Python environment, indexes and figures; they are used again")
    parser.add_argument("--sizes", default="100000,262144", help="numbers of vectors, separated by commas")
    parser.add_argument("--systems", default=",".join(systems.NAMES), help="systems, separated by commas")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--anew", action="store_true", help="build again what was built before, so that all builds are of one run")
    parser.add_argument("--queries", default=2000, type=int, help="queries for each measurement")
    parser.add_argument("--repeats", default=5, type=int, help="rounds, of which the medians are reported")
    parser.add_argument("--processor", default=max(os.sched_getaffinity(0)), type=int, help="the processor to search on")
    parser.add_argument("--output", type=Path, help="the report, NAME.md; pictures go beside it (default: in --work)")
    options = parser.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",")]
    options.systems, options.only = options.systems.split(","), options.only.split(",")
    for given, known in ((options.systems, systems.NAMES), (options.only, PARTS)):
        for name in given:
            if name not in known:
                parser.error(f"there is no '{name}'; choose from {', '.join(known)}")
    if not options.almanac.exists():
        parser.error(f"{options.almanac} does not exist; run: swift build -c release --product almanac")
    if not (options.data / "questions").exists():
        parser.error(f"{options.data} has no folder 'questions'; give the folder of the data sets with --data")
    options.almanac, options.data, options.work = (
        path.resolve() for path in (options.almanac, options.data, options.work))
    return options


def enter_environment(options):
    """Goes on in the environment of the benchmark. Returns the packages that could not be installed there."""
    folder = options.work / "environment"
    if not environment.is_current(folder):
        options.work.mkdir(parents=True, exist_ok=True)
        python, missing = environment.make(folder)
        os.environ["ALMANAC_BENCH_MISSING"] = ",".join(missing)
        os.execv(python, [str(python), *sys.orig_argv[1:]])
    return [name for name in os.environ.get("ALMANAC_BENCH_MISSING", "").split(",") if name]


def main():
    """Runs the chosen parts; figures of parts that ran earlier are kept in the work folder."""
    options = arguments()
    missing = enter_environment(options)
    # What follows needs the environment's packages.
    import report
    from dataset import DataSet
    from decisions import compare_decisions
    from machine import describe
    from runner import Runner, say
    from cold import cold_queries

    for size in options.sizes:
        say(f"{size}: vectors and truth")
        dataset = DataSet(options.data, options.work, size, options.queries)
        path = dataset.folder / "figures.json"
        figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        names = [name for name in options.systems if systems.package(name) not in missing]
        runner = Runner(dataset, names, options.almanac, options.processor)
        runner.left_out.update(
            {name: "its package could not be installed" for name in options.systems if name not in names})
        if "build" in options.only:
            figures["builds"] = {**figures.get("builds", {}), **runner.build(options.anew)}
        if "measure" in options.only:
            before, start = os.getloadavg()[0], time.monotonic()
            runner.names = [name for name in runner.names if (dataset.folder / f"{name}.json").exists()]
            figures["searches"] = runner.measure(options.repeats)
            figures["machine"] = describe(options.almanac, options.processor)
            figures["machine"].update(
                load=[before, os.getloadavg()[0]], seconds=time.monotonic() - start, repeats=options.repeats,
                queries=len(dataset.queries), versions=environment.versions(sys.executable))
        if "cold" in options.only and "almanac" in names:
            figures["cold"] = cold_queries(dataset, options.almanac, options.processor)
        told = {**figures.get("left_out", {}), **runner.left_out}
        figures["left_out"] = {name: why for name, why in told.items() if name not in figures.get("searches", {})}
        path.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    decisions = options.work / "decisions.json"
    if "decisions" in options.only:
        decisions.write_text(
            json.dumps(compare_decisions(options.almanac, options.data, options.work), indent=1), encoding="utf-8")
    if "report" in options.only:
        report.write(options, decisions)


main()
