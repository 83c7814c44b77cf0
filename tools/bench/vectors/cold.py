"""The first searches after the file has left the page cache."""

import os
import statistics

import systems

# The first one, and the mean of a few that follow, in so many trials.
TRIALS = 5
FOLLOWING = 100


def drop(path):
    """Lets the kernel forget the pages of a file."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cold_queries(dataset, program, processor):
    """Microseconds to open the bundle, of the first search and of those that follow it, with a cold page cache."""
    index = systems.make("almanac", program)
    index.load(dataset.folder / "almanac")
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    trials = []
    try:
        for cold in [True] * TRIALS + [False] * TRIALS:
            if cold:
                drop(index.bundle)
            report = index.ask(index.queries, {}, 1)
            first = [duration / 1000 for duration in report["first_nanoseconds"]]
            trials.append((cold, report["open_nanoseconds"] / 1000, first[0], statistics.mean(first[1:FOLLOWING + 1])))
    finally:
        os.sched_setaffinity(0, everywhere)
    return {
        label: dict(zip(("open", "first", "following"), (
            statistics.median(values) for values in zip(*(trial[1:] for trial in trials if trial[0] == cold)))))
        for label, cold in (("cold", True), ("warm", False))}
