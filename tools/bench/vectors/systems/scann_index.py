"""ScaNN: a tree with spilled (SOAR) lists, anisotropic 4-bit codes, and exact scores of the best."""

import math

from scann.scann_ops.py import scann_ops_pybind

from systems.system import System, unit

NEIGHBOURS = 10


class Tree(System):
    """As ScaNN's guide has it for 100,000 vectors and more."""

    settings = [
        {"leaves": leaves, "reorder": reorder} for leaves in (2, 4, 8, 16, 32, 64, 128) for reorder in (20, 40, 80, 160)]

    def build(self, base, folder):
        leaves = 2 * round(math.sqrt(len(base)))
        builder = scann_ops_pybind.builder(unit(base), NEIGHBOURS, "dot_product")
        builder.tree(
            num_leaves=leaves, num_leaves_to_search=16, training_sample_size=len(base), soar_lambda=1.5,
            overretrieve_factor=2.0)
        builder.score_ah(2, anisotropic_quantization_threshold=0.2)
        builder.reorder(100)
        builder.set_n_training_threads(2)
        builder.build().serialize(str(folder))

    def load(self, folder):
        self.index = scann_ops_pybind.load_searcher(str(folder))

    def load_tiny(self, base):
        self.index = scann_ops_pybind.builder(unit(base), NEIGHBOURS, "dot_product").score_brute_force().build()

    def choose(self, setting):
        self.setting = setting

    def prepare(self, queries):
        return list(unit(queries))

    def searcher(self):
        search, leaves, reorder = self.index.search, self.setting["leaves"], self.setting["reorder"]
        return lambda query: search(
            query, final_num_neighbors=NEIGHBOURS, pre_reorder_num_neighbors=reorder, leaves_to_search=leaves)[0]


def make(_, __):
    """The one system of this module."""
    return Tree()
