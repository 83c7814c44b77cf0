"""The report on growth: tables in Markdown and one picture."""

import json

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

from report import table  # noqa: E402

REAL = 262_144


def write(options):
    """Writes the report on all sizes that have figures."""
    output = options.output or options.work / "scale.md"
    sizes = []
    for size in options.sizes:
        path = options.work / f"{size}" / "figures.json"
        if path.exists():
            sizes.append(json.loads(path.read_text(encoding="utf-8")))
    picture = output.with_name(f"{output.stem}.png")
    _draw(sizes, picture)
    machines = [size["machine"] for size in sizes if "machine" in size]
    parts = ["# Growth", HEAD]
    if machines:
        machine = machines[-1]
        parts.append(
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory']} memory, {machine['system']}, "
            f"{machine['day']}; almanac {machine['almanac']} ({machine['commit']}).\n\n```\npython3 tools/bench/scale "
            f"--sizes {','.join(str(size['size']) for size in sizes)}\n```")
    parts += [f"![growth]({picture.name})", "## Answering", _answering(sizes), "## Opening", _opening(sizes),
              "## Compiling", _compiling(sizes), _stages(sizes)]
    output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(output)


HEAD = f"""Bundles of one question and a tiny answer for each entry. Up to {REAL:,} questions and their embeddings are real (the \
first ones of `questions`); beyond, they are perturbed copies: each real vector turned towards the difference of two others until \
its cosine with itself is 0.80 to 0.97, drawn evenly, with its length kept. Queries are real and held out. One thread, pinned. \
Recall is held against the exhaustive search of the same bundle."""


def _answering(sizes):
    rows = []
    for figures in sizes:
        found = figures.get("measure")
        if not found:
            continue
        query = found["query"]
        rows.append([
            f"{figures['size']:,}", f"{found['search']['p50']:.1f}", f"{found['search']['p99']:.1f}",
            f"{found['recall1']:.3f}", f"{found['recall10']:.3f}", f"{found['lists']:.1f}", f"{found['rows']:.0f}",
            f"{found['exhaustive']['p50']:.0f}", *_pair(query, "fallback"), *_pair(query, "semantic"), *_pair(query, "exact"),
            f"{found['load']:.1f}"])
    return "Microseconds, p50 and p99. *search*: the neighbours of a vector; the others: whole queries that are a text.\n\n" + table(
        ["questions", "search p50", "p99", "recall@1", "recall@10", "lists", "rows", "exhaustive p50", "fallback p50", "p99",
         "semantic p50", "p99", "exact p50", "p99", "load"], rows)


def _pair(query, kind):
    return [f"{query[kind][name]:.1f}" for name in ("p50", "p99")] if kind in query else ["–", "–"]


def _opening(sizes):
    rows = []
    for figures in sizes:
        found = figures.get("measure")
        if found:
            rows.append([f"{figures['size']:,}"] + [
                f"{found[cache][name]:.0f}" for name in ("open", "first", "following") for cache in ("warm", "cold")])
    return "Microseconds, medians of five processes; cold: the kernel has dropped the pages of the file.\n\n" + table(
        ["questions", "open", "cold", "first search", "cold", "mean of the next 100", "cold"], rows)


def _compiling(sizes):
    rows = []
    for figures in sizes:
        cost = figures.get("compile")
        if not cost:
            continue
        size, vectors = figures["size"], cost["report"]["dimensions"] * figures["size"]
        rows.append([
            f"{size:,}", f"{cost['seconds']:.1f}", f"{cost['processor_seconds']:.1f}", f"{cost['private_bytes'] / 1e6:.0f}",
            f"{cost['private_bytes'] / vectors:.2f}", f"{cost['peak_bytes'] / 1e6:.0f}", f"{cost['bytes'] / 1e6:.1f}",
            f"{cost['bytes'] / size:.0f}", f"{_index_bytes(cost['report']) / size:.0f}", f"{cost['report']['lists']:,}",
            f"{cost['report']['recall']:.4f}", f"{cost['load']:.1f}"])
    return (
        "The whole compile. Private memory is what is not pages of files, which the kernel may drop; the peak has these too.\n\n"
        + table(["questions", "seconds", "processor s", "private MB", "of the int8 vectors", "peak MB", "bundle MB",
                 "bytes a question", "index beyond the vectors, bytes a question", "lists", "measured recall", "load"], rows))


def _index_bytes(report):
    return sum(size for name, size in report["sections"].items() if name.startswith("index/") and name != "index/vectors")


def _stages(sizes):
    """Processor seconds and private memory of each stage, one column for each size."""
    known = [figures for figures in sizes if "compile" in figures]
    if not known:
        return ""
    names = [stage["name"] for stage in known[0]["compile"]["stages"]]
    rows = []
    for name in names:
        cells = []
        for figures in known:
            stage = next((one for one in figures["compile"]["stages"] if one["name"] == name), None)
            cells.append(_stage(stage, figures) if stage else "–")
        rows.append([name, *cells])
    return (
        "Each stage: processor seconds, private memory at most, and in brackets how much more that is than what the stage began with, as a "
        "share of the int8 vectors. *Train index* is what a library of vectors does: training and filling.\n\n"
        + table(["stage", *(f"{figures['size']:,}" for figures in known)], rows))


def _stage(stage, figures):
    vectors = figures["compile"]["report"]["dimensions"] * figures["size"]
    more = stage["private_bytes"] - stage.get("private_bytes_before", stage["private_bytes"])
    return f"{stage['processor_seconds']:.1f} s, {stage['private_bytes'] / 1e6:.0f} MB ({more / vectors:.2f})"


def _draw(sizes, path):
    figure, axes = pyplot.subplots(2, 3, figsize=(13, 7.5), layout="constrained")
    measured = [one for one in sizes if "measure" in one]
    compiled = [one for one in sizes if "compile" in one]
    _lines(axes[0, 0], "search of a vector, µs", measured, {
        "p50": lambda one: one["measure"]["search"]["p50"], "p99": lambda one: one["measure"]["search"]["p99"]})
    _lines(axes[0, 1], "whole query (text, searched for), µs", measured, {
        name: lambda one, name=name: one["measure"]["query"].get("fallback", {}).get(name) for name in ("p50", "p99")})
    _lines(axes[0, 2], "opening and the first search, µs", measured, {
        "open": lambda one: one["measure"]["warm"]["open"], "open, cold": lambda one: one["measure"]["cold"]["open"],
        "first search": lambda one: one["measure"]["warm"]["first"],
        "first search, cold": lambda one: one["measure"]["cold"]["first"]})
    _lines(axes[1, 0], "compile, s", compiled, {
        "seconds": lambda one: one["compile"]["seconds"], "processor s": lambda one: one["compile"]["processor_seconds"]})
    _lines(axes[1, 1], "private memory of the compile, of the int8 vectors", compiled, {
        "compile": lambda one: one["compile"]["private_bytes"] / (one["compile"]["report"]["dimensions"] * one["size"])})
    _lines(axes[1, 2], "bundle, bytes a question", compiled, {"bundle": lambda one: one["compile"]["bytes"] / one["size"]})
    figure.suptitle("Growth with the number of questions (dotted: real ones end)")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def _lines(axes, title, sizes, lines):
    for label, value in lines.items():
        points = [(one["size"], value(one)) for one in sizes if value(one) is not None]
        axes.plot([point[0] for point in points], [point[1] for point in points], marker="o", label=label)
    axes.axvline(REAL, color="gray", linestyle=":", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("questions")
    axes.set_title(title, fontsize=10)
    axes.grid(True, which="both", alpha=0.25)
    axes.legend(fontsize=8)
