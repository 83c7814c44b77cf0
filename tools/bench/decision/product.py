"""The product under test: compiles bundles, and asks them through `almanac check`."""

import hashlib
import json
import math
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from datasets import write_rows

# A time at which every entry of the sets is valid, so that the figures do not depend on the day.
NOW = 1_780_000_000


@dataclass(frozen=True)
class Outcome:
    """What became of one query.

    `entry` answered, or None. `best` would answer at a threshold of `score`; None if it would at none. The score of a
    query that equals a stored question is infinite.
    """

    entry: str | None
    best: str | None
    score: float
    reason: str | None


class Product:
    """An `almanac` program and a folder for what it makes."""

    def __init__(self, program, data, work):
        self.program = Path(program).resolve()
        self.data = Path(data).resolve()
        self.work = Path(work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.digest = hashlib.sha256(self.program.read_bytes()).hexdigest()
        self.compiled = {}

    def compile(self, recipe, name):
        """The path of the bundle made from `recipe`; a bundle from the same program, recipe and data is used again."""
        bundle = self.work / f"{name}-{self._fingerprint(recipe)}.almanac"
        if not bundle.exists():
            for older in self.work.glob(f"{name}-????????????????.almanac"):
                older.unlink()
            start = time.monotonic()
            self._run("compile", recipe, "--data", self.data, "-o", bundle)
            self.compiled[name] = time.monotonic() - start
        return bundle

    def check(self, bundle, queries, vectors=None):
        """Asks `queries`. Returns the report of `check --json` and one Outcome for each query."""
        name = bundle.stem
        asked = self.work / f"{name}.queries.jsonl"
        told = self.work / f"{name}.outcomes.jsonl"
        write_rows(asked, ({"query": query.text, "expect": query.expect} for query in queries))
        options = ["--vectors", vectors] if vectors else []
        output = self._run(
            "check", bundle, asked, "--json", "--worst", 0, "--now", NOW, "--outcomes", told, *options, allowed=(0, 2))
        with open(told, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        if len(rows) != len(queries):
            raise SystemExit(f"error: {self.program}: {len(rows)} outcomes for {len(queries)} queries of {bundle}")
        for left_over in (asked, told):
            left_over.unlink()
        return json.loads(output), [outcome(row) for row in rows]

    def note(self, name, rows):
        """Writes rows for people to look at into the work folder; made text must not get into the repository."""
        folder = self.work / "examples"
        folder.mkdir(exist_ok=True)
        write_rows(folder / f"{name}.jsonl", rows)

    def _run(self, command, *arguments, allowed=(0,)):
        finished = subprocess.run(
            [self.program, command, *map(str, arguments)], capture_output=True, text=True, check=False)
        if finished.returncode not in allowed:
            raise SystemExit(f"error: almanac {command}: {finished.stderr.strip()}")
        return finished.stdout

    def _fingerprint(self, recipe):
        text = Path(recipe).read_text(encoding="utf-8")
        digest = hashlib.sha256((self.digest + text).encode())
        names = re.findall(r"[^\s,\[\]{}]+\.(?:jsonl|npy)", text)
        for name in names:
            path = Path(recipe).parent / name.replace("${data}", str(self.data))
            if path.exists():
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]


def outcome(row):
    """The Outcome of one line of `check --outcomes`."""
    score = row["score"]
    return Outcome(row["entry"], row["best"], math.inf if score is None else score, row["reason"])


def candidates(outcomes, queries):
    """Pairs (score, is right) for the curve."""
    return [(found.score, found.best == query.expect) for found, query in zip(outcomes, queries) if found.best]


def counts(outcomes, queries):
    """The right and the wrong answers."""
    right = sum(found.entry is not None and found.entry == query.expect for found, query in zip(outcomes, queries))
    return right, sum(found.entry is not None for found in outcomes) - right
