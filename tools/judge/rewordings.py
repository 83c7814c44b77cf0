"""Questions of different entries that ask the same, as collections of short answers have them.

Two questions with the same short answer that are near each other in the space of the embeddings are rewordings of one
another, written by different people. They are the only real rewordings there are for sets whose entries have one wording.
"""

import numpy

SETS = ("nq-open", "opentrivia")
LEAST_COSINE = 0.72
MOST_WITH_ANSWER = 60
# Answers that say nothing of what was asked.
EMPTY_ANSWERS = frozenset("yes no true false all none both".split())


def merge(texts, owners, answers, vectors):
    """The owner of each question, that of the first one in its group of rewordings."""
    owners = list(owners)
    groups = {}
    for place, answer in enumerate(answers):
        key = answer.lower().strip().rstrip(".")
        if key not in EMPTY_ANSWERS and not key.isdigit():
            groups.setdefault(key, []).append(place)
    for places in groups.values():
        if not 2 <= len(places) <= MOST_WITH_ANSWER:
            continue
        rows = vectors[places].astype(float)
        rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
        near = rows @ rows.T
        for later in range(1, len(places)):
            nearest = int(numpy.argmax(near[later, :later]))
            if near[later, nearest] >= LEAST_COSINE:
                owners[places[later]] = owners[places[nearest]]
    return owners
