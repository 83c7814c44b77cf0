"""One system in a process of its own: `worker.py build|serve SYSTEM FOLDER [ALMANAC]`.

`build` makes the index of the vectors in FOLDER/base.npy and prints what it cost. `serve` loads it and reads settings,
one JSON object a line; for each it searches for all of FOLDER/queries.npy and prints ids and nanoseconds. The line
`tiny` measures an index of a few rows instead.
"""

import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path

import numpy

import systems
from systems.system import TINY


def build(system, folder, home):
    """Builds into `home` and reports seconds, processor seconds, peak memory and bytes."""
    base = numpy.load(folder / "base.npy")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    before, start = processor_seconds(), time.monotonic()
    system.build(base, home)
    seconds, spent = time.monotonic() - start, processor_seconds() - before
    files = [path for path in home.rglob("*") if path.is_file() and path.suffix in INDEX_SUFFIXES]
    peak = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if hasattr(system, "program") else own_peak()
    return {
        "seconds": seconds, "processor_seconds": spent, "peak_bytes": peak, "load": os.getloadavg()[0],
        "bytes": sum(path.stat().st_size for path in files), "index": system.index_cost(home)}


# Everything that a library saves; recipes and reports beside a bundle are not part of it.
INDEX_SUFFIXES = {"", ".faiss", ".npy", ".pb", ".svs", ".toml", ".usearch", ".hnsw", ".almanac", ".bin", ".txt"}


def own_peak():
    """The largest resident memory of this process. `getrusage` counts what its parent held before the program was loaded."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def processor_seconds():
    """Seconds that this process and its ended children have run."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def serve(name, program, system, folder, home):
    """Answers settings on standard input until it ends."""
    start = time.monotonic()
    system.load(home)
    loaded = time.monotonic() - start
    queries = system.prepare(numpy.load(folder / "queries.npy"))
    tiny = systems.make(name, program)
    tiny.load_tiny(numpy.load(folder / "base.npy", mmap_mode="r")[:TINY])
    tell({"load_seconds": loaded, "settings": system.settings})
    for line in sys.stdin:
        if line.strip() == "tiny":
            _, durations = tiny.run(queries, system.settings[0])
            tell({"nanoseconds": durations})
        else:
            found, durations = system.run(queries, json.loads(line))
            tell({"nanoseconds": durations, "ids": found})


# Libraries print on standard output when they please; replies go to the one that was there first.
_reply = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def tell(reply):
    """Writes one line to the benchmark."""
    _reply.write(json.dumps(reply, default=int) + "\n")
    _reply.flush()


def main():
    """Runs one command."""
    command, name, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    program = sys.argv[4] if len(sys.argv) > 4 else None
    home = folder / name
    system = systems.make(name, program)
    if command == "build":
        tell(build(system, folder, home))
    else:
        serve(name, program, system, folder, home)


main()
