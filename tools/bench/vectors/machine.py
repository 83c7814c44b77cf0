"""What the figures were measured on."""

import os
import platform
import subprocess
import time
from pathlib import Path


def describe(program, processor):
    """The machine, the system, the day and the program measured."""
    return {
        "processor": _field("/proc/cpuinfo", "model name"), "cores": os.cpu_count(), "pinned": processor,
        "memory": _field("/proc/meminfo", "MemTotal"), "system": _system(), "kernel": platform.release(),
        "day": time.strftime("%Y-%m-%d", time.gmtime()), "almanac": _version(program), "commit": _commit()}


def _field(path, name):
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return "unknown"


def _system():
    for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def _version(program):
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _commit():
    found = subprocess.run(
        ["git", "-C", Path(__file__).parent, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
