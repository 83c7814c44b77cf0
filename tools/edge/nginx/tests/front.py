"""Starts the front for a test, with a stand-in model behind it, and speaks HTTP to it."""

import atexit
import functools
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
DIST = ROOT / "dist"
sys.path.insert(0, str(HERE.parent))

from stand_in_model import StandInModel  # noqa: E402

#: A question of the test bundles and its normal form's other ways of writing.
STORED = "When are you open?"
#: One that they do not have.
UNKNOWN = "How many days of annual leave do I have left?"

_scratch = Path(tempfile.mkdtemp(prefix="almanac-front-"))
atexit.register(shutil.rmtree, _scratch, True)


def missing() -> str | None:
    """Why these tests cannot run here; None if they can."""
    if not shutil.which("nginx") or not Path("/usr/lib/nginx/modules/ngx_http_lua_module.so").exists():
        return "nginx with Lua is not installed, run tools/install-packages --nginx"
    for name in ("libalmanac.so", "almanac", "dev-faq.almanac"):
        if not (DIST / name).exists():
            return f"dist/{name} is not there, run tools/build and compile bundles/dev-faq"
    return None


@functools.cache
def compile_bundle(version: int = 1, answer: str = "Every day from 9:00 to 18:00.", further: str = "") -> Path:
    """A bundle of five entries, one of a prompt, in a folder of its own. `further` stands at the end of its recipe."""
    folder = Path(tempfile.mkdtemp(dir=_scratch))
    folder.chmod(0o755)
    entries = [
        {"id": "hours", "question": STORED, "answer": answer},
        {"id": "größe/100 %", "question": "How large is it?", "answer": "Größe: 10²\n\"zehn\" \\ \u2028."},
        {"id": "counted", "question": "What was counted?", "answer": "Three hundred and one words. " * 40,
         "usage": {"model": "m", "input_tokens": 12, "output_tokens": 301}},
        {"id": "due", "question": "When is my book due?", "answer": "In {{days}} days, {{name|reader}}.",
         "template": ["days", "name"]},
        {"id": "copy/A", "prompt": "copy", "variables": {"product": "A"}, "answer": "A is good."},
    ]
    distractors = [{"question": "Who is your chief?", "reason": "guard", "route": "small"}]
    write_lines(folder / "entries.jsonl", entries)
    write_lines(folder / "distractors.jsonl", distractors)
    (folder / "recipe.yaml").write_text(
        f"name: shop\nversion: {version}\nentries: entries.jsonl\ndistractors: distractors.jsonl\n"
        "default_route: large\n"
        "prompts: [{name: copy, template: 'Describe {{product}}', variables: [product]}]\n" + further)
    target = folder / "shop.almanac"
    subprocess.run([DIST / "almanac", "compile", folder / "recipe.yaml", "-o", target], check=True, capture_output=True)
    return target


def publish(bundle: Path, target: Path) -> None:
    """Puts a copy of a bundle in place of another, in one step."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    os.close(handle)
    shutil.copyfile(bundle, name)
    os.chmod(name, 0o444)
    os.rename(name, target)


def write_lines(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def scratch_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=_scratch))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Reply:
    """A reply of the front."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} stands {len(values)} times"
        return values[0] if values else None

    @property
    def outcome(self) -> tuple[str | None, str | None]:
        """`("hit", None)` or `("needs-fallback", reason)`."""
        return self.header("x-almanac"), self.header("x-almanac-reason")

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def answer(self) -> str:
        return self.json["choices"][0]["message"]["content"]


def chat_body(question: str, **fields: object) -> dict:
    return {"model": "test-model", "messages": [{"role": "user", "content": question}]} | fields


class Front:
    """A running front: `with Front(bundle, settings) as front:`."""

    def __init__(self, bundle: Path | None = None, settings: str = "", options: list[str] | None = None,
                 upstream: str | None = None) -> None:
        self.model = StandInModel()
        self.port = free_port()
        self.work = scratch_folder()
        self.bundle = bundle or compile_bundle()
        settings_file = self.work / "settings"
        settings_file.write_text("reload_seconds = 0.1,\n" + settings)
        self.command = [HERE.parent / "start", "--bundle", self.bundle, "--port", str(self.port), "--work", self.work,
                        "--settings", settings_file, "--upstream", upstream or self.model.url, *(options or [])]

    def __enter__(self) -> "Front":
        self.model.__enter__()
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("answering from"):
            rest = self.process.communicate()[0]
            self.model.__exit__()
            raise RuntimeError(line + rest + self.log())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()
        self.model.__exit__()

    def log(self) -> str:
        path = self.work / "error.log"
        return path.read_text() if path.exists() else ""

    def reload(self) -> None:
        """Lets nginx start new workers and end the old ones when they are done."""
        os.kill(int((self.work / "nginx.pid").read_text()), signal.SIGHUP)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None,
                **options: object) -> Reply:
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {}, **options)
            response = connection.getresponse()
            return Reply(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def post(self, body: object, headers: dict[str, str] | None = None) -> Reply:
        """Sends a chat completion request: bytes, or an object to be written as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request("POST", "/v1/chat/completions", data, {"Content-Type": "application/json"} | (headers or {}))

    def chat(self, question: str, headers: dict[str, str] | None = None, **fields: object) -> Reply:
        return self.post(chat_body(question, **fields), headers)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        return self.request("GET", path, None, headers)

    def statistics(self) -> dict[str, float]:
        """All series. Waits until each worker has added what it counted."""
        time.sleep(0.3)
        lines = self.get("/almanac/statistics").body.decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def wait_for(self, condition, seconds: float = 10) -> None:
        """Returns when the condition holds; fails if it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError("waited in vain; the log:\n" + self.log())
            time.sleep(0.02)
