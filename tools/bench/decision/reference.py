"""The reference: a transformer with a threshold. All questions are stored, the nearest by cosine answers."""

import numpy

CHUNK = 512


def unit(path):
    """The rows of a `.npy` file at length 1."""
    vectors = numpy.load(path).astype(numpy.float32)
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def nearest(stored, owners, queries):
    """For each query the nearest stored question.

    `stored` and `queries` hold unit vectors, `owners` the entry of each stored row.
    Returns (similarity, margin over the best other entry, entry) for every query.
    """
    names = sorted(set(owners))
    number = {name: index for index, name in enumerate(names)}
    order = numpy.argsort([number[owner] for owner in owners], kind="stable")
    sorted_owners = numpy.array([number[owner] for owner in owners])[order]
    starts = numpy.flatnonzero(numpy.r_[True, sorted_owners[1:] != sorted_owners[:-1]])
    stored = stored[order]
    found = []
    for start in range(0, len(queries), CHUNK):
        by_entry = numpy.maximum.reduceat(queries[start:start + CHUNK] @ stored.T, starts, axis=1)
        best = by_entry.argmax(axis=1)
        rows = numpy.arange(len(by_entry))
        similarity = by_entry[rows, best].copy()
        by_entry[rows, best] = -1
        rival = by_entry.max(axis=1) if by_entry.shape[1] > 1 else numpy.zeros(len(rows))
        found.extend(
            (float(near), float(near - other), names[entry]) for near, other, entry in zip(similarity, rival, best))
    return found


def candidates(found, queries, margin_weight):
    """Pairs (score, is right) for the curve, with the score similarity + `margin_weight` × margin."""
    return [
        (similarity + margin_weight * margin, entry == query.expect)
        for (similarity, margin, entry), query in zip(found, queries)]


def of_set(dataset, rows=None, vectors=None):
    """What the reference finds for unit vectors, those of the labelled queries of `dataset` if not given.

    `rows` are the stored rows that it searches, all if not given.
    """
    files = [dataset.folder / f"{name}.npy" for name in ("entries", "variants")]
    stored = numpy.concatenate([unit(path) for path in files if path.exists()])
    owners = [row["id"] for name in ("entries", "variants") for row in dataset.rows(name)]
    if rows is not None:
        stored, owners = stored[rows], [owners[row] for row in rows]
    return nearest(stored, owners, unit(dataset.query_files[0][1]) if vectors is None else vectors)
