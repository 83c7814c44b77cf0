"""The page on which a person marks a sample of hits, in headless Chromium. ALMANAC_SCREENSHOT=FILE keeps a picture of it.

usage: python3 tools/pages/test_hit_page.py [unittest options]; needs chromium-driver, and bundles/dev-faq compiled to
dist/dev-faq.almanac; ALMANAC and ALMANAC_BUNDLE name others.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from browser import Browser  # noqa: E402

ALMANAC = os.environ.get("ALMANAC", str(ROOT / "dist" / "almanac"))
BUNDLE = os.environ.get("ALMANAC_BUNDLE", str(ROOT / "dist" / "dev-faq.almanac"))


@unittest.skipIf(shutil.which("chromedriver") is None, "Chromium is not installed, run tools/install-packages --nginx")
@unittest.skipIf(not Path(ALMANAC).exists() or not Path(BUNDLE).exists(), "dist/ has no almanac and dev-faq.almanac")
class HitPage(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="almanac-page-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        entries = [json.loads(line) for line in (ROOT / "bundles" / "dev-faq" / "entries.jsonl").read_text().splitlines()]
        log = [{"query": entry["question"], "count": 1 + place} for place, entry in enumerate(entries[:12])]
        log.append({"query": "an apple cake", "count": 70})
        (self.folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in log))
        self.sample("hits.html")

    def sample(self, name: str) -> None:
        subprocess.run([ALMANAC, "sample", BUNDLE, self.folder / "log.jsonl", "-n", "20", "--seed", "3", "--now", "1780000000",
                        "-o", self.folder / name], check=True, stdout=subprocess.DEVNULL)

    def run_script(self, browser: Browser, script: str):
        return browser.call("POST", "/execute/sync", {"script": script, "args": []})

    def test_a_person_marks_and_saves_what_a_recipe_reads(self) -> None:
        self.sample("hits.jsonl")
        before = [json.loads(line) for line in (self.folder / "hits.jsonl").read_text().splitlines()]
        hits = [row for row in before if "draws" in row]
        with Browser() as browser:
            browser.call("POST", "/chromium/send_command",
                         {"cmd": "Page.setDownloadBehavior", "params": {"behavior": "allow", "downloadPath": str(self.folder)}})
            browser.open((self.folder / "hits.html").as_uri())
            browser.wait_for_text("#query", ".")
            self.assertEqual(browser.text("#query"), hits[0]["query"])
            self.assertIn(hits[0]["answer"].split()[0], browser.text("#answer"))
            browser.click("#right")
            browser.wait_for_text("#state", "2 of .*1 marked")
            self.run_script(browser, "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'w'}))")
            browser.wait_for_text("#state", "3 of .*2 marked")
            # The page is closed and opened again: the marks are still there.
            browser.open((self.folder / "hits.html").as_uri())
            browser.wait_for_text("#state", "3 of .*2 marked")
            browser.click("#unsure")
            browser.click("#back")
            if target := os.environ.get("ALMANAC_SCREENSHOT"):
                Path(target).write_bytes(browser.screenshot())
            browser.click("#next")
            for _ in hits[3:]:
                browser.click("#right")
            browser.wait_for_text("#state", f"{len(hits)} marked")
            (self.folder / "hits.jsonl").unlink()
            browser.click("#save")
            end = time.monotonic() + 10
            while not (self.folder / "hits.jsonl").exists() and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(browser.messages(), [])
        after = [json.loads(line) for line in (self.folder / "hits.jsonl").read_text().splitlines()]
        marks = ["right", "wrong", "unsure"] + ["right"] * (len(hits) - 3)
        self.assertEqual([row["mark"] for row in after if "draws" in row], marks)
        for row in after + before:
            row.pop("mark", None)
        self.assertEqual(after, before)
        counted = subprocess.run([ALMANAC, "sample", "--mark", self.folder / "hits.jsonl", "--json"], check=True,
                                 capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
        self.assertEqual(json.loads(counted), {"right": len(hits) - 2, "wrong": 1, "unsure": 1, "open": 0})


if __name__ == "__main__":
    unittest.main()
