"""The report in Markdown, with its pictures."""

import json

import plot


def write(options, decisions):
    """Writes the report on all sizes that have figures."""
    output = options.output or options.work / "vectors.md"
    parts = ["# Search of vectors, compared", HEAD]
    for size in options.sizes:
        path = options.work / f"{size}" / "figures.json"
        if not path.exists():
            continue
        figures = json.loads(path.read_text(encoding="utf-8"))
        parts.append(f"## {size:,} vectors")
        if "machine" in figures:
            parts.append(_machine(figures["machine"], options))
        if "searches" in figures:
            for recall, bar in plot.BARS.items():
                picture = output.with_name(f"{output.stem}-{size}-{recall}.png")
                plot.draw(figures, size, recall, picture)
                parts += [f"![{plot.NAMES[recall]} against latency]({picture.name})", _bar(figures, recall, bar)]
            parts.append(_own(figures["searches"]))
        if "builds" in figures:
            parts.append(_builds(figures, size))
        if "cold" in figures:
            parts.append(_cold(figures["cold"]))
        if figures.get("left_out"):
            parts.append("Left out: " + "; ".join(
                f"{name} ({why.rstrip('.')})" for name, why in figures["left_out"].items()) + ".")
    if decisions.exists():
        parts += ["## The same decision as an exhaustive search", _decisions(json.loads(decisions.read_text()))]
    output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(output)


HEAD = """The same real question embeddings (all-MiniLM-L6-v2, 384 components, int8) and held-out queries for every system, one \
query at a time, one thread, pinned to one processor, every setting of every system once and then all again. Truth is the exact \
int8 scan; what is as near as the true neighbour counts as it. Ten neighbours are asked for throughout. *net*: the median of a \
Python call less the median of the same call on an index of 64 vectors, measured in the same round; Almanac is timed inside its \
own program, where there is no call to take away. *Queries' own p99*: of the medians that the rounds give for each query, \
since the timer of the machine interrupts other searches in each round (every 4 ms for about 60 µs on the machine below). \
All systems take the same vectors: floats at length 1, or int8 as they are where the library can (usearch, Almanac)."""


def _machine(machine, options):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    first, last = machine["load"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory']} memory, {machine['system']}, "
        f"{machine['day']}; almanac {machine['almanac']} ({machine['commit']}), {versions}. {machine['queries']} queries, "
        f"medians of {machine['repeats']} rounds in {machine['seconds']:.0f} s; one-minute load {first:.1f} before, "
        f"{last:.1f} after.\n\n```\npython3 tools/bench/vectors --sizes {','.join(map(str, options.sizes))}\n```")


def _bar(figures, recall, bar):
    rows = []
    for name, result in figures["searches"].items():
        enough = [point for point in result["points"] if point[recall] >= bar]
        if enough:
            best = min(enough, key=lambda point: point["net50"])
            rows.append((best["net50"], [
                name, f"**{best['net50']:.1f}**", f"{best['p50']:.1f}", f"{best['p99']:.1f}",
                f"{best['p99'] / best['p50']:.1f}", _own99(best), f"{best[recall]:.4f}", _setting(best["setting"])]))
        else:
            best = max(result["points"], key=lambda point: point[recall])
            rows.append((float("inf"), [
                name, "–", f"{best['p50']:.1f}", f"{best['p99']:.1f}", f"{best['p99'] / best['p50']:.1f}",
                _own99(best), f"{best[recall]:.4f}", _setting(best["setting"])]))
    rows.sort(key=lambda row: row[0])
    title = f"Fastest setting with {plot.NAMES[recall]} ≥ {bar} (–: none has; the best there is)"
    return f"{title}:\n\n" + table(
        ["system", "net p50 µs", "raw p50", "raw p99", "p99 / p50", "queries' own p99", plot.NAMES[recall], "setting"],
        [row for _, row in rows])


def _own99(point):
    return f"{point['own99']:.1f}" if "own99" in point else "–"


