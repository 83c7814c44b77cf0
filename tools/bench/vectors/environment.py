"""The Python environment of the benchmark, made from package names."""

import json
import subprocess
import sys
from pathlib import Path

# Without these nothing can be measured or drawn.
NEEDED = ("numpy", "matplotlib")
# One each for the systems compared; a system whose package cannot be installed is left out, and the report says so.
LIBRARIES = ("faiss-cpu", "scann", "scalable-vs", "usearch", "hnswlib")


def make(folder, libraries=LIBRARIES):
    """Makes or completes the environment in `folder`. Returns its interpreter and the packages that are missing."""
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    missing = []
    known = installed(python)
    for package in NEEDED + tuple(libraries):
        if package in known:
            continue
        finished = subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=False)
        if finished.returncode == 0:
            continue
        if package in NEEDED:
            raise SystemExit(f"error: {package} cannot be installed in {folder}; see pip's message above")
        missing.append(package)
    return python, missing


def installed(python):
    """The versions of the packages that `python` has."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True, text=True)
    return {package["name"]: package["version"] for package in json.loads(listed.stdout)}


def versions(python):
    """The versions of the packages of this benchmark, those that are there."""
    known = installed(python)
    return {name: known[name] for name in NEEDED + LIBRARIES if name in known}


def is_current(folder):
    """Whether this process runs in the environment in `folder`."""
    return Path(sys.prefix).resolve() == folder.resolve()
