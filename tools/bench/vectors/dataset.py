"""The vectors and queries of one size, and the truth about them."""

import json

import numpy

# Neighbours asked for, of which the first counts for recall@1 and all for recall@10.
NEIGHBOURS = 10
# Rows scored at once while the truth is found.
BLOCK = 65_536


class DataSet:
    """The first `count` of the real questions with their int8 embeddings, and held-out queries.

    Truth is the exact int8 scan: the cosine of the int8 vectors. Products of int8 vectors of 384 components are whole
    numbers below 2^24, so single precision gives them exactly.
    """

    def __init__(self, data, work, count, queries):
        self.source = data / "questions"
        self.folder = work / f"{count}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count = count
        stored = numpy.load(self.source / "embeddings.npy", mmap_mode="r")
        if count > len(stored):
            raise SystemExit(f"error: {self.source} has {len(stored)} vectors, fewer than {count}; give smaller --sizes")
        self.base = stored[:count]
        asked = numpy.load(self.source / "queries-embeddings.npy")
        self.queries = numpy.ascontiguousarray(asked[:: max(1, len(asked) // queries)][:queries])
        self.base_path, self.query_path = self.folder / "base.npy", self.folder / "queries.npy"
        if not self.base_path.exists():
            numpy.save(self.base_path, self.base)
        numpy.save(self.query_path, self.queries)
        self.truth = self._truth()

    def _truth(self):
        path = self.folder / f"truth-{len(self.queries)}.npy"
        if path.exists():
            return numpy.load(path)
        best = numpy.full((len(self.queries), NEIGHBOURS), -2.0)
        left = self.queries.astype(numpy.float32)
        for start in range(0, self.count, BLOCK):
            block = self.base[start : start + BLOCK]
            cosines = (left @ block.T.astype(numpy.float32)) / numpy.outer(lengths(self.queries), lengths(block))
            joined = numpy.concatenate([best, cosines], axis=1)
            best = -numpy.sort(-numpy.partition(joined, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:], axis=1)
        numpy.save(path, best)
        return best

    def recalls(self, found):
        """Recall@1 and recall@10 of `found`, one row of ids for each query, missing ones -1.

        What is as near as the true neighbour counts as it: equal questions have equal vectors.
        """
        found = numpy.asarray(found, dtype=numpy.int64)
        rows = self.base[numpy.maximum(found, 0).ravel()].astype(numpy.float32).reshape(*found.shape, -1)
        products = numpy.einsum("qkd,qd->qk", rows, self.queries.astype(numpy.float32))
        norms = numpy.sqrt((rows.astype(numpy.float64) ** 2).sum(axis=2)) * lengths(self.queries)[:, None]
        cosines = numpy.where(found >= 0, products / norms, -2)
        first = (cosines[:, 0] >= self.truth[:, 0] - 1e-9).mean()
        # A system may name a row twice; it counts once.
        ordered = numpy.sort(found, axis=1)
        repeats = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).sum(axis=1)
        within = (cosines >= self.truth[:, -1:] - 1e-9).sum(axis=1) - repeats
        return float(first), float(numpy.clip(within, 0, NEIGHBOURS).mean() / NEIGHBOURS)

    def write_entries(self, path):
        """Writes the questions as entries with a tiny answer each; the row of an entry is its number."""
        with open(self.source / "questions.txt", encoding="utf-8") as texts, open(path, "w", encoding="utf-8") as out:
            for number, text in zip(range(self.count), texts):
                row = {"id": f"q{number}", "question": text.rstrip("\n"), "answer": f"Answer {number}."}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def lengths(rows):
    """The Euclidean lengths of int8 rows."""
    return numpy.sqrt((rows.astype(numpy.float64) ** 2).sum(axis=1))
