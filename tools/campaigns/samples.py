"""Recipes made of bundles/dev-faq, for campaigns and for tools/reproducible: python3 tools/campaigns/samples.py FOLDER.

Each recipe gets a subfolder of FOLDER, with requests.jsonl where it is asked:

- dev-faq: the sample bundle. next: what its next version could be, one answer in five another.
- base: its first entries. today: a layer over base, with new entries, other answers to old ones, and entries deleted.
  tomorrow: the same with other answers still.
- slots: answers and prompts with slots, entries with scope, route, and times at which they are valid and due; and log.jsonl, a log
  of requests.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "bundles/dev-faq"
NOW = 1780000000
# base has the entries before this one, the layers those from it on.
FIRST_OF_LAYER = 460


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_lines(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_vectors(path: Path, rows: list[int]) -> None:
    """Writes rows of the embeddings of dev-faq: int8, 384 components, NumPy's format 1.0."""
    matrix = (SOURCE / "entries.npy").read_bytes()
    start = 10 + int.from_bytes(matrix[8:10], "little")
    header = f"{{'descr': '|i1', 'fortran_order': False, 'shape': ({len(rows)}, 384), }}"
    header += " " * (-(11 + len(header)) % 64) + "\n"
    values = b"".join(matrix[start + 384 * row : start + 384 * (row + 1)] for row in rows)
    path.write_bytes(matrix[:8] + len(header).to_bytes(2, "little") + header.encode() + values)


def write_recipe(folder: Path, entries: list[dict], vectors: list[int], further: str = "") -> None:
    folder.mkdir()
    write_lines(folder / "entries.jsonl", entries)
    embeddings = ""
    if vectors:
        write_vectors(folder / "entries.npy", vectors)
        embeddings = "embeddings: {model: sentence-transformers/all-MiniLM-L6-v2, entries: entries.npy}\n"
    (folder / "recipe.yaml").write_text(
        f"name: {folder.name}\nversion: 1\nentries: entries.jsonl\n{embeddings}{further}"
    )


def write_requests(folder: Path, requests: list[dict]) -> None:
    """Requests at a fixed time; one in five asks for an explanation."""
    rows = []
    for number, request in enumerate(requests):
        row = {"id": number, **request, "now": NOW}
        if number % 5 == 0:
            row["explain"] = True
        rows.append(row)
    write_lines(folder / "requests.jsonl", rows)


def whole_bundles(folder: Path, entries: list[dict], queries: list[str]) -> None:
    shutil.copytree(SOURCE, folder / "dev-faq")
    shutil.copytree(SOURCE, folder / "next")
    changed = [
        dict(entry, answer="Next version. " + entry["answer"]) if number % 5 == 0 else entry
        for number, entry in enumerate(entries)
    ]
    write_lines(folder / "next/entries.jsonl", changed)
    asked = [entry["question"] for entry in entries[::2]] + queries
    write_requests(folder / "dev-faq", [{"query": text} for text in asked])


def layers(folder: Path, entries: list[dict], queries: list[str]) -> None:
    old = range(FIRST_OF_LAYER)
    write_recipe(folder / "base", entries[:FIRST_OF_LAYER], list(old), "encoder: {max_bytes: 600000}\n")
    own = [*old[::20], *range(FIRST_OF_LAYER, len(entries))]
    deleted = [{"id": entries[number]["id"], "deleted": True} for number in old[7::30]]
    for name in ("today", "tomorrow"):
        changed = [dict(entries[number], answer=f"Of {name}. " + entries[number]["answer"]) for number in own]
        write_recipe(folder / name, changed + deleted, own)
    asked = [entry["question"] for entry in entries[::3] + entries[FIRST_OF_LAYER:]] + queries
    asked += [entries[number]["question"] for number in old[7::30]]
    write_requests(folder / "today", [{"query": text} for text in asked])


def slots(folder: Path, entries: list[dict], queries: list[str]) -> None:
    rows = []
    for number, entry in enumerate(entries[:120]):
        row = {"id": entry["id"], "question": entry["question"], "answer": entry["answer"]}
        if number % 2 == 0 and "{{" not in entry["answer"]:
            row["answer"] = "{{#name}}Dear {{name}}, {{/name}}version {{version|3}}. " + entry["answer"]
            row["template"] = ["name", "version"]
        if number % 7 == 0:
            row["scope"] = {"language": "en", "plan": "pro" if number % 2 else "free"}
            row["route"] = "small"
        if number % 11 == 0:
            row["valid_from"], row["valid_until"] = "2020-01-01", "2030-01-01"
        if number % 13 == 0:
            row["cadence"] = "90d"
            row["provenance"] = {"at": "2026-01-01"}
        rows.append(row)
    for number in range(40):
        variables = {"product": f"Lamp {number}", "language": "en"}
        rows.append({
            "id": f"lamp/{number}", "prompt": "copy", "variables": variables,
            "template": ["shop"], "answer": f"Lamp {number} gives light. {{{{shop|Ask us.}}}}",
        })
    further = (
        "encoder: {max_bytes: 400000}\ndefault_route: large\nprompts:\n  - name: copy\n"
        "    template: 'Write a short description of {{product}} in {{language|en}}.'\n"
        "    variables: [product, language]\n"
    )
    write_recipe(folder / "slots", rows, [], further)
    asked = [{"query": text} for text in queries]
    for number, entry in enumerate(entries[:120]):
        request = {"query": entry["question"]}
        if number % 3:
            request["variables"] = {"name": "Ada", "version": str(number)}
        if number % 4 == 1:
            request["scope"] = {"plan": "pro"}
        asked.append(request)
    asked += [
        {"prompt": "copy", "variables": {"product": f"Lamp {number}", "shop": "Come in."}} for number in range(44)
    ]
    write_requests(folder / "slots", asked)
    write_lines(folder / "slots/log.jsonl", [{"query": entry["question"], "at": NOW} for entry in entries[:120]])


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir()
    entries = lines(SOURCE / "entries.jsonl")
    queries = [row["query"] for row in lines(SOURCE / "queries.jsonl")]
    whole_bundles(folder, entries, queries)
    layers(folder, entries, queries)
    slots(folder, entries, queries)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
