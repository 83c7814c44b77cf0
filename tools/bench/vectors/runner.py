"""Builds all indexes, then measures them in turn: every setting of every system once, then all again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy

import systems

HERE = Path(__file__).parent


class Runner:
    """The systems on one set of vectors. Indexes are kept in the data set's folder and used again."""

    def __init__(self, dataset, names, program, processor):
        self.dataset, self.names, self.program, self.processor = dataset, names, program, processor
        self.left_out = {}

    def build(self, isanew=False):
        """Builds what is not there yet, or all of it. Returns what each build cost; the record of a kept index is that of its build."""
        costs = {}
        for name in list(self.names):
            record = self.dataset.folder / f"{name}.json"
            if isanew:
                record.unlink(missing_ok=True)
            if name == "almanac" and record.exists() and not self._is_current(record):
                record.unlink()
            if not record.exists():
                say(f"{self.dataset.count}: building {name}")
                if name == "almanac":
                    self.dataset.write_entries(self.dataset.folder / "entries.jsonl")
                cost = self._run("build", name)
                if cost is None:
                    continue
                if name == "almanac":
                    cost["program"] = self._stamp()
                record.write_text(json.dumps(cost), encoding="utf-8")
            costs[name] = json.loads(record.read_text(encoding="utf-8"))
        return costs

    def _stamp(self):
        status = os.stat(self.program)
        return f"{status.st_size}-{status.st_mtime_ns}"

    def _is_current(self, record):
        return json.loads(record.read_text(encoding="utf-8")).get("program") == self._stamp()

    def _command(self, verb, name):
        return [sys.executable, HERE / "worker.py", verb, name, self.dataset.folder, self.program]

    def _run(self, verb, name):
        finished = subprocess.run(self._command(verb, name), capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            lines = finished.stderr.strip().splitlines()
            self.leave_out(name, lines[-1] if lines else f"`{verb}` ended with status {finished.returncode}")
            return None
        return json.loads(finished.stdout)

    def leave_out(self, name, reason):
        """Goes on without a system, and says so in the report."""
        say(f"{name} is left out: {reason}")
        self.left_out[name] = reason
        self.names.remove(name)

    def measure(self, repeats):
        """Measures all settings `repeats` times in turn on one processor.

        Returns for each system the time of loading, and for each setting recalls and the medians over the repeats of
        p50 and p99, as they are and less the median of a call on a tiny index in the same round.
        """
        workers = {name: Worker(self._command("serve", name), self.processor) for name in self.names}
        for name, worker in list(workers.items()):
            if worker.ready is None:
                self.leave_out(name, "it did not load")
                del workers[name]
        results = {name: Result(worker.ready) for name, worker in workers.items()}
        # The first round warms caches, gives the recalls, and shows which settings are not worth more rounds.
        for round_number in range(repeats + 1):
            say(f"{self.dataset.count}: round {round_number} of {repeats}")
            for name, worker in workers.items():
                overhead = numpy.median(worker.ask("tiny")["nanoseconds"])
                for index, setting in enumerate(worker.ready["settings"]):
                    if index in results[name].dropped:
                        continue
                    reply = worker.ask(json.dumps(setting))
                    if round_number == 0:
                        results[name].begin(self.dataset.recalls(reply["ids"]), reply["nanoseconds"])
                    else:
                        results[name].add(index, reply["nanoseconds"], overhead)
            if round_number == 0:
                for result in results.values():
                    result.drop_hopeless()
        for worker in workers.values():
            worker.end()
        return {name: result.summary() for name, result in results.items()}


class Worker:
    """A process that searches with one system, pinned to a processor."""

    def __init__(self, command, processor):
        self._process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
            preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
        line = self._process.stdout.readline()
        self.ready = json.loads(line) if line else None

    def ask(self, line):
        """The reply to one line."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        reply = self._process.stdout.readline()
        if not reply:
            raise SystemExit(f"error: {self._process.args[3]} ended while it was measured; see its message above")
        return json.loads(reply)

    def end(self):
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()


class Result:
    """The measurements of one system."""

    def __init__(self, ready):
        self.ready = ready
        self.recalls = []
        self.dropped = set()
        self._first = []
        self._rounds = {}
        self._durations = {}

    def begin(self, recalls, nanoseconds):
        """Adds the first round of the next setting."""
        self.recalls.append(recalls)
        self._first.append(float(numpy.median(nanoseconds)))

    def drop_hopeless(self):
        """Drops settings for which another is a fifth faster and no worse in either recall."""
        for index, (recalls, time) in enumerate(zip(self.recalls, self._first)):
            isbeaten = any(
                other[0] >= recalls[0] and other[1] >= recalls[1] and faster < 0.8 * time
                for other, faster in zip(self.recalls, self._first))
            # What a system does without any setting is reported in any case.
            if self.ready["settings"][index] and (isbeaten or recalls[0] < 0.8):
                self.dropped.add(index)

    def add(self, setting, nanoseconds, overhead):
        """Adds one round of one setting."""
        p50, p99 = numpy.percentile(nanoseconds, [50, 99])
        self._rounds.setdefault(setting, []).append((p50, p99, overhead))
        self._durations.setdefault(setting, []).append(nanoseconds)

    def summary(self):
        """Everything as one object, times in microseconds."""
        points = []
        for index, setting in enumerate(self.ready["settings"]):
            if index in self.dropped:
                continue
            p50, p99, overhead = (numpy.median(values) / 1000 for values in zip(*self._rounds[index]))
            # What a query takes itself: the timer of the machine interrupts one search or another in each round.
            own99 = numpy.percentile(numpy.median(self._durations[index], axis=0), 99) / 1000
            points.append({
                "setting": setting, "own99": own99, "recall1": self.recalls[index][0], "recall10": self.recalls[index][1],
                "p50": p50, "p99": p99, "net50": p50 - overhead, "net99": p99 - overhead})
        return {"load_seconds": self.ready["load_seconds"], "points": points}


def say(text):
    """Tells the person who waits."""
    print(text, file=sys.stderr, flush=True)
