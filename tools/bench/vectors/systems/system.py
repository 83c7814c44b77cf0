"""What the benchmark asks of a system."""

import time

import numpy

TINY = 64


class System:
    """An index over one set of vectors. Subclasses build, load and search; vectors are int8 rows of a numpy array."""

    # The settings of the search, each a dictionary; all are measured.
    settings = []

    def build(self, base, folder):
        """Builds an index over `base` on two cores and saves it in `folder`."""
        raise NotImplementedError

    def index_cost(self, folder):
        """Seconds and processor seconds of the index in `folder` where `build` did more than build it; `None` elsewhere."""
        return None

    def load(self, folder):
        """Loads the index from `folder`, for searches on one thread."""
        raise NotImplementedError

    def load_tiny(self, base):
        """Loads an index of the same kind over the few rows of `base`: a search of it costs little but the call."""
        raise NotImplementedError

    def choose(self, setting):
        """Sets the settings of the search."""
        raise NotImplementedError

    def searcher(self):
        """A function from one prepared query to the ids of its neighbours."""
        raise NotImplementedError

    def prepare(self, queries):
        """The queries in the form in which the library takes them, one object each."""
        return [numpy.ascontiguousarray(row).reshape(1, -1) for row in unit(queries)]

    def run(self, queries, setting):
        """Searches for each of `queries`, one at a time. Returns the ids and the nanoseconds of each."""
        self.choose(setting)
        search, clock = self.searcher(), time.perf_counter_ns
        found, durations = [], []
        for query in queries:
            start = clock()
            ids = search(query)
            durations.append(clock() - start)
            found.append(ids)
        return [numpy.asarray(ids).ravel().tolist() for ids in found], durations


def unit(rows):
    """Rows at length 1, in single precision."""
    rows = rows.astype(numpy.float32)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)
