#!/usr/bin/env python3
"""Measures the nginx front with wrk: one worker on core 1, wrk on core 0. Prints a table in Markdown.

Each kind of request is measured against the same handler with the look-up replaced by a constant, in turns, so that both
meet the same noise. A share is the median of those of all turns; the other columns are medians as well. The processor time of the worker tells the same with less noise, since
it leaves out what other programs take.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
FRONT = ROOT / "tools/edge/nginx"
sys.path.insert(0, str(FRONT / "tests"))

from front import free_port, missing  # noqa: E402


class RunningFront:
    """The front on core 1 with one worker."""

    def __init__(self, bundle: Path, settings: str, work: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        work.mkdir()
        self.work = work
        (work / "settings").write_text(settings)
        # No request of this benchmark reaches the upstream.
        self.command = ["taskset", "-c", "1", FRONT / "start", "--bundle", bundle, "--port", str(self.port), "--work",
                        work, "--settings", work / "settings", "--upstream", "http://127.0.0.1:9"]

    def __enter__(self) -> "RunningFront":
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("answering"):
            sys.exit(f"error: the front did not start: {line}{self.process.communicate()[0]}")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def processor_seconds(self) -> float:
        """The processor time that the worker has used."""
        master = (self.work / "nginx.pid").read_text().strip()
        worker = Path(f"/proc/{master}/task/{master}/children").read_text().split()[0]
        fields = Path(f"/proc/{worker}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def look_ups(self) -> tuple[float, float]:
        """Seconds spent in look-ups, and their number."""
        lines = urlopen(self.url + "/almanac/statistics").read().decode().splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return float(values["almanac_request_duration_seconds_sum"]), float(values["almanac_request_duration_seconds_count"])

    def ask(self, question: str) -> dict:
        return json.load(urlopen(f"{self.url}/ask?q={quote(question)}"))

    def wrk(self, questions: Path, is_ask: bool, connections: int, seconds: int) -> dict:
        environment = os.environ | {"QUESTIONS": str(questions)} | ({"ASK": "1"} if is_ask else {})
        before = self.processor_seconds()
        output = subprocess.run(
            ["taskset", "-c", "0", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", HERE / "requests.lua",
             self.url], env=environment, check=True, capture_output=True, text=True).stdout
        result = json.loads(output.split("RESULT ")[1])
        if result["errors"]:
            sys.exit(f"error: {result['errors']} requests failed:\n{output}")
        used = self.processor_seconds() - before
        return result | {"rate": result["requests"] / result["micros"] * 1e6, "used": used / result["requests"] * 1e6}


def choose_questions(front: RunningFront, entries: Path, work: Path, count: int) -> dict[str, Path]:
    """Files of stored questions, and of rewordings that are answered: stored questions without their last word."""
    kinds: dict[str, list[str]] = {"exact": [], "semantic": []}
    for line in entries.read_text().splitlines():
        question = json.loads(line)["question"]
        for text in (question, question.rstrip("?!. ").rpartition(" ")[0]):
            reply = front.ask(text) if text else {}
            if reply.get("status") == "hit" and len(kinds[reply["via"]]) < count:
                kinds[reply["via"]].append(text)
    files = {}
    for kind, questions in kinds.items():
        if not questions:
            sys.exit(f"error: the bundle gives no {kind} hit for the questions of {entries}; choose another --bundle")
        files[kind] = work / kind
        files[kind].write_text("".join(question + "\n" for question in questions))
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=ROOT / "dist/dev-faq.almanac")
    parser.add_argument("--entries", type=Path, default=ROOT / "bundles/dev-faq/entries.jsonl",
                        help="whose questions are asked")
    parser.add_argument("--questions", type=int, default=200, help="the most of each kind (200)")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=1, help="of each run (1)")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if problem := missing():
        sys.exit("error: " + problem)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        work.chmod(0o755)
        with RunningFront(arguments.bundle, "", work / "real") as real:
            questions = choose_questions(real, arguments.entries, work, arguments.questions)
            print("| requests | requests/s | with a constant | share | worker's µs each | with a constant | share "
                  "| look-up, mean µs | p50 µs | p99 µs |")
            print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
            for kind, file in questions.items():
                settings = f'library = dofile("{HERE}/constant_bundle.lua")("{file}") or "{ROOT}/dist/libalmanac.so",'
                with RunningFront(arguments.bundle, settings, work / f"constant-{kind}") as constant:
                    for is_ask in (False, True):
                        measure(arguments, real, constant, kind, file, is_ask)


def measure(arguments: argparse.Namespace, real: RunningFront, constant: RunningFront, kind: str, file: Path,
            is_ask: bool) -> None:
    """Measures one kind of request in turns, and prints a row."""
    rates: dict[RunningFront, list[float]] = {real: [], constant: []}
    used: dict[RunningFront, list[float]] = {real: [], constant: []}
    latencies: list[tuple[int, int]] = []
    before = real.look_ups()
    for _ in range(arguments.rounds):
        for front in rates:
            result = front.wrk(file, is_ask, arguments.connections, arguments.seconds)
            rates[front].append(result["rate"])
            used[front].append(result["used"])
            if front is real:
                latencies.append((result["p50"], result["p99"]))
    after = real.look_ups()
    micros = (after[0] - before[0]) / (after[1] - before[1]) * 1e6
    own, other = statistics.median(rates[real]), statistics.median(rates[constant])
    share = statistics.median(mine / theirs for mine, theirs in zip(rates[real], rates[constant]))
    used_share = statistics.median(theirs / mine for mine, theirs in zip(used[real], used[constant]))
    own_used, other_used = statistics.median(used[real]), statistics.median(used[constant])
    p50, p99 = (statistics.median(column) for column in zip(*latencies))
    name = f"{kind}, {'GET /ask' if is_ask else 'POST /v1/chat/completions'}"
    print(f"| {name} | {own:,.0f} | {other:,.0f} | {share:.0%} | {own_used:.1f} "
          f"| {other_used:.1f} | {used_share:.0%} | {micros:.1f} | {p50:,.0f} | {p99:,.0f} |",
          flush=True)


if __name__ == "__main__":
    main()
