"""Pictures of recall against latency."""

import matplotlib
import numpy

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

# The bars of the benchmark: the recall at which latencies are compared.
BARS = {"recall1": 0.99, "recall10": 0.95}
NAMES = {"recall1": "recall@1", "recall10": "recall@10"}


def frontier(points, recall):
    """The points that no other beats in both recall and net latency, in order of latency."""
    best, chosen = -1.0, []
    for point in sorted(points, key=lambda point: (point["net50"], -point[recall])):
        if point[recall] > best:
            best = point[recall]
            chosen.append(point)
    return chosen


def draw(figures, size, recall, path):
    """Draws the frontier of every system."""
    figure, axes = pyplot.subplots(figsize=(8, 5.5), layout="constrained")
    for number, (name, result) in enumerate(figures["searches"].items()):
        points = [point for point in frontier(result["points"], recall) if point[recall] >= 0.8]
        isours = name == "almanac"
        axes.plot(
            [point["net50"] for point in points], [point[recall] for point in points], label=name,
            marker="os^vD*Pxd<"[number % 10], markersize=7 if isours else 4, linewidth=2.6 if isours else 1.2,
            zorder=3 if isours else 2)
        own = [point for point in result["points"] if point["setting"] == {}]
        if isours and own:
            axes.plot(
                [own[0]["net50"]], [own[0][recall]], marker="o", markersize=14, fillstyle="none", color="black",
                linestyle="none", label="what compile chose", zorder=4)
    axes.axhline(BARS[recall], color="gray", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_yscale("function", functions=(_spread, _unspread))
    axes.set_yticks([0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999])
    axes.set_ylim(0.8, 0.9995)
    axes.set_xlabel("median latency of a query, net of the call, µs")
    axes.set_ylabel(NAMES[recall])
    axes.set_title(f"{size:,} question embeddings (384, int8 truth), one thread, one query at a time")
    axes.grid(True, which="both", alpha=0.25)
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


# Equal steps for each tenth of what is still missed.
def _spread(values):
    return -numpy.log10(1.0005 - numpy.clip(values, 0, 1))


def _unspread(values):
    return 1.0005 - 10.0 ** (-numpy.asarray(values))
