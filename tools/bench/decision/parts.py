"""The parts of the benchmark that ask labelled queries: as they are, noisy, in another mix. Each gives figures."""

import random

import noise
import product as asked
import reference
from curve import BUDGETS, served_at
from datasets import ANSWERABLE, HARD_NEGATIVES, Query, out_of_scope_pool

SEED = "almanac/decision-benchmark"

# The most answerable queries of a set in the customer-service mix; embedding them takes a while.
CUSTOMER_QUERIES = 500


def seeded(*names):
    """A random generator of its own for each part and set, so that leaving some out changes nothing in the others."""
    return random.Random("/".join((SEED, *names)))


def share(part, whole):
    """The share, or None of nothing."""
    return part / whole if whole else None


def own_point(report):
    """What the bundle does at the threshold it chose itself."""
    keys = ("requests", "answerable", "hits", "right", "wrong", "precision", "wrong_share", "served", "evidence_level")
    return {key: report[key] for key in keys}


def curves(product, datasets):
    """Reference, Almanac, and Almanac with the transformer's vectors, on the answerable sets."""
    rows = []
    for dataset in datasets:
        if dataset.name not in ANSWERABLE:
            continue
        queries = dataset.queries
        answerable = sum(query.expect is not None for query in queries)
        found = reference.of_set(dataset)
        bundle = product.compile(dataset.recipe, dataset.name)
        report, outcomes = product.check(bundle, queries)
        vectors_report, vectors_outcomes = product.check(bundle, queries, dataset.query_files[0][1])

        def served(candidates):
            return served_at(candidates, len(queries), answerable)

        almanac = served(asked.candidates(outcomes, queries))
        told = {point["max_wrong"]: point["served"] for point in report["curve"]["at"]}
        if any(abs(told[budget] - value) > 1e-5 for budget, value in zip(BUDGETS, almanac)):
            raise SystemExit(f"error: {dataset.name}: `check` and the benchmark disagree: {told}, {almanac}")
        rows.append({
            "set": dataset.name, "queries": len(queries), "answerable": answerable,
            "reference": served(reference.candidates(found, queries, 0)),
            "reference_margin": served(reference.candidates(found, queries, 0.5)),
            "almanac": almanac, "own": own_point(report),
            "vectors": served(asked.candidates(vectors_outcomes, queries)), "vectors_own": own_point(vectors_report),
        })
    return rows


def hard_negatives(product, datasets):
    """The share of questions without an answer, from the set's own subject, that is answered."""
    rows = []
    for dataset in datasets:
        if dataset.name in HARD_NEGATIVES:
            queries = dataset.hard_negatives
            report, _ = product.check(product.compile(dataset.recipe, dataset.name), queries)
            rows.append({"set": dataset.name, "queries": len(queries), "answered": report["hits"]})
    return rows


def noisy(product, datasets):
    """The same queries clean, with a typo, and with courtesy around them; two in one message."""
    templates = noise.read_lines("courtesy.txt")
    rows = []
    for dataset in datasets:
        if dataset.name not in ANSWERABLE:
            continue
        queries = dataset.queries
        typo, courtesy, join = (seeded(kind, dataset.name) for kind in ("typo", "courtesy", "joined"))
        together = noise.pairs(queries, min(600, 5 * len(queries)), join)
        groups = {
            "clean": queries,
            "typo": [Query(noise.with_typo(query.text, typo), query.expect) for query in queries],
            "courtesy": [
                Query(noise.with_courtesy(query.text, courtesy, templates), query.expect) for query in queries],
            "joined": [Query(noise.joined(first.text, second.text, join), None) for first, second in together],
        }
        bundle = product.compile(dataset.recipe, dataset.name)
        _, outcomes = product.check(bundle, [query for group in groups.values() for query in group])
        row = {"set": dataset.name, "queries": len(queries), "pairs": len(together)}
        for name, group in groups.items():
            part, outcomes = outcomes[:len(group)], outcomes[len(group):]
            row[name] = asked.counts(part, group)
            row[f"{name}_reasons"] = reasons(part)
            product.note(f"{name}-{dataset.name}", [
                {"query": query.text, "expect": query.expect, "answered": found.entry, "reason": found.reason}
                for query, found in zip(group, part)])
        rows.append(row)
    return rows


def reasons(outcomes):
    """How many fallbacks had each reason, the most frequent first."""
    found = {}
    for outcome in outcomes:
        if outcome.entry is None:
            found[outcome.reason] = found.get(outcome.reason, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def customer_service(product, datasets, transformer=None):
    """Two thirds of the queries without an answer, every second query with a typo.

    The vectors of the clean text are given; those of the noisy text need a transformer.
    """
    rows = []
    for dataset in datasets:
        if dataset.name not in ANSWERABLE:
            continue
        generator = seeded("customer-service", dataset.name)
        known = list(zip(dataset.queries, reference.of_set(dataset)))
        pool_found = reference.of_set(dataset, vectors=reference.unit(product.data / "oos-pool/queries-dev.npy"))
        answerable = [pair for pair in known if pair[0].expect is not None]
        near = [pair for pair in known if pair[0].expect is None]
        far = [(query, pool_found[row]) for row, query in out_of_scope_pool(product.data, dataset.name)]
        count = min(len(answerable), len(far) // 2, CUSTOMER_QUERIES)
        # As many as there are from the set's own subject, up to half of those without an answer.
        mixed = generator.sample(answerable, count) + generator.sample(near, min(count, len(near)))
        mixed += generator.sample(far, 3 * count - len(mixed))
        clean, nearest = [query for query, _ in mixed], [found for _, found in mixed]
        queries = [
            Query(noise.with_typo(query.text, generator), query.expect) if generator.random() < 0.5 else query
            for query in clean]
        report, outcomes = product.check(product.compile(dataset.recipe, dataset.name), queries)
        noisy_reference = None
        if transformer:
            changed = [row for row, query in enumerate(queries) if query.text != clean[row].text]
            vectors = transformer.embed([queries[row].text for row in changed])
            noisy_nearest = dict(enumerate(nearest)) | dict(zip(changed, reference.of_set(dataset, vectors=vectors)))
            noisy_found = [noisy_nearest[row] for row in range(len(queries))]
            noisy_reference = served_at(reference.candidates(noisy_found, queries, 0), len(queries), count)
        rows.append({
            "set": dataset.name, "queries": len(queries), "answerable": count,
            "reference": served_at(reference.candidates(nearest, clean, 0), len(queries), count),
            "noisy_reference": noisy_reference,
            "almanac": served_at(asked.candidates(outcomes, queries), len(queries), count), "own": own_point(report),
        })
    return rows
