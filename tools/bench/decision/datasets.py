"""The sets of the shared data folder, as the benchmark uses them."""

import json
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]

MANY_WORDINGS = ("clinc150", "banking77", "hwu64")
ONE_WORDING = ("covid-cdc-faq", "va-faq", "dev-faq")
ANSWERABLE = MANY_WORDINGS + ONE_WORDING
HARD_NEGATIVES = ("medquad", "dstc9-faq", "nq-open", "opentrivia", "dev-faq", "tex-faq", "va-faq")
TRAPPED = MANY_WORDINGS + ("covid-cdc-faq", "va-faq", "dev-faq", "dstc9-faq", "medquad", "nq-open")
ALL = MANY_WORDINGS + ("covid-cdc-faq", "va-faq", "dev-faq", "medquad", "nq-open", "dstc9-faq", "opentrivia", "tex-faq")


@dataclass(frozen=True)
class Query:
    """A labelled query. `expect` is None if it must fall back."""

    text: str
    expect: str | None
    kind: str = ""


def read_rows(path):
    """The objects of a JSONL file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def write_rows(path, rows):
    """Writes objects as JSONL, without touching a file that holds them already."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    Path(path).write_text(text, encoding="utf-8")


class DataSet:
    """One set: its recipe, its stored questions and its labelled queries, read when first asked for."""

    def __init__(self, name, data):
        self.name = name
        self.data = Path(data)
        self.is_sample = name == "dev-faq"
        # The sample bundle's folder has queries and wordings that the shared folder lacks.
        self.folder = REPOSITORY / "bundles/dev-faq" if self.is_sample else self.data / name
        self.recipe = (
            self.folder / "recipe.yaml" if self.is_sample else REPOSITORY / f"tools/bench/recipes/{name}.yaml")
        self._rows = {}

    def rows(self, file):
        """The rows of `file` (entries, variants, …), which may be missing."""
        if file not in self._rows:
            path = self.folder / f"{file}.jsonl"
            self._rows[file] = read_rows(path) if path.exists() else []
        return self._rows[file]

    @property
    def stored(self):
        """Every stored question as (question, entry id): the entries' first, then the variants'."""
        found = []
        for entry in self.rows("entries"):
            found.append((entry["question"], entry["id"]))
        for entry in self.rows("entries"):
            found.extend((question, entry["id"]) for question in entry.get("variants", []))
        return found + [(row["question"], row["id"]) for row in self.rows("variants")]

    @property
    def query_files(self):
        """The labelled queries that test the set, as (JSONL, vectors)."""
        if self.is_sample:
            return [
                (self.folder / "queries.jsonl", self.folder / "queries.npy"),
                (self.data / "dev-faq/queries-dev.jsonl", self.data / "dev-faq/queries-dev.npy")]
        return [(self.folder / "queries-dev.jsonl", self.folder / "queries-dev.npy")]

    @property
    def queries(self):
        """The labelled queries of the first file of `query_files`."""
        return read_queries(self.query_files[0][0])

    @property
    def hard_negatives(self):
        """The queries without an answer whose subject is the set's own."""
        return [query for query in read_queries(self.query_files[-1][0]) if query.kind == "hard-negative"]


def read_queries(path):
    """The labelled queries of a JSONL file."""
    return [Query(row["query"], row["expect"], row.get("kind", "")) for row in read_rows(path)]


def out_of_scope_pool(data, name):
    """Questions that the set `name` does not answer, as pairs (row of the pool's vectors, query).

    Commands are left out where the set knows commands.
    """
    rows = read_rows(Path(data) / "oos-pool/queries-dev.jsonl")
    keeps_commands = name not in ("hwu64", "clinc150")
    return [
        (index, Query(row["query"], None, "oos")) for index, row in enumerate(rows)
        if keeps_commands or row["source"] != "snips"]
