"""A report in headless Chromium: no error, nothing wider than the screen, readable in light, dark, on a telephone and on paper.

ALMANAC_PICTURES=FOLDER keeps pictures; ALMANAC_REPORT=FILE looks at that page instead of one of dev-faq.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))

import browser as chromium  # noqa: E402

ALMANAC = ROOT / "dist" / "almanac"
BUNDLE = ROOT / "dist" / "dev-faq.almanac"
MISSING = None if ALMANAC.exists() and BUNDLE.exists() else (
    "dist/almanac or dist/dev-faq.almanac is not there, run tools/build and compile bundles/dev-faq")

#: Name, width, scale, colour scheme, medium.
LOOKS = [("light", 1000, 1, "light", "screen"), ("dark", 1000, 1, "dark", "screen"), ("phone", 375, 2, "light", "screen"),
         ("phone-dark", 375, 2, "dark", "screen"), ("print", 720, 1, "dark", "print")]


def report(folder: Path) -> Path:
    """A page with all its sections: each stored question asked as often as its answer has paragraphs, and the test queries."""
    rows = []
    entries = [json.loads(line) for line in (ROOT / "bundles/dev-faq/entries.jsonl").read_text().splitlines()]
    queries = [json.loads(line) for line in (ROOT / "bundles/dev-faq/queries.jsonl").read_text().splitlines()]
    for index, row in enumerate(entries + queries):
        rows.append({"query": row.get("question") or row["query"], "at": f"2026-01-{index % 28 + 1:02}",
                     "count": row.get("answer", "").count("\n\n") + 1, "latency_ms": 400 + index % 700})
    rows.append({"query": "<script>alert(1)</script><img src=x onerror=alert(1)>", "count": 500})
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "no JSON\n")
    (folder / "replies.jsonl").write_text("".join(f'{{"micros":{10 + index % 20}}}\n' for index in range(200)))
    page = folder / "report.html"
    subprocess.run([ALMANAC, "report", BUNDLE, "--log", folder / "log.jsonl", "--labels", ROOT / "bundles/dev-faq/queries.jsonl",
                    "--prices", ROOT / "tools/prices.example.yaml", "--reader", folder / "replies.jsonl", "--energy", "0.3",
                    "-o", page], check=True, stdout=subprocess.DEVNULL)
    return page


@unittest.skipIf(MISSING, MISSING)
@unittest.skipIf(chromium.MISSING, chromium.MISSING)
class Page(unittest.TestCase):
    def test_it_is_readable_everywhere_without_errors(self) -> None:
        with tempfile.TemporaryDirectory(prefix="almanac-report-") as folder, chromium.Browser() as browser:
            page = os.environ.get("ALMANAC_REPORT")
            page = Path(page).resolve() if page else report(Path(folder))
            for name, width, scale, scheme, medium in LOOKS:
                with self.subTest(name):
                    self.look(browser, page, name, width, scale, scheme, medium)
            self.assertEqual(browser.messages(), [])

    def look(self, browser, page: Path, name: str, width: int, scale: int, scheme: str, medium: str) -> None:
        browser.command("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=scale,
                        mobile=width < 600)
        browser.command("Emulation.setEmulatedMedia", media=medium,
                        features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.open(page.as_uri())
        # Tables may scroll inside their boxes; the page itself must not.
        self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), width)
        shown = browser.run("return [...document.querySelectorAll('svg')].map(s => [s.getBoundingClientRect().width, "
                            "s.viewBox.baseVal.width]).filter(s => s[0] > 0)")
        self.assertEqual(len(shown), browser.run("return document.querySelectorAll('figure').length"))
        for actual, natural in shown:
            # Charts are not shrunk until their 12 units of text cannot be read.
            self.assertGreater(actual / natural, 0.9)
            self.assertLessEqual(actual, width)
        background = browser.run("return getComputedStyle(document.body).backgroundColor")
        self.assertEqual(background, "rgb(13, 17, 23)" if (scheme, medium) == ("dark", "screen") else "rgb(255, 255, 255)")
        if medium == "print":
            self.assertGreater(browser.run("return document.querySelector('details table').getBoundingClientRect().height"), 0)
        overlaps = browser.run(OVERLAPS)
        self.assertEqual(overlaps, [], "words of a chart lie on each other")
        if folder := os.environ.get("ALMANAC_PICTURES"):
            picture = browser.command("Page.captureScreenshot", captureBeyondViewport=True)
            (Path(folder) / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))


#: Pairs of texts within one chart whose boxes overlap.
OVERLAPS = """
const found = [];
for (const svg of document.querySelectorAll('svg')) {
  const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]).filter(t => t[1].width);
  for (const [i, [a, p]] of texts.entries())
    for (const [b, q] of texts.slice(i + 1))
      if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 3 && q.top < p.bottom - 3) found.push([a, b]);
}
return found;
"""

if __name__ == "__main__":
    unittest.main()
