"""Almanac: the index of a bundle, searched inside the program, so that no call is timed."""

import json
import subprocess
import sys
from pathlib import Path

import numpy

from systems.system import System

# How a compile is watched is shared with the measurements of growth.
sys.path.append(str(Path(__file__).resolve().parents[2] / "scale"))

from compiling import compile_bundle  # noqa: E402

NEIGHBOURS = 10
RECIPE = """name: vectors
version: 1
recall: {recall}
entries: [{data}/entries.jsonl]
ambiguous: fallback
embeddings:
  model: all-MiniLM-L6-v2
  entries: [{data}/base.npy]
"""
# What `compile` reaches when nothing is said, and what else a recipe may ask for.
RECALL = 0.99
OTHER_RECALLS = (0.9, 0.97)


class Index(System):
    """A compiled bundle. The first setting is what `compile` chose, those with a recall what it chose for another one; the others
    show what else the index could do."""

    settings = [{}] + [{"recall": recall} for recall in OTHER_RECALLS] + [
        {"probes": probes, "rerank": rerank}
        for probes in (2, 4, 8, 16, 32, 64) for rerank in (32, 64, 128)]

    def __init__(self, program):
        self.program = program

    def build(self, base, folder):
        """Compiles; the questions stand in `entries.jsonl` of the folder above, the vectors in its `base.npy`."""
        cost = self.compile(folder, RECALL, "..")
        (folder / "compile.json").write_text(json.dumps(cost), encoding="utf-8")

    def compile(self, folder, recall, data):
        """Compiles the vectors in the folder `data` beside `folder`; returns what that cost."""
        folder.mkdir(exist_ok=True)
        (folder / "recipe.yaml").write_text(RECIPE.format(recall=recall, data=data), encoding="utf-8")
        return compile_bundle(self.program, folder, 0, "vectors")

    def index_cost(self, folder):
        """Training and filling the index, as `compile` reports them: what the whole build of a library is.

        Its memory is what the stage takes besides what there was before, and besides the vectors, which lie in a file.
        """
        cost = json.loads((folder / "compile.json").read_text(encoding="utf-8"))
        stage = next(stage for stage in cost["stages"] if stage["name"] == "train index")
        return {
            "seconds": stage["seconds"], "processor_seconds": stage["processor_seconds"],
            "bytes": stage["private_bytes"] - stage["private_bytes_before"], "compile": cost["private_bytes"]}

    def load(self, folder):
        self.bundle = folder / "vectors.almanac"
        self.queries = folder.parent / "queries.npy"
        # Not in `build`, whose cost is that of one bundle.
        for recall in OTHER_RECALLS:
            other = self.other(recall)
            if not other.exists():
                self.compile(other.parent, recall, "../..")

    def other(self, recall):
        """The bundle compiled for another recall."""
        return self.bundle.parent / f"recall-{recall}" / self.bundle.name

    def load_tiny(self, base):
        self.bundle = None

    def prepare(self, queries):
        return queries

    def run(self, queries, setting, rounds=2):
        """As for any system. The tiny index costs nothing: there is no call to time."""
        if self.bundle is None:
            return [], [0] * len(queries)
        report = self.ask(self.queries, setting, rounds)
        return report["questions"], report["nanoseconds"]

    def ask(self, queries, setting, rounds):
        """The report of `almanac neighbours`."""
        bundle = self.other(setting["recall"]) if "recall" in setting else self.bundle
        options = [part for name, value in setting.items() if name != "recall" for part in (f"--{name}", str(value))]
        finished = subprocess.run(
            [self.program, "neighbours", bundle, queries, "-k", str(NEIGHBOURS), "--repeat", str(rounds), *options],
            capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise SystemExit(f"error: almanac neighbours: {finished.stderr.strip()}")
        report = json.loads(finished.stdout)
        report["questions"] = [(row + [-1] * NEIGHBOURS)[:NEIGHBOURS] for row in report["questions"]]
        return report


def make(_, program):
    """The one system of this module."""
    return Index(program)
