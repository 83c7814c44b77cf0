"""What the number of wordings is worth: sets compiled with 1, 3, 10 and all wordings of each entry."""

import numpy

import product as asked
import reference
from curve import served_at
from datasets import MANY_WORDINGS, write_rows
from parts import own_point, seeded

COUNTS = (1, 3, 10, None)


def wordings(product, datasets):
    """What 1, 3, 10 and all wordings of each entry serve."""
    rows = []
    for dataset in datasets:
        if dataset.name not in MANY_WORDINGS:
            continue
        queries = dataset.queries
        answerable = sum(query.expect is not None for query in queries)
        for count in COUNTS:
            kept = None if count is None else subsample(dataset, count)
            recipe = dataset.recipe if kept is None else write_subset(product, dataset, kept, count)
            name = dataset.name if kept is None else f"{dataset.name}-{count}"
            report, outcomes = product.check(product.compile(recipe, name), queries)
            found = reference.of_set(dataset, rows=kept)
            rows.append({
                "set": dataset.name, "wordings": count,
                "reference": served_at(reference.candidates(found, queries, 0), len(queries), answerable),
                "almanac": served_at(asked.candidates(outcomes, queries), len(queries), answerable),
                "own": own_point(report),
            })
    return rows


def subsample(dataset, count):
    """The stored rows of `count` wordings of each entry: its question and others at random, in the files' order."""
    generator = seeded("wordings", dataset.name)
    entries = len(dataset.rows("entries"))
    by_entry = {}
    for index, row in enumerate(dataset.rows("variants")):
        by_entry.setdefault(row["id"], []).append(entries + index)
    kept = list(range(entries))
    for entry in sorted(by_entry):
        # Shuffled in the same way whatever the count, so that 10 wordings hold the 3.
        generator.shuffle(by_entry[entry])
        kept += by_entry[entry][:count - 1]
    return sorted(kept)


def write_subset(product, dataset, kept, count):
    """A recipe of the set with the kept wordings only."""
    folder = product.work / f"{dataset.name}-{count}"
    folder.mkdir(exist_ok=True)
    entries = len(dataset.rows("entries"))
    rows = [index - entries for index in kept if index >= entries]
    text = dataset.recipe.read_text(encoding="utf-8")
    if rows:
        write_rows(folder / "variants.jsonl", [dataset.rows("variants")[row] for row in rows])
        numpy.save(folder / "variants.npy", numpy.load(dataset.folder / "variants.npy")[rows])
        text = text.replace(f"${{data}}/{dataset.name}/variants", "variants")
    else:
        lines = text.splitlines(keepends=True)
        text = "".join(line for line in lines if not line.lstrip().startswith("variants:"))
    recipe = folder / "recipe.yaml"
    recipe.write_text(text, encoding="utf-8")
    return recipe
