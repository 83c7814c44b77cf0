"""The page to try the front, in headless Chromium. ALMANAC_SCREENSHOT=FILE keeps a picture of it."""

import base64
import json
import os
import re
import shutil
import subprocess
import time
import unittest
import urllib.request
from pathlib import Path

from front import DIST, HERE, Front, free_port, missing, scratch_folder

PAGE = HERE.parent / "page" / "try.html"
QUESTION = "can sqlite be used in a commercial product without paying royalties"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """Headless Chromium, driven by the WebDriver protocol."""

    def __enter__(self) -> "Browser":
        port = free_port()
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
                     "--window-size=900,760", f"--user-data-dir={scratch_folder()}"]
        wishes = {"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wishes}})
        self.base += "/session/" + session["sessionId"]
        return self

    def __exit__(self, *_: object) -> None:
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(20)

    def call(self, method: str, path: str, value: object = None):
        data = json.dumps({} if value is None else value).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)["value"]

    def open(self, url: str) -> None:
        self.call("POST", "/url", {"url": url})

    def element(self, selector: str) -> str:
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

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
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("GET", "/screenshot"))


class Page(unittest.TestCase):
    def test_it_needs_nothing_from_elsewhere(self) -> None:
        text = PAGE.read_text()
        self.assertEqual(re.findall(r"https?://|//\w+\.\w+|@import|url\(|<script src|<img", text), [])

    @unittest.skipIf(missing(), missing())
    @unittest.skipIf(shutil.which("chromedriver") is None, "Chromium is not installed, run tools/install-packages --nginx")
    def test_a_person_asks(self) -> None:
        with Front(DIST / "dev-faq.almanac") as front, Browser() as browser:
            browser.open(f"http://127.0.0.1:{front.port}/try")
            browser.type("input", "How do I reverse a string\ue007")
            browser.wait_for_text("#outcome", "Answered")
            self.assertIn("reverse() in scalar context", browser.text("#answer"))
            self.assertRegex(browser.text("#facts"), r"(?s)Path\s+exact.*100\.00 %.*[0-9.]+ µs.*4-how-do-i-reverse")

            browser.type("input", "how to reverse a string in perl with spaces")
            browser.click("form button")
            browser.wait_for_text("#outcome", "Ask a live model: nothing stored is near enough")
            self.assertRegex(browser.text("#facts"), r"(?s)needs-fallback.*no-match.*µs")
            suggestion = browser.text("#suggestions button")
            browser.click("#suggestions button")
            browser.wait_for_text("#outcome", "Answered")
            self.assertIn(suggestion, browser.text("#facts"))

            browser.type("input", "<img src=x onerror=alert(1)>\ue007")
            browser.wait_for_text("#outcome", "Ask a live model")

            # Each part of the bundle is checked when it is first used; a picture should show what is usual.
            for _ in range(50):
                front.get("/ask?q=" + QUESTION.replace(" ", "+"))
            browser.open(f"http://127.0.0.1:{front.port}/try?q={QUESTION.replace(' ', '+')}")
            browser.wait_for_text("#outcome", "Answered")
            self.assertRegex(browser.text("#facts"), "semantic")
            self.assertEqual(browser.messages(), [])
            if target := os.environ.get("ALMANAC_SCREENSHOT"):
                Path(target).write_bytes(browser.screenshot())
            self.assertEqual(front.model.received, [])


if __name__ == "__main__":
    unittest.main()
