"""Takes a picture of a part of a report, for documents. Needs chromium-driver.

usage: python3 tools/report/picture.py PAGE OUT.png [--width 760] [--height 900] [--from "Coverage over time"] [--dark]
"""

import argparse
import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browser import MISSING, Browser  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("page", type=Path)
parser.add_argument("output", type=Path)
parser.add_argument("--width", type=int, default=760)
parser.add_argument("--height", type=int, default=900)
parser.add_argument("--from", dest="heading", help="the heading at the top; else the page's begin")
parser.add_argument("--dark", action="store_true")
options = parser.parse_args()
if MISSING:
    sys.exit(f"error: {MISSING}")

with Browser() as browser:
    browser.command("Emulation.setDeviceMetricsOverride", width=options.width, height=800, deviceScaleFactor=1,
                    mobile=options.width < 600)
    browser.command("Emulation.setEmulatedMedia", features=[
        {"name": "prefers-color-scheme", "value": "dark" if options.dark else "light"}])
    browser.open(options.page.resolve().as_uri())
    top = 0
    if options.heading:
        top = browser.run("return [...document.querySelectorAll('h2')].find(h => h.textContent === "
                          f"{json.dumps(options.heading)}).getBoundingClientRect().top - 12")
    end = browser.run("return document.documentElement.scrollHeight")
    clip = {"x": 0, "y": top, "width": options.width, "height": min(options.height, end - top), "scale": 1}
    picture = browser.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    options.output.write_bytes(base64.b64decode(picture["data"]))
