"""The page to try the front, in headless Chromium. ALMANAC_SCREENSHOT=FILE keeps a picture of it."""

import os
import re
import sys
import unittest
from pathlib import Path

from front import DIST, HERE, ROOT, Front, missing

sys.path.insert(0, str(ROOT / "tools"))

import browser as chromium  # noqa: E402

PAGE = HERE.parent / "page" / "try.html"
QUESTION = "can sqlite be used in a commercial product without paying royalties"


class Page(unittest.TestCase):
    def test_it_needs_nothing_from_elsewhere(self) -> None:
        text = PAGE.read_text()
        self.assertEqual(re.findall(r"https?://|//\w+\.\w+|@import|url\(|<script src|<img", text), [])

    @unittest.skipIf(missing(), missing())
    @unittest.skipIf(chromium.MISSING, chromium.MISSING)
    def test_a_person_asks(self) -> None:
        with Front(DIST / "dev-faq.almanac") as front, chromium.Browser() as browser:
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