def _own(searches):
    """What the bundle does by itself, without any setting."""
    for point in searches.get("almanac", {}).get("points", []):
        if point["setting"] == {}:
            return (
                f"Almanac as `compile` chose it: p50 {point['p50']:.1f} µs, p99 {point['p99']:.1f} µs "
                f"({_own99(point)} of the queries' own), recall@1 "
                f"{point['recall1']:.4f}, recall@10 {point['recall10']:.4f}.")
    return "Almanac was not measured."


def _setting(setting):
    if list(setting) == ["recall"]:
        return f"compiled for recall {setting['recall']}"
    return ", ".join(f"{name} {value}" for name, value in setting.items()) or "as compiled"


def _builds(figures, size):
    rows = []
    for name, cost in figures["builds"].items():
        load = figures.get("searches", {}).get(name, {}).get("load_seconds")
        rows.append([
            name, f"{cost['seconds']:.1f}", f"{cost['processor_seconds']:.1f}", f"{cost['peak_bytes'] / 1e6:.0f}",
            f"{cost['peak_bytes'] / (384 * size):.1f}", f"{cost['bytes'] / size:.0f}",
            "–" if load is None or name == "almanac" else f"{load:.2f}", f"{cost['load']:.1f}"])
        if cost.get("index"):
            rows.append([
                f"{name}, index alone", f"{cost['index']['seconds']:.1f}", f"{cost['index']['processor_seconds']:.1f}",
                *_memory(cost["index"].get("bytes"), size), "–", "–", f"{cost['load']:.1f}"])
            if cost["index"].get("compile"):
                rows.append([
                    f"{name}, private memory", "–", "–", *_memory(cost["index"]["compile"], size), "–", "–",
                    f"{cost['load']:.1f}"])
    return (
        "Building on two processors, with whatever else the machine did (last column); processor seconds depend less on it. Almanac's is the whole `compile`: texts, encoder, self-test and check besides the "
        "index; *index alone* is what compares with the others: training and filling it. Memory is the peak of the process, input vectors included; of the index alone what it takes besides the vectors, which lie in a file; \
*private* what of the whole compile is not pages of files, which the kernel can take back. Bytes are all that is on disk, a vector:\n\n"
        + table(
            ["system", "seconds", "processor s", "peak MB", "of the int8 vectors", "bytes a vector", "load s", "load of machine"],
            rows))


def _memory(count, size):
    return ["–", "–"] if count is None else [f"{count / 1e6:.0f}", f"{count / (384 * size):.1f}"]


def _cold(cold):
    rows = [
        [label, f"{row['open']:.0f}", f"{row['first']:.0f}", f"{row['following']:.0f}"] for label, row in cold.items()]
    return "Almanac's file is mapped, not loaded; medians of five processes, µs:\n\n" + table(
        ["page cache", "open", "first search", "mean of the next 100"], rows)


def _decisions(rows):
    lines = [[
        row["set"], row["mode"], f"{row['lists'] or '–'}", f"{row['queries']}", f"{row['answered']}",
        f"{row['same'] / row['queries']:.4f}"] for row in rows]
    total = sum(row["queries"] for row in rows)
    same = sum(row["same"] for row in rows)
    # Bundles of one list are searched whole anyway.
    listed = [row for row in rows if (row["lists"] or 1) > 1]
    several = sum(row["queries"] for row in listed)
    summary = f"In all {same / max(total, 1):.4f} of {total}"
    if several:
        summary += f"; where there are several lists {sum(row['same'] for row in listed) / several:.4f} of {several}"
    return (
        "Labelled queries of the other data sets, decided twice: with the index as compiled, and with every stored vector "
        "scored exactly. Equal: the same entry, or a fallback both times.\n\n"
        + table(["set", "mode", "lists", "queries", "answered", "equal"], lines) + f"\n\n{summary}.")


def table(head, rows):
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
