"""What the stories share: running the programs, files of rows, the split of a log, tables for their pages."""

import argparse
import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def arguments(description: str, needs_data: bool = True) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if needs_data:
        parser.add_argument("data", type=Path, help="the shared data folder")
    parser.add_argument("-o", "--output", type=Path, help="where files go and stay; else a folder that is removed")
    parser.add_argument("--programs", type=Path, default=ROOT / "dist", help="the folder of almanac and almanac-reader")
    parser.add_argument("--prices", type=Path, default=ROOT / "tools/prices.example.yaml")
    return parser.parse_args()


class Story:
    """A folder, the programs, and what they said."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._temporary = None
        if options.output:
            options.output.mkdir(parents=True, exist_ok=True)
            self.folder = options.output.resolve()
        else:
            self._temporary = tempfile.TemporaryDirectory(prefix="almanac-story-")
            self.folder = Path(self._temporary.name)
        self.programs = options.programs.resolve()
        self.prices = options.prices.resolve()
        if not (self.programs / "almanac").exists():
            sys.exit(f"error: {self.programs}/almanac is not there; run tools/build, or name its folder with --programs")

    def path(self, name: str) -> Path:
        return self.folder / name

    def almanac(self, *words: object, accepted: tuple[int, ...] = (0,)) -> str:
        """Runs almanac in the folder, shows the command, returns what it printed."""
        line = [str(word) for word in words]
        shown = [word.removeprefix(f"{self.folder}/").replace(f"{ROOT}/", "") for word in line]
        start = time.monotonic()
        done = subprocess.run([self.programs / "almanac", *line], capture_output=True, text=True, cwd=self.folder)
        if done.returncode not in accepted:
            sys.exit(f"almanac {shlex.join(shown)}\n{done.stderr}")
        print(f"$ almanac {shlex.join(shown)}    # {time.monotonic() - start:.1f} s", file=sys.stderr)
        return done.stdout

    def figures(self, *words: object, accepted: tuple[int, ...] = (0,)) -> dict:
        return json.loads(self.almanac(*words, "--json", accepted=accepted))

    def write(self, name: str, rows: list[dict]) -> Path:
        path = self.path(name)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path

    def recipe(self, name: str, entries: list[str], variants: str | None = None) -> Path:
        """Compiles a recipe without embeddings, as an owner begins; returns the bundle."""
        lines = [f"name: {name}", "version: 1", f"entries: [{', '.join(entries)}]"]
        if variants:
            lines.append(f"variants: {variants}")
        self.path(f"{name}.yaml").write_text("\n".join(lines) + "\n")
        bundle = self.path(f"{name}.almanac")
        self.almanac("compile", f"{name}.yaml", "-o", bundle)
        return bundle

    def plan(self, log: str, bundle: Path, *options: object) -> dict:
        """Plans and writes the requests for the batch service, whose owner will answer them."""
        self.path("requests.yaml").write_text("service: openai-chat\nmodel: owner\n")
        return self.figures("plan", log, "--bundle", bundle, "--requests", "requests.yaml", "-o", "plan", *options)

    def planned(self) -> list[dict]:
        return rows(self.path("plan/plan.jsonl"))

    def ingest(self, answers: dict[str, str], prefix: str = "") -> dict:
        """Hands `answers`, by the ids of the plan, to ingest in the form of OpenAI's batch results. Others stay unanswered."""
        self.write("results.jsonl", [
            {"id": f"r{number}", "custom_id": id, "error": None,
             "response": {"status_code": 200, "request_id": f"q{number}", "body": {
                 "model": "owner", "choices": [{"finish_reason": "stop", "message": {"content": text, "refusal": None}}]}}}
            for number, (id, text) in enumerate(answers.items())])
        requests = sorted(self.folder.glob("plan/requests-*.jsonl"))
        return self.figures("ingest", "results.jsonl", *[word for path in requests for word in ("--requests", path)],
                            "--plan", "plan/plan.jsonl", "--id-prefix", prefix, "-o", "answers")

    def replay(self, bundle: Path, log: str, name: str) -> Path:
        """Asks the reader every row of a log and keeps its replies, which have its own latencies."""
        requests = "".join(json.dumps({"id": number, "query": row["query"]}) + "\n"
                           for number, row in enumerate(rows(self.path(log))))
        with open(self.path(name), "w") as replies:
            subprocess.run([self.programs / "almanac-reader", bundle], input=requests, text=True, stdout=replies, check=True)
        return self.path(name)


def rows(path: Path) -> list[dict]:
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def digest(text: str) -> str:
    """Stands for a text of a data set that may not be copied into the repository."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f} %"


def table(header: list[str], lines: list[list[object]]) -> str:
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in [header, rule, *lines])
