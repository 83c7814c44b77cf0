"""The report on traps."""

import bars
from markdown import percent, ratio, table


def traps(rows, groups):
    """Traps answered by kind, and the trade against paraphrases by set and group."""
    kinds = sorted({kind for row in rows for kind in row["kinds"]})
    by_kind = []
    for row in rows:
        found = [row["kinds"].get(kind) for kind in kinds]
        by_kind.append((
            row["set"], row["traps"], ratio(row["answered"], row["traps"]), ratio(row["by_source"], row["traps"]),
            *(ratio(kind[1], kind[0]) if kind else "" for kind in found)))
    trade = [
        (*line(row["set"], row, row["trade"]["traps"], row["trade"]["right"]),
         ratio(row["trade"]["wrong"], row["paraphrases"]),
         ratio(row["trade_without_scope"]["right"], row["paraphrases"]), transformer(row))
        for row in rows if row["trade"]]
    trade += [
        (*line(f"**{name}**", group, group["trade_traps"], group["trade_right"]),
         f"mean of sets {percent(group['mean'])}",
         ratio(group["without_scope"], group["paraphrases"]), "")
        for name, group in groups.items()]
    return "\n\n".join((
        "## Traps\n\nMinimal edits that change what is asked: the share answered at the bundle's own threshold, in "
        "all, from the question that was edited, and by kind.",
        table(("set", "traps", "answered", "from the source", *kinds), by_kind),
        "Traps against true paraphrases: at the bundle's own threshold, then at the loosest that answers at most 5 % "
        "of the set's traps; last also without the traps that add a phrase. Groups are sums.",
        table(("set", "traps", "paraphrases", "traps answered", "served", "at 5 %: traps", "at 5 %: served",
               "reaches", "at 5 %: wrong", "at 5 % without scope: served", "MiniLM at 5 %: served"), trade)))


def transformer(row):
    found = row["reference_trade"]
    return ratio(found["right"], row["paraphrases"]) if found else "–"


def line(name, row, traps_answered, right):
    served = right / row["paraphrases"]
    return (
        name, row["traps"], row["paraphrases"], ratio(row["answered"], row["traps"]),
        ratio(row["right"], row["paraphrases"]), ratio(traps_answered, row["traps"]), percent(served), stage(served))


def stage(served):
    if served >= bars.TRAPS_SERVED_LATER:
        return f"stage 2 ({percent(bars.TRAPS_SERVED_LATER, 0)})"
    return f"stage 1 ({percent(bars.TRAPS_SERVED, 0)})" if served >= bars.TRAPS_SERVED else "**no**"
