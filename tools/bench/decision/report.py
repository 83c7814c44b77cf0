"""The report: what the parts have measured, beside what is to be reached."""

import bars
from markdown import percent, percents, ratio, table, verdict


def curves(rows):
    """What could be served, what is, and what the encoder costs."""
    return "\n\n".join((could_be_served(rows), is_served(rows), with_vectors(rows)))


def could_be_served(rows):
    lines = []
    for row in rows:
        reach = bars.REACH.get(row["set"])
        lines.append((
            row["set"], row["queries"], row["answerable"], percents(row["reference"]),
            percents(row["reference_margin"]), percents(row["almanac"]), percents(reach) if reach else "–",
            verdict(all(value >= bar for value, bar in zip(row["almanac"], reach))) if reach else "–"))
    return (
        "## What could be served\n\nShare of answerable requests answered rightly while wrong answers stay within "
        "1 / 2 / 5 % of all requests, the threshold read off these queries. Reference: MiniLM-L6, all questions "
        "stored, nearest by cosine; + margin: similarity + 0.5 × lead over the best other entry.\n\n" + table(
            ("set", "queries", "answerable", "reference", "+ margin", "Almanac", "to reach", "reached"), lines))


def is_served(rows):
    lines = []
    for row in rows:
        own, at_least = row["own"], bars.SERVED_AT_LEAST.get(row["set"])
        of_curve = own["served"] / row["almanac"][0] if row["almanac"][0] else None
        enough = own["served"] >= at_least if at_least else (of_curve or 0) >= bars.SERVED_OF_CURVE
        precise = own["precision"] is None or own["precision"] >= 1 - bars.WRONG_OF_ANSWERS
        lines.append((
            row["set"], own["evidence_level"], own["hits"], own["right"], own["wrong"], percent(own["wrong_share"], 2),
            percent(own["precision"]), percent(own["served"]), percent(of_curve), percent(at_least, 0),
            verdict(enough and precise and own["wrong_share"] <= bars.WRONG_OF_REQUESTS)))
    return (
        "## What is served at the bundle's own threshold\n\nThe bar: wrong answers within 1 % of requests and 5 % of "
        "answers, and at least 70 % of what the curve allows at 1 %, or the share in the column before the last.\n\n"
        + table(
            ("set", "evidence", "hits", "right", "wrong", "FP/n", "precision", "served", "of the curve", "at least",
             "holds"), lines))


def with_vectors(rows):
    lines = []
    for row in rows:
        own = row["vectors_own"]
        lines.append((
            row["set"], percents(row["reference"]), percents(row["vectors"]), percents(row["almanac"]), own["right"],
            own["wrong"], percent(own["served"])))
    return (
        "## What the encoder costs, what the judge gains\n\nMiniLM + judge: the bundle is asked with MiniLM's vector "
        "of the query beside its text. Right, wrong, served: at the bundle's own threshold for that.\n\n" + table(
            ("set", "MiniLM + threshold", "MiniLM + judge", "Almanac, text only", "right", "wrong", "served"), lines))


def hard_negatives(rows):
    """The share of hard negatives that is answered."""
    return "## Hard negatives\n\nAnswered at the bundle's own threshold; at most 3 %.\n\n" + table(
        ("set", "queries", "answered", "share", "holds"),
        [(row["set"], row["queries"], row["answered"], ratio(row["answered"], row["queries"], 2),
          verdict(row["answered"] <= bars.HARD_NEGATIVES * row["queries"])) for row in rows])


def noisy(rows):
    """What typos and courtesy leave, and whether joined questions are answered."""
    lines = []
    for row in rows:
        right, wrong = row["clean"]
        answered = sum(row["joined"])
        holds = answered <= bars.JOINED * row["pairs"]
        cells = [row["set"], f"{right} / {wrong}"]
        for kind in ("typo", "courtesy"):
            noisy_right, noisy_wrong = row[kind]
            holds = holds and noisy_right >= bars.KEPT * right and noisy_wrong <= wrong
            cells += [f"{noisy_right} / {noisy_wrong}", ratio(noisy_right, right)]
        reasons = ", ".join(f"{name} {count}" for name, count in list(row["joined_reasons"].items())[:3])
        answered_share = ratio(answered, row["pairs"])
        lines.append((*cells, f"{answered} of {row['pairs']}", answered_share, reasons, verdict(holds)))
    return (
        "## How people write\n\nRight / wrong at the bundle's own threshold; kept: right answers, of those to the "
        "clean text. The bar: 80 % kept each, at no more wrong, and 3 % of joined questions answered.\n\n" + table(
            ("set", "clean", "one typo", "kept", "courtesy", "kept", "joined, answered", "share", "joined, fallbacks",
             "holds"), lines))


def customer_service(rows):
    """Mostly queries without an answer, misspelled."""
    lines = []
    for row in rows:
        noisy_reference = row["noisy_reference"]
        compared = noisy_reference or row["reference"]
        times = [ours / theirs if theirs else None for ours, theirs in zip(row["almanac"], compared)]
        lines.append((
            row["set"], row["queries"], row["answerable"], percents(row["reference"]),
            percents(noisy_reference) if noisy_reference else "–", percents(row["almanac"]),
            " / ".join("–" if value is None else f"{value:.2f}" for value in times),
            verdict(all(value is None or value >= bars.TIMES_REFERENCE for value in times)),
            percent(row["own"]["wrong_share"], 2), percent(row["own"]["served"])))
    return (
        "## Two thirds out of scope, noisy spelling\n\nEvery second query has a typo. The bar: 1.2 times the reference "
        "at each point, on the noisy text if a transformer was run, else on the clean text.\n\n" + table(
            ("set", "queries", "answerable", "reference, clean", "reference, noisy", "Almanac, noisy", "times", "holds",
             "own FP/n", "own served"), lines))


def labels(rows):
    """What labelled queries bring."""
    lines = []
    for row in rows:
        own = row["own"]
        of_curve = own["served"] / row["almanac"][0] if row["almanac"][0] else None
        lines.append((
            row["set"], row["labels"], own["evidence_level"], own["requests"], own["wrong"],
            percent(own["wrong_share"], 2), percent(own["served"]), percent(row["almanac"][0]), percent(of_curve),
            verdict(own["wrong_share"] <= bars.WRONG_OF_REQUESTS
                    and (row["labels"] < bars.MANY_LABELS or (of_curve or 0) >= bars.SERVED_OF_CURVE_WITH_LABELS))))
    return (
        "## With labels\n\nCompiled with labelled queries, asked others. The bar: wrong answers within 1 % of "
        "requests, and with 1,000 labels or more at least 90 % of what the curve allows.\n\n" + table(
            ("set", "labels", "evidence", "asked", "wrong", "FP/n", "served", "curve at 1 %", "of the curve", "holds"),
            lines))


def wordings(rows):
    """What 1, 3, 10 and all wordings are worth."""
    return "## Fewer wordings\n\nShare of answerable requests answered rightly within 1 / 2 / 5 % wrong.\n\n" + table(
        ("set", "wordings of an entry", "reference", "Almanac", "own FP/n", "own precision", "own served"),
        [(row["set"], row["wordings"] or "all", percents(row["reference"]), percents(row["almanac"]),
          percent(row["own"]["wrong_share"], 2), percent(row["own"]["precision"]), percent(row["own"]["served"]))
         for row in rows])
