"""The systems compared. Each knows how to build an index, to load it, and which settings its search is swept over."""

import importlib

_MODULES = {
    "almanac": "almanac_index",
    "faiss-ivf-pq": "faiss_indexes",
    "faiss-hnsw-sq8": "faiss_indexes",
    "faiss-ivf-rabitq": "faiss_indexes",
    "scann": "scann_index",
    "svs-lvq4x8": "svs_indexes",
    "svs-lvq8": "svs_indexes",
    "svs-leanvec": "svs_indexes",
    "svs-f16": "svs_indexes",
    "svs-int8": "svs_indexes",
    "usearch-i8": "usearch_index",
    "hnswlib": "hnswlib_index",
}
NAMES = list(_MODULES)
PACKAGES = {
    "faiss": "faiss-cpu", "scann": "scann", "svs": "scalable-vs", "usearch": "usearch", "hnswlib": "hnswlib"}


def package(name):
    """The package that a system comes from; None for Almanac."""
    return PACKAGES.get(name.split("-")[0])


def make(name, program=None):
    """The system called `name`; `program` is the `almanac` to measure."""
    module = importlib.import_module(f"systems.{_MODULES[name]}")
    return module.make(name, program)
