"""What operators see: shadow mode, capture, statistics, drift."""

import json
import unittest
from pathlib import Path
from urllib.parse import quote

from front import DIST, ROOT, STORED, UNKNOWN, Front, chat_body, compile_bundle, missing, scratch_folder


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@unittest.skipIf(missing(), missing())
class Shadow(unittest.TestCase):
    def test_nothing_is_served_and_would_be_hits_lie_beside_live_answers(self) -> None:
        log = scratch_folder() / "review.jsonl"
        with Front(settings=f'mode = "shadow", review_log = {{ file = "{log}" }},') as front:
            headers = {"Accept-Encoding": "gzip"}
            live = front.chat(STORED, headers)
            self.assertEqual(live.outcome, ("needs-fallback", "shadow"))
            self.assertIsNone(live.header("x-almanac-entry"))
            front.chat(STORED, headers, stream=True, stream_options={"include_usage": True})
            front.chat(STORED, {"X-Stand-In": "status=500"})
            front.chat(UNKNOWN)
            self.assertEqual(front.get("/ask?q=When+are+you+open").json["reason"], "shadow")
            front.wait_for(lambda: log.exists() and len(rows(log)) == 3)
            whole, streamed, failed = rows(log)
            for row in (whole, streamed):
                self.assertEqual(row["query"], STORED)
                self.assertEqual((row["entry"], row["answer"]), ("hours", "Every day from 9:00 to 18:00."))
                self.assertEqual((row["via"], row["confidence"], row["bundle_version"]), ("exact", 1, 1))
                self.assertEqual(row["live_answer"], live.answer)
                self.assertEqual(row["live_usage"]["completion_tokens"], 7)
            self.assertEqual((failed["live_status"], failed["live_answer"]), (500, None))
            self.assertEqual(log.stat().st_mode & 0o777, 0o600)
            counts = front.statistics()
            self.assertEqual(counts['almanac_would_be_hits_total{via="exact"}'], 4)
            self.assertNotIn('almanac_hits_total{via="exact"}', counts)


@unittest.skipIf(missing(), missing())
class Capture(unittest.TestCase):
    def test_misses_are_written_as_the_batch_files_that_ingest_reads(self) -> None:
        folder = scratch_folder()
        requests, results = folder / "requests.jsonl", folder / "results.jsonl"
        with Front(settings=f'capture = {{ requests = "{requests}", results = "{results}" }},') as front:
            front.chat(STORED)
            front.chat(UNKNOWN, {"X-Stand-In": "status=500"})
            front.chat(UNKNOWN, n=2)
            self.assertFalse(requests.exists())
            live = front.chat(UNKNOWN, {"Accept-Encoding": "gzip"}, temperature=0)
            front.chat("What is streamed?", stream=True)
            front.wait_for(lambda: results.exists() and len(rows(results)) == 2)
            asked, answered = rows(requests), rows(results)
            self.assertEqual([row["custom_id"] for row in asked], [row["custom_id"] for row in answered])
            self.assertEqual(asked[0]["body"]["messages"], [{"role": "user", "content": UNKNOWN}])
            self.assertEqual(answered[0]["response"]["body"], live.json)
            streamed = answered[1]["response"]["body"]
            self.assertEqual(streamed["choices"][0]["message"]["content"],
                             "The stand-in model was asked: What is streamed?")

    def test_nothing_is_written_unless_asked_and_files_are_bounded(self) -> None:
        folder = scratch_folder()
        requests, results = folder / "requests.jsonl", folder / "results.jsonl"
        settings = f'capture = {{ requests = "{requests}", results = "{results}", maximum_bytes = 4096 }},'
        with Front(settings=settings) as front:
            for number in range(40):
                front.chat(f"What is number {number}?")
            # The next file may begin once a second.
            self.assertLess(sum(path.stat().st_size for path in folder.iterdir()), 60_000)
            self.assertEqual({path.name for path in folder.iterdir()},
                             {"requests.jsonl", "requests.jsonl.1", "results.jsonl", "results.jsonl.1"})
        with Front() as front:
            before = {path.name for path in front.work.iterdir()}
            front.chat(UNKNOWN)
            front.chat(STORED)
            self.assertEqual({path.name for path in front.work.iterdir()}, before)

    def test_a_file_that_is_the_bundle_or_has_two_purposes_keeps_nginx_from_starting(self) -> None:
        bundle = compile_bundle()
        before = bundle.read_bytes()
        for settings in (f'mode = "shadow", review_log = {{ file = "{bundle}" }},',
                         'capture = { requests = "/tmp/one", results = "/tmp/one" },',
                         'capture = { requests = "/tmp/one", results = "/tmp/one.1" },'):
            with self.subTest(settings), self.assertRaisesRegex(RuntimeError, "expected a file of its own"):
                Front(bundle, settings=settings).__enter__()
        self.assertEqual(bundle.read_bytes(), before)

    def test_a_file_that_cannot_be_written_harms_no_reply(self) -> None:
        settings = 'capture = { requests = "/nowhere/a", results = "/nowhere/b" },'
        with Front(settings=settings) as front:
            self.assertEqual(front.chat(UNKNOWN).status, 200)
            self.assertEqual(front.statistics()["almanac_log_failures_total"], 2)
            self.assertIn("/nowhere/a", front.log())


