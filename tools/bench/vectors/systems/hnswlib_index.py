"""hnswlib: HNSW over floats."""

import hnswlib
import numpy

from systems.system import System, unit

NEIGHBOURS = 10


class Graph(System):
    """At length 1, by inner product."""

    settings = [{"ef": width} for width in (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)]

    def build(self, base, folder):
        index = self._fill(base, 2)
        index.save_index(str(folder / "index.hnsw"))

    def _fill(self, base, threads):
        index = hnswlib.Index("ip", 384)
        index.init_index(max_elements=len(base), ef_construction=200, M=24)
        index.add_items(unit(base), numpy.arange(len(base)), num_threads=threads)
        index.set_num_threads(1)
        return index

    def load(self, folder):
        self.index = hnswlib.Index("ip", 384)
        self.index.load_index(str(folder / "index.hnsw"))
        self.index.set_num_threads(1)

    def load_tiny(self, base):
        self.index = self._fill(base, 1)

    def choose(self, setting):
        self.index.set_ef(setting["ef"])

    def searcher(self):
        search = self.index.knn_query
        return lambda query: search(query, NEIGHBOURS, num_threads=1)[0]


def make(_, __):
    """The one system of this module."""
    return Graph()
