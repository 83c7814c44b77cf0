"""What labelled queries bring: sets compiled with some of their queries and asked the others."""

import numpy

import product as asked
from curve import served_at
from datasets import MANY_WORDINGS, write_rows
from parts import own_point, seeded

# None: half of the queries.
COUNTS = (400, None)


def labels(product, datasets):
    """Compiles with labelled queries, at random and stated to be sampled, and asks those that are left."""
    rows = []
    for dataset in datasets:
        if dataset.name not in MANY_WORDINGS:
            continue
        queries = dataset.queries
        order = list(range(len(queries)))
        seeded("labels", dataset.name).shuffle(order)
        for count in COUNTS:
            known = sorted(order[:count or len(order) // 2])
            left = [queries[row] for row in sorted(order[len(known):])]
            name = f"{dataset.name}-labels-{len(known)}"
            report, outcomes = product.check(product.compile(write_recipe(product, dataset, known, name), name), left)
            answerable = sum(query.expect is not None for query in left)
            rows.append({
                "set": dataset.name, "labels": len(known),
                "almanac": served_at(asked.candidates(outcomes, left), len(left), answerable),
                "own": own_point(report),
            })
    return rows


def write_recipe(product, dataset, known, name):
    """The set's recipe with the labelled queries in the rows `known`."""
    folder = product.work / name
    folder.mkdir(exist_ok=True)
    source, vectors = dataset.query_files[0]
    rows = dataset.rows(source.stem)
    write_rows(folder / "queries.jsonl", [{**rows[row], "origin": "sampled"} for row in known])
    numpy.save(folder / "queries.npy", numpy.load(vectors)[known])
    text = dataset.recipe.read_text(encoding="utf-8")
    text = text.replace("embeddings:\n", "queries: queries.jsonl\nembeddings:\n  queries: queries.npy\n")
    recipe = folder / "recipe.yaml"
    recipe.write_text(text, encoding="utf-8")
    return recipe
