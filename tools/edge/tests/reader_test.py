"""What dist/almanac-reader promises as a program: files it writes, bundles it follows, ends, limits.

Run by tools/test. By hand: python3 -m unittest discover -s tools/edge/tests -p '*_test.py'
"""

import json
import os
import pathlib
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
READER = ROOT / "dist" / "almanac-reader"
ALMANAC = ROOT / "dist" / "almanac"
DEADLINE = 30.0

# Shells start programs in the background with SIGINT ignored, and the reader goes on ignoring it. A handler here gives the
# readers that are started the default.
signal.signal(signal.SIGINT, signal.default_int_handler)


def compiled(folder, name, version, answer):
    """Compiles a bundle of one entry and returns its path."""
    (folder / f"{name}.jsonl").write_text(
        json.dumps({"id": "hours", "question": "When is the library open?", "answer": answer}) + "\n"
    )
    recipe = folder / f"{name}.yaml"
    recipe.write_text(f"name: {name}\nversion: {version}\nentries: {name}.jsonl\n")
    output = folder / f"{name}.almanac"
    subprocess.run([ALMANAC, "compile", recipe, "-o", output], check=True, capture_output=True)
    return output


class Reader:
    """A running reader that answers line by line."""

    def __init__(self, *arguments):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [READER, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()

    def ask(self, query, **more):
        self.process.stdin.write(json.dumps({"query": query, **more}).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    def line(self):
        ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE)
        assert ready, "no reply"
        return self.process.stdout.readline()

    def end(self):
        """Ends the input; returns the exit code."""
        self.process.stdin.close()
        code = self.process.wait(DEADLINE)
        # For the clean-up, which closes it too.
        self.process.stdin = open(os.devnull)
        return code

    def told(self):
        self.errors.seek(0)
        return self.errors.read().decode()


def until(condition):
    """Waits until the condition holds; a test that waits in vain says so."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def metrics(path):
    """The samples of a file of metrics, by name and labels. Fails on a line that is none."""
    samples = {}
    for line in path.read_text().splitlines():
        if line.startswith(("# HELP ", "# TYPE ")):
            continue
        name, value = re.fullmatch(r'([a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) ([0-9.]+)', line).groups()
        assert name not in samples, name
        samples[name] = float(value)
    return samples


class ReaderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.first = compiled(cls.folder, "first", 1, "At nine.")
        cls.second = compiled(cls.folder, "second", 2, "At ten.")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        self.bundle = self.work / "live.almanac"
        shutil.copy(self.first, self.bundle)

    def put(self, source):
        """Replaces the live bundle in one step."""
        new = self.work / "new"
        new.write_bytes(source if isinstance(source, bytes) else source.read_bytes())
        new.rename(self.bundle)

    # Metrics

    def test_statistics_count_what_happened(self):
        stats = self.work / "stats.prom"
        with Reader(self.bundle, "--stats", stats) as reader:
            reader.ask("when is the library open")
            reader.ask("When is the library open?")
            reader.ask("How tall is the lighthouse?")
            reader.ask(7)
            self.assertEqual(reader.end(), 0)
        found = metrics(stats)
        self.assertEqual(found['almanac_hits_total{via="exact"}'], 2)
        self.assertEqual(found['almanac_hits_total{via="semantic"}'], 0)
        self.assertEqual(found['almanac_fallbacks_total{reason="no-match"}'], 1)
        self.assertEqual(found['almanac_fallbacks_total{reason="damaged"}'], 0)
        self.assertEqual(found["almanac_errors_total"], 1)
        self.assertEqual(found["almanac_bundle_version"], 1)
        self.assertEqual(found["almanac_bundle_damaged_chunks"], 0)
        self.assertEqual(found["almanac_request_duration_seconds_count"], 3)
        self.assertEqual(found['almanac_request_duration_seconds_bucket{le="+Inf"}'], 3)
        buckets = [value for name, value in found.items() if "_bucket" in name]
        self.assertEqual(buckets, sorted(buckets), "buckets are cumulative")
        self.assertGreater(found["almanac_request_duration_seconds_sum"], 0)
        self.assertEqual(found["almanac_drift_alarm"], 0)
        self.assertEqual([path.name for path in self.work.iterdir() if "partial" in path.name], [])

    def test_statistics_are_written_while_no_request_comes(self):
        stats = self.work / "stats.prom"
        with Reader(self.bundle, "--stats", stats, "--stats-interval", 1) as reader:
            until(stats.exists)
            reader.ask("when is the library open")
            until(lambda: metrics(stats)['almanac_hits_total{via="exact"}'] == 1)

    def test_a_full_disk_stops_the_statistics_only(self):
        with Reader(self.bundle, "--stats", "/dev/full", "--stats-interval", 1) as reader:
            for _ in range(3):
                self.assertEqual(reader.ask("when is the library open")["status"], "hit")
            self.assertEqual(reader.end(), 0)
            self.assertEqual(reader.told().count("--stats: /dev/full cannot be written"), 1, reader.told())
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode), "a device is not replaced")

    def test_files_that_cannot_be_are_refused_at_once(self):
        for option in ("--stats", "--miss-log"):
            done = subprocess.run(
                [READER, self.bundle, option, self.work / "nowhere" / "file"], input=b"", capture_output=True
            )
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"error: {option}: ", done.stderr.decode())
            done = subprocess.run([READER, self.bundle, option, ""], input=b"", capture_output=True)
            self.assertEqual(done.returncode, 64)

    def test_requests_that_the_bundle_was_not_made_for_raise_an_alarm(self):
        bundle = ROOT / "dist" / "dev-faq.almanac"
        if not bundle.exists():
            self.skipTest("dist/dev-faq.almanac is missing, run tools/test or tools/demo")
        stats = self.work / "stats.prom"
        lines = "".join(json.dumps({"query": f"How tall is lighthouse {number}?"}) + "\n" for number in range(1100))
        done = subprocess.run([READER, bundle, "--stats", stats], input=lines.encode(), capture_output=True, check=True)
        self.assertEqual(done.stderr.decode().count("warning: drift, over 1100 requests 0.000 are hits"), 1, done.stderr)
        found = metrics(stats)
        self.assertEqual(found["almanac_drift_alarm"], 1)
        self.assertEqual(found["almanac_hit_ratio"], 0)
        self.assertGreater(found["almanac_expected_hit_ratio"], 0)

    def test_the_bundle_itself_is_never_written(self):
        before = self.bundle.read_bytes()
        for option in ("--stats", "--miss-log"):
            done = subprocess.run([READER, self.bundle, option, self.bundle], input=b"", capture_output=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("is the bundle itself", done.stderr.decode())
        # Nor by way of the names that are written in a file's stead.
        for option, ending in (("--stats", ".partial"), ("--miss-log", ".1")):
            bundle = self.work / f"named{ending}"
            shutil.copy(self.bundle, bundle)
            done = subprocess.run([READER, bundle, option, self.work / "named"], input=b"", capture_output=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("is the bundle itself", done.stderr.decode())
            self.assertEqual(bundle.read_bytes(), before)
        self.assertEqual(self.bundle.read_bytes(), before)

    def test_metrics_do_not_take_the_place_of_the_miss_log(self):
        log = self.work / "misses.jsonl"
        log.write_text("earlier\n")
        (self.work / "linked").symlink_to(log)
        (self.work / "stats").symlink_to(self.work / "nothing-yet")
        for stats in (log, self.work / "linked"):
            done = subprocess.run(
                [READER, self.bundle, "--stats", stats, "--miss-log", log], input=b"{}\n", capture_output=True
            )
            self.assertEqual(done.returncode, 1)
            self.assertIn("is the miss log too", done.stderr.decode())
            self.assertEqual(log.read_text(), "earlier\n")
        both = self.work / "both"
        done = subprocess.run([READER, self.bundle, "--stats", both, "--miss-log", both], input=b"", capture_output=True)
        self.assertEqual(done.returncode, 1, "also if there is no such file yet")
        self.assertEqual(
            subprocess.run([READER, self.bundle, "--stats", "/dev/null", "--miss-log", "/dev/null"], input=b"").returncode, 0
        )

    # The miss log

    def misses(self, *arguments, queries=("How tall is the lighthouse?",)):
        log = self.work / "misses.jsonl"
        with Reader(self.bundle, "--miss-log", log, *arguments) as reader:
            for query in queries:
                reader.ask(query)
            self.assertEqual(reader.end(), 0)
            self.told = reader.told()
        return log

    def test_the_miss_log_holds_fallbacks_only(self):
        begun = int(time.time())
        log = self.misses(queries=["when is the library open", "How tall is the lighthouse?", 'a "\u00e9\n', "?", 7])
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertEqual(
            [(line["query"], line["reason"]) for line in lines],
            [("How tall is the lighthouse?", "no-match"), ('a "\u00e9\n', "no-match"), ("?", "empty-query")],
        )
        self.assertTrue(all(begun <= line["at"] <= time.time() for line in lines))
        self.assertEqual(stat.S_IMODE(log.stat().st_mode), 0o600, "readable by its owner only")

    def test_a_private_miss_log_holds_no_question(self):
        log = self.misses(
            "--miss-log-digests", queries=["My secret name", "  my SECRET name!", "another", "?", "x" * 5000]
        )
        self.assertNotIn("secret", log.read_text().lower())
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        self.assertTrue(all("query" not in line for line in lines))
        self.assertRegex(lines[0]["digest"], "^[0-9a-f]{32}$")
        self.assertEqual(lines[0]["digest"], lines[1]["digest"], "one normal form, one digest")
        self.assertNotEqual(lines[0]["digest"], lines[2]["digest"])
        self.assertIsNone(lines[3]["digest"])
        self.assertEqual(lines[4], {"digest": None, "reason": "query-too-long", "at": lines[4]["at"]})

    def test_the_miss_log_never_outgrows_twice_its_limit(self):
        queries = [f"{number} {'x' * 3000}" for number in range(100)]
        log = self.misses("--miss-log-limit", 65536, queries=queries)
        older = log.with_name("misses.jsonl.1")
        self.assertLessEqual(log.stat().st_size, 65536)
        self.assertLessEqual(older.stat().st_size, 65536)
        self.assertEqual({path.name for path in self.work.iterdir()}, {"live.almanac", log.name, older.name})
        lines = older.read_text().splitlines() + log.read_text().splitlines()
        self.assertEqual([json.loads(line)["query"] for line in lines], queries[-len(lines) :], "whole, in order")

    def test_the_miss_log_is_continued(self):
        self.misses(queries=["first lighthouse"])
        log = self.misses(queries=["second lighthouse"])
        self.assertEqual(len(log.read_text().splitlines()), 2)

    def test_a_full_disk_stops_the_miss_log_only(self):
        stats = self.work / "stats.prom"
        with Reader(self.bundle, "--miss-log", "/dev/full", "--stats", stats) as reader:
            for _ in range(3):
                reader.ask("How tall is the lighthouse?")
            self.assertEqual(reader.end(), 0)
            self.assertEqual(reader.told().count("error:"), 1)
        self.assertEqual(metrics(stats)["almanac_miss_log_dropped_total"], 3)

    def test_a_miss_log_that_cannot_be_opened_for_a_while_goes_on_afterwards(self):
        folder = self.work / "logs"
        folder.mkdir()
        log = folder / "misses.jsonl"
        query = "x" * 3000
        with Reader(self.bundle, "--miss-log", log, "--miss-log-limit", 65536) as reader:
            for _ in range(20):
                reader.ask(query)
            folder.rename(self.work / "away")
            for _ in range(20):
                reader.ask(query)
            folder.mkdir()
            for _ in range(20):
                reader.ask(query)
            self.assertEqual(reader.end(), 0)
        self.assertGreaterEqual(len(log.read_text().splitlines()), 15)

    # Another bundle

    def test_a_bundle_that_is_renamed_in_takes_over(self):
        stats = self.work / "stats.prom"
        with Reader(self.bundle, "--watch", "--stats", stats) as reader:
            self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")
            self.put(self.second)
            until(lambda: reader.ask("when is the library open")["answer"] == "At ten.")
            maps = pathlib.Path(f"/proc/{reader.process.pid}/maps").read_text()
            self.assertEqual(maps.count("live.almanac"), 1, "the old bundle is unmapped")
            self.assertEqual(reader.end(), 0)
        self.assertEqual(metrics(stats)["almanac_bundle_version"], 2)
        self.assertEqual(metrics(stats)["almanac_reloads_total"], 1)

    def test_a_bundle_takes_over_while_no_request_comes(self):
        with Reader(self.bundle, "--watch") as reader:
            reader.ask("when is the library open")
            self.put(self.second)
            maps = pathlib.Path(f"/proc/{reader.process.pid}/maps")
            until(lambda: "live.almanac (deleted)" not in maps.read_text())
            self.assertEqual(reader.ask("when is the library open")["answer"], "At ten.")

    def test_garbage_that_is_renamed_in_changes_nothing(self):
        stats = self.work / "stats.prom"
        with Reader(self.bundle, "--watch", "--stats", stats, "--stats-interval", 1) as reader:
            reader.ask("when is the library open")
            self.put(b"no bundle" * 10_000)
            until(lambda: stats.exists() and metrics(stats)["almanac_failed_reloads_total"] == 1)
            self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")
            self.put(self.first.read_bytes()[:-4096])
            until(lambda: metrics(stats)["almanac_failed_reloads_total"] == 2)
            self.bundle.unlink()
            self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")
            self.put(self.second)
            until(lambda: reader.ask("when is the library open")["answer"] == "At ten.")
            self.assertEqual(reader.told().count("goes on answering"), 2)

    def test_only_signed_bundles_of_no_lower_version_take_over(self):
        key = self.work / "publisher"
        subprocess.run([ALMANAC, "keygen", "-W", "-o", key], check=True, capture_output=True)

        def signed(bundle):
            output = self.work / f"signed-{bundle.name}"
            if not output.exists():
                subprocess.run([ALMANAC, "sign", bundle, "-s", f"{key}.key", "-o", output], check=True, capture_output=True)
            return output

        options = ["--public-key", f"{key}.pub"]
        refused = subprocess.run([READER, self.bundle, *options, "--query", "x"], capture_output=True, text=True)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("not signed", refused.stderr)
        stats = self.work / "stats.prom"
        self.put(signed(self.first))
        with Reader(self.bundle, "--watch", "--stats", stats, "--stats-interval", 1, *options) as reader:
            self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")
            self.put(self.second)
            until(lambda: stats.exists() and metrics(stats)["almanac_failed_reloads_total"] == 1)
            self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")
            self.put(signed(self.second))
            until(lambda: reader.ask("when is the library open")["answer"] == "At ten.")
            self.put(signed(self.first))
            until(lambda: metrics(stats)["almanac_failed_reloads_total"] == 2)
            self.assertEqual(reader.ask("when is the library open")["answer"], "At ten.")
            self.assertIn("at least 2 is required", reader.told())
        old = subprocess.run([READER, self.bundle, *options, "--min-version", "2", "--query", "x"], capture_output=True)
        self.assertEqual(old.returncode, 1)
        for wrong in (["--public-key", "nothing"], ["--min-version", "-1"]):
            self.assertEqual(subprocess.run([READER, self.bundle, *wrong], capture_output=True).returncode, 64)

    def test_every_mode_answers(self):
        for mode in ("lazy", "hot", "all", "copy"):
            with Reader(self.bundle, "--mode", mode) as reader:
                self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")

    def test_without_watch_the_first_bundle_stays(self):
        with Reader(self.bundle) as reader:
            self.put(self.second)
            time.sleep(1.2)
            self.assertEqual(reader.ask("when is the library open")["answer"], "At nine.")

    # Ends

    def test_terminates_gracefully(self):
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            stats = self.work / f"stats{signal_number}.prom"
            log = self.work / f"misses{signal_number}.jsonl"
            with Reader(self.bundle, "--stats", stats, "--miss-log", log) as reader:
                reader.ask("How tall is the lighthouse?")
                # In the middle of a line.
                reader.process.stdin.write(b'{"query":"when is the lib')
                reader.process.stdin.flush()
                time.sleep(0.1)
                reader.process.send_signal(signal_number)
                self.assertEqual(reader.process.wait(DEADLINE), 0)
                self.assertEqual(reader.process.stdout.read(), b"", "half a request gets no reply")
            self.assertEqual(metrics(stats)['almanac_fallbacks_total{reason="no-match"}'], 1)
            self.assertEqual(len(log.read_text().splitlines()), 1)

    def test_terminates_while_nobody_reads_its_replies(self):
        with Reader(self.bundle) as reader:
            os.set_blocking(reader.process.stdin.fileno(), False)
            line = b'{"query":"when is the library open"}\n' * 1000
            with self.assertRaises(BlockingIOError):
                while True:
                    os.write(reader.process.stdin.fileno(), line)
                    time.sleep(0.01)
            reader.process.send_signal(signal.SIGTERM)
            self.assertEqual(reader.process.wait(DEADLINE), 0)

    def test_ends_when_nobody_reads_its_replies_any_more(self):
        with Reader(self.bundle) as reader:
            reader.process.stdout.close()
            reader.process.stdin.write(b'{"query":"x"}\n')
            reader.process.stdin.flush()
            self.assertEqual(reader.process.wait(DEADLINE), 0)
            reader.process.stdout = open(os.devnull)

    def test_the_last_line_needs_no_newline(self):
        done = subprocess.run([READER, self.bundle], input=b'{"query":"when is the library open"}', capture_output=True)
        self.assertEqual(json.loads(done.stdout)["status"], "hit")

    # Limits

    def test_memory_is_bounded_whatever_the_input(self):
        # A line of 1 GB, bytes that are no UTF-8, and then a request.
        megabyte = b"\xff" * (1 << 20)
        with Reader(self.bundle) as reader:
            for _ in range(1024):
                reader.process.stdin.write(megabyte)
            reader.process.stdin.write(b"\n")
            reader.process.stdin.flush()
            reply = json.loads(reader.line())
            self.assertEqual(reply["status"], "error")
            self.assertIn("262144", reply["error"])
            self.assertEqual(reader.ask("when is the library open")["status"], "hit")
            self.assertLessEqual(private_bytes(reader.process.pid), 4 << 20)

    def test_bytes_that_are_no_text_get_an_error(self):
        with Reader(self.bundle) as reader:
            for line in (b'{"query":"\xff"}\n', b"\x00\n", b"\xef\xbb\xbf{}\n", b'{"query":"\\ud800"}\n'):
                reader.process.stdin.write(line)
                reader.process.stdin.flush()
                self.assertEqual(json.loads(reader.line())["status"], "error")

    def test_wrong_paths_are_told(self):
        pipe = self.work / "pipe"
        os.mkfifo(pipe)
        empty = self.work / "empty"
        empty.write_bytes(b"")
        for path in (self.work / "nowhere", self.work, pipe, empty, "/dev/zero", self.work / "live.almanac" / "x"):
            done = subprocess.run([READER, path, "--query", "x"], capture_output=True, timeout=DEADLINE)
            self.assertEqual(done.returncode, 1, path)
            self.assertTrue(done.stderr.decode().startswith(f"error: {path}: "), done.stderr)

    def test_runs_in_an_empty_root(self):
        if os.geteuid() != 0:
            self.skipTest("chroot needs root")
        root = self.work / "root"
        root.mkdir()
        shutil.copy(READER, root / "almanac-reader")
        shutil.copy(self.first, root / "bundle.almanac")
        done = subprocess.run(
            ["/almanac-reader", "/bundle.almanac", "--query", "when is the library open"],
            capture_output=True,
            preexec_fn=lambda: (os.chroot(root), os.chdir("/")),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["answer"], "At nine.")

    def test_writes_and_opens_only_what_it_was_told(self):
        strace = shutil.which("strace")
        trace = self.work / "trace"
        stats, log = self.work / "stats.prom", self.work / "misses.jsonl"
        if not strace or subprocess.run([strace, "-o", trace, "true"], capture_output=True).returncode != 0:
            self.skipTest("strace is missing or may not trace here")
        options = ["--watch", "--stats", stats, "--miss-log", log]
        for arguments, names in (([], {self.bundle}), (options, {self.bundle, log, f"{stats}.partial"})):
            subprocess.run(
                [strace, "-f", "-o", trace, READER, self.bundle, *arguments],
                input=b'{"query":"How tall is the lighthouse?"}\n',
                check=True,
                capture_output=True,
            )
            calls = trace.read_text()
            self.assertNotRegex(calls, r"\b(socket|connect|bind|listen|fork|clone3?|vfork)\(")
            opened = set(re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)"', calls))
            self.assertEqual(opened, {str(name) for name in names})
            written = set(re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)", [^)]*(?:WRONLY|RDWR|CREAT)', calls))
            self.assertEqual(written, {str(name) for name in names} - {str(self.bundle)})


def private_bytes(process):
    """The private memory of a process, as /proc/PID/smaps_rollup counts it."""
    rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(1024 * int(value) for value in re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.MULTILINE))


if __name__ == "__main__":
    if not READER.exists():
        sys.exit("error: dist/almanac-reader is missing, run tools/build")
    unittest.main()
