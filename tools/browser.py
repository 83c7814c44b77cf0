"""Headless Chromium for tests of pages, driven by the WebDriver protocol. Needs chromium and chromium-driver, see
tools/install-packages --nginx."""

import base64
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

#: Why pages cannot be tested here; None if they can.
MISSING = None if shutil.which("chromedriver") else "Chromium is not installed, run tools/install-packages --nginx"

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """A browser with a profile of its own, for the length of a `with` block."""

    def __init__(self, width: int = 900, height: int = 760) -> None:
        self._size = width, height

    def __enter__(self) -> "Browser":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._profile = tempfile.TemporaryDirectory(prefix="almanac-browser-", ignore_cleanup_errors=True)
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 20
        while True:
            try:
                self.call("GET", "/status")
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     f"--window-size={self._size[0]},{self._size[1]}", f"--user-data-dir={self._profile.name}"]
        wishes = {"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wishes}})
        self.base += "/session/" + session["sessionId"]
        return self

    def __exit__(self, *_: object) -> None:
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(20)
        self._profile.cleanup()

    def call(self, method: str, path: str, value: object = None):
        data = json.dumps({} if value is None else value).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)["value"]

    def command(self, name: str, **parameters: object):
        """A command of Chromium's DevTools protocol."""
        return self.call("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def run(self, script: str):
        """The value of a script's `return`."""
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def open(self, url: str) -> None:
        self.call("POST", "/url", {"url": url})

    def element(self, selector: str) -> str:
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[_ELEMENT]

    def text(self, selector: str) -> str:
        return self.call("GET", f"/element/{self.element(selector)}/text")

    def type(self, selector: str, keys: str) -> None:
        self.call("POST", f"/element/{self.element(selector)}/clear", {})
        self.call("POST", f"/element/{self.element(selector)}/value", {"text": keys})

    def click(self, selector: str) -> None:
        self.call("POST", f"/element/{self.element(selector)}/click", {})

    def wait_for_text(self, selector: str, pattern: str) -> str:
        end = time.monotonic() + 10
        while not re.search(pattern, text := self.text(selector)):
            if time.monotonic() > end:
                raise AssertionError(f"{selector} says {text!r}, not {pattern!r}")
            time.sleep(0.02)
        return text

    def messages(self) -> list[str]:
        """What the console says: errors of scripts, of the page's policy, of anything that could not be loaded."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("GET", "/screenshot"))
