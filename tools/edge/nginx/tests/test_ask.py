"""`GET /ask`: one question, answered in the reader protocol."""

import unittest
from urllib.parse import quote

from front import DIST, STORED, UNKNOWN, Front, missing


@unittest.skipIf(missing(), missing())
class Ask(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.front = cls.enterClassContext(Front())

    def test_a_hit(self) -> None:
        reply = self.front.get("/ask?q=" + quote(STORED))
        self.assertEqual((reply.status, reply.outcome), (200, ("hit", None)))
        self.assertEqual(reply.header("cache-control"), "no-store")
        value = reply.json
        self.assertGreater(value.pop("micros"), 0)
        self.assertEqual(value, {"status": "hit", "entry": "hours", "question": STORED, "confidence": 1, "via": "exact",
                                 "answer": "Every day from 9:00 to 18:00."})

    def test_a_fallback_names_reason_and_route_and_asks_no_model(self) -> None:
        reply = self.front.get("/ask?q=" + quote(UNKNOWN))
        self.assertEqual((reply.status, reply.outcome), (200, ("needs-fallback", "no-match")))
        self.assertEqual(reply.header("x-almanac-route"), "large")
        value = reply.json
        self.assertEqual((value["status"], value["reason"], value["route"], value["suggestions"]),
                         ("needs-fallback", "no-match", "large", []))
        self.assertEqual(self.front.model.received, [])

    def test_slots(self) -> None:
        path = "/ask?q=" + quote("When is my book due?")
        self.assertEqual(self.front.get(path, {"X-Almanac-Variables": "days=3"}).json["answer"], "In 3 days, reader.")
        for header in ({}, {"X-Almanac-Variables": "name=Ada"}, {"X-Almanac-Variables": "days=1&days=2"}):
            reply = self.front.get(path, header)
            self.assertEqual(reply.outcome, ("needs-fallback", "missing-variable"))
            self.assertEqual((reply.json["entry"], reply.json["variable"]), ("due", "days"))
        for header in ("days=%FF", "days=" + "x" * 4097):
            self.assertEqual(self.front.get(path, {"X-Almanac-Variables": header}).status, 400)

    def test_a_prompt_is_asked_by_name(self) -> None:
        variables = {"X-Almanac-Variables": "product=A"}
        value = self.front.get("/ask?prompt=copy", variables).json
        self.assertEqual((value["entry"], value["answer"], value["via"]), ("copy/A", "A is good.", "exact"))
        self.assertEqual(self.front.get("/ask?prompt=copy", {"X-Almanac-Variables": "product=B"}).json["reason"], "no-match")
        self.assertEqual(self.front.get("/ask?prompt=other", variables).json["reason"], "no-match")
        value = self.front.get("/ask?prompt=copy").json
        self.assertEqual((value["reason"], value["variable"]), ("missing-variable", "product"))
        self.assertNotIn("entry", value)
        self.assertEqual(self.front.get("/ask?q=describe+a").json["entry"], "copy/A", "the filled text is the same request")
        self.assertEqual(self.front.chat("Describe A").answer, "A is good.")
        self.assertEqual(self.front.get("/ask?q=" + quote(STORED)).json["status"], "hit", "no prompt is left from before")

    def test_suggestions(self) -> None:
        with Front(DIST / "dev-faq.almanac") as front:
            suggestions = front.get("/ask?q=reverse+a+string+quickly+in+perl").json["suggestions"]
            self.assertGreater(len(suggestions), 0)
            self.assertEqual(set(suggestions[0]), {"entry", "question", "confidence"})

    def test_escapes_in_the_address(self) -> None:
        for path in ("/ask?q=When+are+you+open%3F", "/ask?x=1&q=When%20are%20you%20open", "/ask?q=when+are+you+open&q2=x"):
            self.assertEqual(self.front.get(path).json["status"], "hit", path)

    def test_what_cannot_be_asked(self) -> None:
        for path in ("/ask", "/ask?q", "/ask?q=a&q=b", "/ask?Q=a", "/ask?q=%FF%FE", "/ask?prompt",
                     "/ask?q=a&prompt=copy", "/ask?prompt=copy&prompt=copy"):
            reply = self.front.get(path)
            self.assertEqual((reply.status, reply.json["status"]), (400, "error"), path)
        self.assertEqual(self.front.get("/ask?q=").json.get("reason", "empty-query"), "empty-query")
        self.assertEqual(self.front.get("/ask?q=" + "x" * 5000).json["reason"], "query-too-long")
        reply = self.front.request("POST", "/ask?q=x", b"x")
        self.assertEqual((reply.status, reply.header("allow")), (405, "GET, HEAD"))

    def test_head(self) -> None:
        reply = self.front.request("HEAD", "/ask?q=" + quote(STORED))
        self.assertEqual((reply.status, reply.body, reply.outcome), (200, b"", ("hit", None)))


if __name__ == "__main__":
    unittest.main()
