"""The final decision of a bundle against the one it would make if it compared each query with every stored vector."""

import json
import subprocess
from pathlib import Path

RECIPES = Path(__file__).resolve().parents[1] / "recipes"
SETS = (
    "clinc150", "banking77", "hwu64", "medquad", "nq-open", "opentrivia", "dstc9-faq", "covid-cdc-faq", "tex-faq", "va-faq")
# A time at which every entry of the sets is valid, so that the figures do not depend on the day.
NOW = "1780000000"
MODES = {"text": [], "text and vector": ["--vectors"]}


def compare_decisions(program, data, work):
    """For each set and input mode the number of queries, and of those with the same entry or a fallback both times."""
    folder = work / "decisions"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in SETS:
        queries = data / name / "queries-dev.jsonl"
        if not queries.exists():
            continue
        bundle = folder / f"{name}.almanac"
        _run(program, "compile", RECIPES / f"{name}.yaml", "--data", data, "-o", bundle)
        lists = json.loads(_run(program, "inspect", bundle, "--json"))
        for mode, option in MODES.items():
            vectors = [*option, queries.with_suffix(".npy")] if option else []
            chosen = _ask(program, bundle, queries, folder, vectors)
            exhaustive = _ask(program, bundle, queries, folder, [*vectors, "--exhaustive"])
            same = sum(
                first["entry"] == second["entry"] and (first["reason"] is None) == (second["reason"] is None)
                for first, second in zip(chosen, exhaustive))
            rows.append({
                "set": name, "mode": mode, "lists": _lists(lists), "queries": len(chosen), "same": same,
                "answered": sum(row["entry"] is not None for row in exhaustive)})
    return rows


def _lists(report):
    """The number of lists that a bundle has, wherever the report states it."""
    if isinstance(report, dict):
        for key, value in report.items():
            if key == "lists" and isinstance(value, int):
                return value
            found = _lists(value)
            if found is not None:
                return found
    return None


def _ask(program, bundle, queries, folder, options):
    outcomes = folder / "outcomes.jsonl"
    _run(
        program, "check", bundle, queries, "--json", "--worst", "0", "--now", NOW, "--outcomes", outcomes, *options,
        allowed=(0, 2))
    with open(outcomes, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _run(program, command, *arguments, allowed=(0,)):
    finished = subprocess.run(
        [program, command, *map(str, arguments)], capture_output=True, text=True, check=False)
    if finished.returncode not in allowed:
        raise SystemExit(f"error: almanac {command}: {finished.stderr.strip()}")
    return finished.stdout
