"""A small server that stands in for a model behind OpenAI's API, for trying the front and for its tests.

It answers every chat completion with a sentence that names the question, and keeps what it was sent. A request says by
its header `X-Stand-In` how it is to be treated, as `name=value` pairs separated by commas:

    delay=S    waits S seconds before it replies
    pause=S    waits S seconds between the parts of a streamed reply
    status=N   replies with this status and an error object
    die=1      closes the connection in the middle of the body
    gate=NAME  waits until `open_gate(NAME)` is called
"""

import argparse
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    port: int

    def header(self, name: str) -> str | None:
        """The first value of a header; None if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class StandInModel(ThreadingHTTPServer):
    """The server; `with StandInModel() as model:` serves from a thread of its own."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.received: list[Received] = []
        self.lock = threading.Lock()
        self.gates: dict[str, threading.Event] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def gate(self, name: str) -> threading.Event:
        with self.lock:
            return self.gates.setdefault(name, threading.Event())

    def open_gate(self, name: str) -> None:
        """Lets the requests that wait at this gate, and later ones, go on."""
        self.gate(name).set()

    def clear(self) -> None:
        """Forgets what was received, and closes all gates."""
        with self.lock:
            self.received.clear()
            self.gates.clear()

    def __enter__(self) -> "StandInModel":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients of tests break off on purpose; that needs no report."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandInModel

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def handle_any(self) -> None:
        body = self.read_body()
        received = Received(self.command, self.path, self.headers.items(), body, self.server.server_address[1])
        with self.server.lock:
            self.server.received.append(received)
        wishes = dict(wish.split("=", 1) for wish in self.headers.get("X-Stand-In", "").split(",") if wish)
        if "gate" in wishes:
            self.server.gate(wishes["gate"]).wait(20)
        time.sleep(float(wishes.get("delay", 0)))
        if "status" in wishes:
            self.reply_error(int(wishes["status"]))
        elif self.path.startswith("/v1/chat/completions") and self.command == "POST":
            self.complete(body, wishes)
        else:
            self.reply(200, {"method": self.command, "path": self.path})

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_PATCH = handle_any

    def send(self, status: int, body: bytes, headers: dict[str, str], die: bool = False) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", f"stand-in-{len(self.server.received)}")
        self.send_header("X-Almanac-Entry", "an upstream must not say this")
        self.send_header("X-Accel-Buffering", "no")
        self.send_header("Set-Cookie", "session=of-one-client")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if die else body)
        if die:
            self.wfile.flush()
            self.close_connection = True

    def reply(self, status: int, value: object, die: bool = False) -> None:
        self.send(status, json.dumps(value, indent=1).encode(), {"Content-Type": "application/json"}, die)

    def reply_error(self, status: int) -> None:
        value = {"error": {"message": f"stand-in error {status}", "type": "stand_in", "param": None, "code": None}}
        self.send(status, json.dumps(value).encode(), {"Content-Type": "application/json", "Retry-After": "7"})

    def complete(self, body: bytes, wishes: dict[str, str]) -> None:
        try:
            request = json.loads(body)
            question = str(request["messages"][-1]["content"])
        except (ValueError, LookupError, TypeError):
            self.reply_error(400)
            return
        base = {"id": "chatcmpl-stand-in", "created": int(time.time()), "model": str(request.get("model"))}
        text = f"The stand-in model was asked: {question[:200]}"
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        die = "die" in wishes
        if not request.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text, "refusal": None, "annotations": []},
                      "logprobs": None, "finish_reason": "stop"}
            self.reply(200, base | {"object": "chat.completion", "choices": [choice], "usage": usage}, die)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        words = text.split(" ")
        for number, word in enumerate(words):
            self.event(base, {"content": (" " if number else "") + word}, None)
            time.sleep(float(wishes.get("pause", 0)))
            if die and number == len(words) // 2:
                self.close_connection = True
                return
        self.event(base, {}, "stop")
        if (request.get("stream_options") or {}).get("include_usage"):
            self.chunk(json.dumps(base | {"object": "chat.completion.chunk", "choices": [], "usage": usage}))
        self.chunk("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def event(self, base: dict[str, object], delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.chunk(json.dumps(base | {"object": "chat.completion.chunk", "choices": [choice]}))

    def chunk(self, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="stands in for a model behind OpenAI's API, on loopback")
    parser.add_argument("--port", type=int, default=8081)
    with StandInModel(parser.parse_args().port):
        threading.Event().wait()


if __name__ == "__main__":
    main()
