"""Measures how a bundle grows from a thousand to ten million questions. Usage: python3 tools/bench/scale --help"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The environment, the description of the machine and tables are those of the comparison with other libraries.
sys.path.append(str(HERE.parent / "vectors"))

import environment  # noqa: E402

REPOSITORY = HERE.parents[2]
PARTS = ("compile", "measure", "report")
SIZES = "1000,10000,100000,262144,1000000,10000000"


def arguments():
    """The options, checked."""
    parser = argparse.ArgumentParser(
        prog="tools/bench/scale",
        description="Compile bundles of growing size and measure latency, build time, memory, size and opening. Up to 262,144 "
        "questions are real; beyond, perturbed copies of them.")
    parser.add_argument("--almanac", default=REPOSITORY / ".build/release/almanac", type=Path, help="the program")
    parser.add_argument("--data", default=REPOSITORY / "../shared/data", type=Path, help="the shared data folder")
    parser.add_argument(
        "--work", default=Path("/tmp/almanac-scale"), type=Path,
        help="folder for inputs, bundles and figures; ten million questions take 12 GB")
    parser.add_argument("--sizes", default=SIZES, help="numbers of questions, separated by commas")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--nice", default=0, type=int, help="niceness of the compiler")
    parser.add_argument("--keep", action="store_true", help="keep the inputs of a compile")
    parser.add_argument("--processor", default=max(os.sched_getaffinity(0)), type=int, help="the processor to search on")
    parser.add_argument("--output", type=Path, help="the report, NAME.md; the picture goes beside it (default: in --work)")
    options = parser.parse_args()
    options.sizes, options.only = [int(size) for size in options.sizes.split(",")], options.only.split(",")
    for name in options.only:
        if name not in PARTS:
            parser.error(f"there is no part '{name}'; choose from {', '.join(PARTS)}")
    if not options.almanac.exists():
        parser.error(f"{options.almanac} does not exist; run: swift build -c release --product almanac")
    if not (options.data / "questions").exists():
        parser.error(f"{options.data} has no folder 'questions'; give the folder of the data sets with --data")
    options.almanac, options.data, options.work = (
        path.resolve() for path in (options.almanac, options.data, options.work))
    return options


def main():
    """Runs the chosen parts, one size after the other; figures of parts that ran earlier are kept."""
    options = arguments()
    folder = options.work / "environment"
    if not environment.is_current(folder):
        options.work.mkdir(parents=True, exist_ok=True)
        python, _ = environment.make(folder, ())
        os.execv(python, [str(python), *sys.orig_argv[1:]])
    # What follows needs the environment's packages.
    import compiling
    import growth
    import measuring
    from generate import write_recipe
    from machine import describe

    for size in options.sizes:
        home = options.work / f"{size}"
        path = home / "figures.json"
        figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"size": size}
        if "compile" in options.only:
            print(f"{size}: compiling", file=sys.stderr, flush=True)
            if not (home / "recipe.yaml").exists() or not (home / "entries.npy").exists():
                write_recipe(options.data, home, size)
            figures["compile"] = compiling.compile_bundle(options.almanac, home, options.nice)
            if not options.keep:
                for name in ("entries.npy", "entries.jsonl"):
                    (home / name).unlink()
        if "measure" in options.only and (home / "scale.almanac").exists():
            print(f"{size}: measuring", file=sys.stderr, flush=True)
            figures["measure"] = measuring.measure(options.almanac, options.data, home, options.processor)
            figures["machine"] = describe(options.almanac, options.processor)
        if home.exists():
            path.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    if "report" in options.only:
        growth.write(options)


main()
