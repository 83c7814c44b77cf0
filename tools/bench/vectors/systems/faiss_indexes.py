"""faiss: inverted files with 4-bit product or RaBitQ codes in fast-scan layout, and HNSW; all with 8-bit vectors."""

import math

import faiss

from systems.system import System, unit

NEIGHBOURS = 10


class Inverted(System):
    """An inverted file whose candidates are scored again with 8-bit vectors."""

    def __init__(self, codes, factors):
        self.codes = codes
        self.settings = [
            {"nprobe": probes, "k_factor": factor} for probes in (2, 4, 8, 16, 32, 64) for factor in factors]

    def build(self, base, folder):
        faiss.omp_set_num_threads(2)
        # The power of two nearest to four times the root, as faiss recommends for up to a million vectors.
        lists = 2 ** round(math.log2(4 * math.sqrt(len(base))))
        index = self._index(lists)
        vectors = unit(base)
        index.train(vectors)
        index.add(vectors)
        faiss.write_index(index, str(folder / "index.faiss"))

    def _index(self, lists):
        return faiss.index_factory(384, f"IVF{lists},{self.codes},Refine(SQ8)", faiss.METRIC_INNER_PRODUCT)

    def load(self, folder):
        faiss.omp_set_num_threads(1)
        self.index = faiss.read_index(str(folder / "index.faiss"))

    def load_tiny(self, base):
        faiss.omp_set_num_threads(1)
        self.index = self._index(1)
        self.index.train(unit(base))
        self.index.add(unit(base))

    def choose(self, setting):
        self.index.k_factor = setting["k_factor"]
        faiss.extract_index_ivf(faiss.downcast_index(self.index.base_index)).nprobe = setting["nprobe"]

    def searcher(self):
        index = self.index
        return lambda query: index.search(query, NEIGHBOURS)[1]


class Graph(System):
    """HNSW over 8-bit vectors."""

    settings = [{"efSearch": width} for width in (10, 16, 24, 32, 48, 64, 96, 128, 192, 256)]

    def build(self, base, folder):
        faiss.omp_set_num_threads(2)
        index = self._index()
        vectors = unit(base)
        index.train(vectors)
        index.add(vectors)
        faiss.write_index(index, str(folder / "index.faiss"))

    def _index(self):
        index = faiss.index_factory(384, "HNSW32_SQ8", faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = 200
        return index

    def load(self, folder):
        faiss.omp_set_num_threads(1)
        self.index = faiss.read_index(str(folder / "index.faiss"))

    def load_tiny(self, base):
        faiss.omp_set_num_threads(1)
        self.index = self._index()
        self.index.train(unit(base))
        self.index.add(unit(base))

    def choose(self, setting):
        self.index.hnsw.efSearch = setting["efSearch"]

    def searcher(self):
        index = self.index
        return lambda query: index.search(query, NEIGHBOURS)[1]


def make(name, _):
    """The system called `name`."""
    if name == "faiss-ivf-pq":
        return Inverted("PQ96x4fs", (2, 4, 8, 16))
    if name == "faiss-ivf-rabitq":
        return Inverted("RaBitQfs", (4, 8, 16, 32))
    return Graph()
