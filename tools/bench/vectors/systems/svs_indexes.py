"""Scalable Vector Search: the Vamana graph over compressed vectors, and over vectors as they are.

The compressed kinds (LVQ, LeanVec) run on Intel processors only; elsewhere they refuse, and the report says so.
"""

import tempfile
from pathlib import Path

import numpy
import svs

from systems.system import System, unit

NEIGHBOURS = 10
# SVS compresses vectors from a file.
VECTORS = "vectors.fvecs"


class Vamana(System):
    """A graph of at most 64 neighbours a vector."""

    settings = [
        {"window": window, "capacity": capacity}
        for window, capacity in (
            (10, 10), (10, 20), (12, 12), (15, 15), (15, 30), (20, 20), (20, 40), (25, 25), (30, 30), (30, 60),
            (40, 40), (50, 50), (60, 60), (80, 80), (100, 100), (150, 150), (200, 200))]
    query_type = svs.DataType.float32

    def vectors(self, rows, folder):
        """What the graph is built over."""
        raise NotImplementedError

    def saved(self, folder):
        """The loader of vectors that were saved."""
        return svs.VectorDataLoader(folder)

    def _build(self, rows, folder):
        parameters = svs.VamanaBuildParameters(
            alpha=0.95, graph_max_degree=64, window_size=200, max_candidate_pool_size=500, prune_to=60)
        return svs.Vamana.build(parameters, self.vectors(rows, folder), svs.DistanceType.MIP, num_threads=2)

    def build(self, base, folder):
        index = self._build(base, folder)
        index.save(*(str(folder / part) for part in ("config", "graph", "data")))
        (folder / VECTORS).unlink(missing_ok=True)

    def load(self, folder):
        self.index = svs.Vamana(
            str(folder / "config"), svs.GraphLoader(str(folder / "graph")), self.saved(str(folder / "data")),
            svs.DistanceType.MIP, self.query_type, num_threads=1)

    def load_tiny(self, base):
        with tempfile.TemporaryDirectory() as folder:
            self.index = self._build(base, Path(folder))
        self.index.num_threads = 1

    def choose(self, setting):
        parameters = self.index.search_parameters
        parameters.buffer_config = svs.SearchBufferConfig(setting["window"], setting["capacity"])
        self.index.search_parameters = parameters

    def searcher(self):
        search = self.index.search
        return lambda query: search(query, NEIGHBOURS)[0]


class Compressed(Vamana):
    """Over vectors that a loader compresses."""

    def __init__(self, compress, saved):
        self.compress, self.saved = compress, saved

    def vectors(self, rows, folder):
        svs.write_vecs(unit(rows), str(folder / VECTORS))
        return self.compress(svs.VectorDataLoader(str(folder / VECTORS), svs.DataType.float32, dims=384))


class Half(Vamana):
    """Over half-precision vectors, with queries of the same kind: other queries would be converted at each call."""

    query_type = svs.DataType.float16

    def vectors(self, rows, _):
        return unit(rows).astype(numpy.float16)

    def prepare(self, queries):
        return [numpy.ascontiguousarray(row).reshape(1, -1) for row in unit(queries).astype(numpy.float16)]


class Int8(Vamana):
    """Over the int8 vectors as they are; their lengths are equal but for rounding."""

    query_type = svs.DataType.int8

    def vectors(self, rows, _):
        return numpy.ascontiguousarray(rows)

    def prepare(self, queries):
        return [numpy.ascontiguousarray(row).reshape(1, -1) for row in queries]


def make(name, _):
    """The system called `name`."""
    if name == "svs-f16":
        return Half()
    if name == "svs-int8":
        return Int8()
    if name == "svs-leanvec":
        kind = svs.LeanVecKind
        return Compressed(
            lambda plain: svs.LeanVecLoader(plain, 192, primary_kind=kind.lvq8, secondary_kind=kind.lvq8),
            svs.LeanVecLoader)
    primary, residual = {"svs-lvq4x8": (4, 8), "svs-lvq8": (8, 0)}[name]
    return Compressed(lambda plain: svs.LVQLoader(plain, primary=primary, residual=residual), svs.LVQLoader)
