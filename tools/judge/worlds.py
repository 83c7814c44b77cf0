"""Bundles to learn from: each set with some entries hidden and its wordings cut to 1, 3, 10 or all.

A world is a compiled bundle and queries whose right entry is known: wordings that were left out of it, wordings of hidden
entries (no entry is right), and edits of its own questions. No query of a queries-dev file is among them.
"""

import json
import pathlib
import subprocess

import numpy

import edits
import rewordings

# Families share a source or a domain; when one is left out, none of its worlds is learned from.
SETS_WITH_WORDINGS = ("clinc150", "banking77", "hwu64")
SETS_WITH_ONE_WORDING = (
    "dstc9-faq", "medquad", "nq-open", "opentrivia", "tex-faq", "va-faq", "dev-faq", "covid-cdc-faq")
WORDINGS = ((3, 1), (10, 1), (0, 1), (0, 2))
# Worlds in which of entries that are like each other only one is stored, so that words of their subject point to it alone.
SPARSE_WORDINGS = ((10, 3), (0, 3), (0, 4))
HIDDEN = 0.3
SIBLINGS = 3
MOST_STORED = 4_000
MOST_QUERIES = 1_500


BUNDLES = pathlib.Path(__file__).resolve().parents[2] / "bundles"


def read(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def load(data, name):
    """All wordings of a set: texts, entry ids, embeddings, answers of entries."""
    folder = pathlib.Path(data) / name
    texts, owners, vectors = [], [], []
    for part in ("entries", "variants"):
        if (folder / f"{part}.jsonl").exists():
            for row in read(folder / f"{part}.jsonl"):
                texts.append(row["question"])
                owners.append(row["id"])
            vectors.append(numpy.load(folder / f"{part}.npy"))
    return texts, owners, numpy.concatenate(vectors)


def load_reworded(data, name):
    """As `load`, with questions of different entries taken as one entry's where they ask the same."""
    if name == "dev-faq":
        data = BUNDLES
    texts, owners, vectors = load(data, name)
    if name in rewordings.SETS:
        answers = [row["answer"] for row in read(pathlib.Path(data) / name / "entries.jsonl")]
        owners = rewordings.merge(texts, owners, answers, vectors)
    return texts, owners, vectors


def siblings(ids, owners, vectors):
    """Entries in groups of three on average that are like each other, by the means of their wordings' vectors."""
    places = {owner: place for place, owner in enumerate(ids)}
    means = numpy.zeros((len(ids), vectors.shape[1]))
    for owner, vector in zip(owners, vectors):
        means[places[owner]] += vector / numpy.linalg.norm(vector.astype(float))
    means /= numpy.linalg.norm(means, axis=1, keepdims=True)
    near = means @ means.T
    left, groups = set(range(len(ids))), []
    for place in range(len(ids)):
        if place not in left:
            continue
        group = sorted(left, key=lambda other: (-near[place, other], other))[:SIBLINGS]
        left.difference_update(group)
        groups.append([ids[other] for other in group])
    return groups


def write_world(folder, name, texts, owners, vectors):
    """A recipe over these wordings; the first of an owner is its entry's question."""
    folder.mkdir(parents=True, exist_ok=True)
    first, entries, variants, entry_rows, variant_rows = set(), [], [], [], []
    for index, (text, owner) in enumerate(zip(texts, owners)):
        if owner in first:
            variants.append({"id": owner, "question": text})
            variant_rows.append(index)
        else:
            first.add(owner)
            entries.append({"id": owner, "question": text, "answer": owner})
            entry_rows.append(index)
    recipe = [f"name: {name}", "version: 1", "entries: entries.jsonl"]
    embeddings = ["embeddings:", "  model: sentence-transformers/all-MiniLM-L6-v2", "  entries: entries.npy"]
    parts = [("entries", entries, entry_rows)]
    if variants:
        recipe.append("variants: variants.jsonl")
        embeddings.append("  variants: variants.npy")
        parts.append(("variants", variants, variant_rows))
    for part, rows, places in parts:
        with open(folder / f"{part}.jsonl", "w", encoding="utf-8") as output:
            output.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        numpy.save(folder / f"{part}.npy", vectors[places])
    recipe += embeddings + ["ambiguous: fallback"]
    (folder / "recipe.yaml").write_text("\n".join(recipe) + "\n")


def make(data, folder, name, wordings, seed):
    """Writes the world and returns its queries as (text, right entry id or None)."""
    texts, owners, vectors = load_reworded(data, name)
    random = numpy.random.default_rng(seed)
    ids = list(dict.fromkeys(owners))
    ids = [ids[place] for place in random.permutation(len(ids))]
    places = {}
    for place, owner in enumerate(owners):
        places.setdefault(owner, []).append(place)
    if name in SETS_WITH_ONE_WORDING:
        ids.sort(key=lambda owner: len(places[owner]) == 1)
    ids = ids[:2 * MOST_STORED]
    if (wordings, seed) in SPARSE_WORDINGS:
        hidden = {owner for group in siblings(ids, owners, vectors) for owner in group[1:]}
    elif name in SETS_WITH_ONE_WORDING:
        single = [owner for owner in ids if len(places[owner]) == 1]
        hidden = set(single[:int(len(single) * HIDDEN)])
    else:
        hidden = set(ids[:int(len(ids) * HIDDEN)])
    stored, queries = [], []
    for owner in ids:
        own = [places[owner][place] for place in random.permutation(len(places[owner]))]
        if owner in hidden:
            queries += [(texts[place], None) for place in own[:60]]
            continue
        keep = min(wordings, len(own)) if wordings else max(1, int(len(own) * 0.8))
        if len(own) > 1:
            queries += [(texts[place], owner) for place in own[keep:keep + 60]]
        stored += own[:keep]
    if name in SETS_WITH_ONE_WORDING:
        stored = stored[:MOST_STORED]
    right = [query for query in queries if query[1]]
    wrong = [query for query in queries if not query[1]]
    right = [right[place] for place in random.permutation(len(right))[:MOST_QUERIES]]
    wrong = [wrong[place] for place in random.permutation(len(wrong))[:MOST_QUERIES]]
    write_world(folder, name, [texts[place] for place in stored], [owners[place] for place in stored], vectors[stored])
    sample = random.permutation(len(stored))[:MOST_QUERIES // 2]
    chosen = [stored[place] for place in sample]
    if name in SETS_WITH_ONE_WORDING:
        edited = edits.balanced([texts[place] for place in chosen], [owners[place] for place in chosen], texts, random)
    else:
        # With many wordings most minimal edits still ask for the same intent, so only preserving ones are made.
        edited = [
            (edits.preserve(texts[place], random), owners[place]) for place in chosen[:MOST_QUERIES // 6]]
    return right + wrong + edited


def compile_world(almanac, folder):
    subprocess.run(
        [almanac, "compile", folder / "recipe.yaml", "-o", folder / "world.almanac"], check=True,
        stdout=subprocess.DEVNULL)


def ask(reader, bundle, queries):
    """The evidence of each query: a list of (entry id or None for a distractor, evidence by name)."""
    lines = "".join(
        json.dumps({"id": number, "query": text, "now": 1_800_000_000, "explain": True}) + "\n"
        for number, text in enumerate(queries))
    replies = subprocess.run([reader, bundle], input=lines, capture_output=True, text=True, check=True).stdout
    found = []
    for line in replies.splitlines():
        reply = json.loads(line)
        explain = reply.get("explain", {})
        # What equals a stored question never comes before the judge.
        weighed = [] if reply.get("via") == "exact" else explain.get("evidence") or []
        found.append([(row.get("entry"), row) for row in weighed if row])
    return found
