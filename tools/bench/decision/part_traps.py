"""Traps beside true paraphrases: how much is served where few traps are answered."""

import math

import product as asked
import reference
import traps
from curve import best_point
from datasets import MANY_WORDINGS, TRAPPED
from parts import seeded

# The share of traps that may be answered where what is served is compared.
ALLOWED = 0.05

ALL_SETS = "all"


def trapped(product, datasets, transformer=None):
    """For each set: traps answered by kind at the bundle's own threshold, and the best trade at other thresholds."""
    rows = []
    for dataset in datasets:
        if dataset.name not in TRAPPED:
            continue
        made = traps.of_set(dataset, seeded("traps", dataset.name))
        paraphrases = [query for query in dataset.queries if query.expect is not None]
        bundle = product.compile(dataset.recipe, dataset.name)
        _, outcomes = product.check(bundle, traps.as_queries(made) + paraphrases)
        caught, served = outcomes[:len(made)], outcomes[len(made):]
        product.note(f"traps-{dataset.name}", [
            {"kind": trap.kind, "query": trap.text, "source": trap.source, "entry": trap.entry, "answered": found.entry,
             "best": found.best, "score": found.score if found.best else None, "reason": found.reason}
            for trap, found in zip(made, caught)])
        reference_trade = None
        if transformer and paraphrases:
            vectors = transformer.embed([trap.text for trap in made])
            reference_trade = trade(
                as_outcomes(reference.of_set(dataset, vectors=vectors)), paraphrases,
                as_outcomes(
                    found for found, query in zip(reference.of_set(dataset), dataset.queries) if query.expect))
        rows.append({
            "set": dataset.name, "group": "many wordings" if dataset.name in MANY_WORDINGS else "one wording",
            "traps": len(made), "answered": sum(found.entry is not None for found in caught),
            "by_source": sum(found.entry == trap.entry for found, trap in zip(caught, made)),
            "paraphrases": len(paraphrases), "right": asked.counts(served, paraphrases)[0],
            "kinds": kinds(made, caught),
            "trade": trade(caught, paraphrases, served) if paraphrases else None,
            "trade_without_scope": trade(
                [found for trap, found in zip(made, caught) if trap.kind != "scope"], paraphrases, served),
            "reference_trade": reference_trade,
        })
    return rows


def kinds(made, caught):
    """For each kind of trap: how many, how many were answered, how many from the question they were made of."""
    found = {}
    for trap, outcome in zip(made, caught):
        count, answered, source = found.get(trap.kind, (0, 0, 0))
        found[trap.kind] = (
            count + 1, answered + (outcome.entry is not None), source + (outcome.entry == trap.entry))
    return dict(sorted(found.items()))


def trade(caught, paraphrases, served):
    """Paraphrases served rightly at the loosest threshold that answers at most ALLOWED of the traps."""
    candidates = [(found.score, False) for found in caught if found.best]
    candidates += [(found.score, True) for found, query in zip(served, paraphrases) if found.best == query.expect]
    right, answered, threshold = best_point(candidates, math.floor(ALLOWED * len(caught) + 1e-9))
    wrong = sum(
        found.best is not None and found.best != query.expect and found.score >= threshold
        for found, query in zip(served, paraphrases))
    return {"right": right, "traps": answered, "wrong": wrong}


def as_outcomes(nearest):
    """What the reference would answer at some threshold."""
    return [asked.Outcome(None, entry, similarity, None) for similarity, _, entry in nearest]


def groups(rows):
    """The sets that have paraphrases, added up by group: each at its own threshold of the trade and at its bundle's."""
    found = {}
    for row in rows:
        if row["trade"] is None:
            continue
        for name in (row["group"], ALL_SETS):
            group = found.setdefault(name, dict.fromkeys(
                ("sets", "traps", "paraphrases", "answered", "right", "trade_traps", "trade_right", "without_scope",
                 "mean"), 0))
            group["sets"] += 1
            for key in ("traps", "paraphrases", "answered", "right"):
                group[key] += row[key]
            group["trade_traps"] += row["trade"]["traps"]
            group["trade_right"] += row["trade"]["right"]
            group["without_scope"] += row["trade_without_scope"]["right"]
            group["mean"] += row["trade"]["right"] / row["paraphrases"]
    for group in found.values():
        group["mean"] /= group["sets"]
    return dict(sorted(found.items(), key=lambda item: item[0] == ALL_SETS))
