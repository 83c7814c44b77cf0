"""usearch: HNSW over int8 vectors."""

import numpy
from usearch.index import Index

from systems.system import System

NEIGHBOURS = 10


class Graph(System):
    """Takes the int8 vectors as they are."""

    settings = [{"expansion": width} for width in (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)]

    def _index(self):
        return Index(ndim=384, metric="cos", dtype="i8", connectivity=32, expansion_add=200, enable_key_lookups=False)

    def build(self, base, folder):
        index = self._index()
        index.add(numpy.arange(len(base)), numpy.ascontiguousarray(base), threads=2)
        index.save(str(folder / "index.usearch"))

    def load(self, folder):
        # Loaded, not mapped: usearch is faster then.
        self.index = self._index()
        self.index.load(str(folder / "index.usearch"))

    def load_tiny(self, base):
        self.index = self._index()
        self.index.add(numpy.arange(len(base)), numpy.ascontiguousarray(base), threads=1)

    def choose(self, setting):
        self.index.expansion_search = setting["expansion"]

    def prepare(self, queries):
        return [numpy.ascontiguousarray(row) for row in queries]

    def searcher(self):
        search = self.index.search
        return lambda query: search(query, NEIGHBOURS, threads=1).keys


def make(_, __):
    """The one system of this module."""
    return Graph()
