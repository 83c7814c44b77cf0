"""Figures as Markdown."""


def percent(value, places=1):
    """A share in per cent; a dash for None."""
    return "–" if value is None else f"{100 * value:.{places}f} %"


def percents(values):
    """Several shares in one cell."""
    return " / ".join(f"{100 * value:.1f}" for value in values) + " %"


def ratio(part, whole, places=1):
    """A part of a whole in per cent; a dash where there is no whole."""
    return percent(part / whole if whole else None, places)


def verdict(holds):
    """Whether a bar is reached."""
    return "yes" if holds else "**no**"


def table(head, rows):
    """A table whose first column is text and whose others are figures."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["---:"] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])
