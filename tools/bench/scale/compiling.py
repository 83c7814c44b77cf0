"""One compile, with what it took."""

import json
import os
import subprocess
import threading
import time
from pathlib import Path

# Seconds between two looks at the memory of the compiler.
INTERVAL = 0.2


def compile_bundle(program, folder, niceness, name="scale"):
    """Compiles the recipe in `folder` to NAME.almanac. Returns seconds, processor seconds, stages with their memory, and sizes.

    `peak_bytes` is the largest resident memory. `private_bytes` is the largest amount of it that is not pages of files.
    """
    bundle = folder / f"{name}.almanac"
    start = time.monotonic()
    process = subprocess.Popen(
        [program, "compile", folder / "recipe.yaml", "-o", bundle, "--json"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.nice(niceness))
    samples = []
    watcher = threading.Thread(target=_watch, args=(process.pid, start, samples), daemon=True)
    watcher.start()
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"error: almanac compile ended with {process.returncode}: {errors.strip()}")
    report = json.loads(output)
    return {
        "seconds": seconds, "processor_seconds": used.ru_utime + used.ru_stime, "peak_bytes": 1024 * used.ru_maxrss,
        "private_bytes": max((private for _, _, private in samples), default=0),
        "stages": _stages(report, samples), "bytes": bundle.stat().st_size, "report": report,
        "load": os.getloadavg()[0]}


def _watch(pid, start, samples):
    while True:
        try:
            text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except OSError:
            return
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        if "VmRSS" not in fields:
            return
        samples.append((
            time.monotonic() - start, 1024 * int(fields["VmRSS"].split()[0]), 1024 * int(fields["RssAnon"].split()[0])))
        time.sleep(INTERVAL)


def _stages(report, samples):
    """The stages in their order with seconds, processor seconds and memory: the largest, and what the stage began with.

    Samples are put to stages by the sum of their times.
    """
    stages, end = [], 0.0
    for name, seconds in report["seconds"].items():
        begin, end = end, end + seconds
        inside = [sample for sample in samples if begin <= sample[0] <= end + INTERVAL]
        stages.append({
            "name": name, "seconds": seconds, "processor_seconds": report["processor_seconds"][name],
            "peak_bytes": max((sample[1] for sample in inside), default=0),
            "private_bytes": max((sample[2] for sample in inside), default=0),
            "private_bytes_before": inside[0][2] if inside else 0})
    return stages