@unittest.skipIf(missing(), missing())
class Statistics(unittest.TestCase):
    def test_every_request_is_counted_once(self) -> None:
        with Front(options=["--workers", "2"]) as front:
            for _ in range(5):
                front.chat(STORED)
            front.chat(UNKNOWN)
            front.chat("Who is your chief?")
            front.chat(STORED, tools=[])
            front.chat(STORED, max_tokens=1)
            front.get("/v1/models")
            front.get("/ask?q=When+are+you+open")
            counts = front.statistics()
            self.assertEqual(counts['almanac_hits_total{via="exact"}'], 6)
            self.assertEqual(counts['almanac_fallbacks_total{reason="no-match"}'], 1)
            self.assertEqual(counts['almanac_fallbacks_total{reason="guard"}'], 1)
            self.assertEqual(counts['almanac_fallbacks_total{reason="max-tokens"}'], 1)
            self.assertEqual(counts['almanac_not_asked_total{reason="field"}'], 1)
            self.assertEqual(counts['almanac_not_asked_total{reason="path"}'], 1)
            self.assertEqual(counts["almanac_request_duration_seconds_count"], 9)
            self.assertEqual(counts['almanac_request_duration_seconds_bucket{le="+Inf"}'], 9)
            self.assertEqual(counts['almanac_upstream_replies_total{class="2xx"}'], 5)

    def test_counts_outlive_a_reload(self) -> None:
        with Front() as front:
            front.chat(STORED)
            front.reload()
            front.wait_for(lambda: "gracefully shutting down" in front.log())
            front.chat(STORED)
            self.assertEqual(front.statistics()['almanac_hits_total{via="exact"}'], 2)

    def test_far_fewer_hits_than_expected_raise_the_alarm(self) -> None:
        with Front(DIST / "dev-faq.almanac") as front:
            connection = front.connect()
            for number in range(1000):
                connection.request("GET", f"/ask?q=qqzzy+{number}")
                connection.getresponse().read()
                if number == 900:
                    self.assertEqual(front.statistics()["almanac_drift_alarm"], 0)
            connection.close()
            counts = front.statistics()
            self.assertEqual((counts["almanac_drift_alarm"], counts["almanac_hit_ratio"]), (1, 0))
            self.assertGreater(counts["almanac_expected_hit_ratio"], 0)
            self.assertEqual(front.log().count("fewer hits than expected"), 1)
            self.assertIn(b"# ALARM", front.get("/almanac/statistics").body)

    def test_scores_other_than_expected_raise_the_alarm(self) -> None:
        questions = [json.loads(line)["question"] for line in
                     (ROOT / "bundles/dev-faq/entries.jsonl").read_text().splitlines()]
        with Front(DIST / "dev-faq.almanac") as front:
            expected = front.statistics()
            self.assertNotIn("almanac_score_distance", expected)
            connection = front.connect()
            # Two stored questions at once are scored, but meant by nobody.
            for number in range(1100):
                left, right = questions[number % len(questions)], questions[(7 * number + 1) % len(questions)]
                connection.request("GET", "/ask?q=" + quote(f"{left} {right}"))
                connection.getresponse().read()
            connection.close()
            counts = front.statistics()
            self.assertGreater(counts["almanac_score_distance"], 0.25)
            self.assertEqual(counts["almanac_drift_alarm"], 1)
            self.assertIn("scores are not those expected", front.log())

    def test_what_the_bundle_answered_is_no_drift_though_it_was_not_served(self) -> None:
        questions = [json.loads(line)["question"] for line in
                     (ROOT / "bundles/dev-faq/entries.jsonl").read_text().splitlines()]
        with Front(DIST / "dev-faq.almanac") as front:
            connection = front.connect()
            for number in range(1000):
                body = json.dumps(chat_body(questions[number % len(questions)], max_tokens=1))
                connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
                connection.getresponse().read()
            connection.close()
            counts = front.statistics()
            self.assertEqual(counts['almanac_fallbacks_total{reason="max-tokens"}'], 1000)
            self.assertEqual(counts["almanac_hit_ratio"], 1)


if __name__ == "__main__":
    unittest.main()
