"""What is answered from the bundle, and in which shape."""

import json
import unittest

from front import DIST, STORED, Front, chat_body, compile_bundle, missing


@unittest.skipIf(missing(), missing())
class Hits(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.front = cls.enterClassContext(Front(settings='system_prompts = { "Be short." },'))

    def setUp(self) -> None:
        self.front.model.clear()

    def assert_hit(self, reply, entry: str = "hours") -> None:
        self.assertEqual((reply.status, reply.outcome), (200, ("hit", None)), reply.body)
        self.assertEqual(reply.header("x-almanac-entry"), entry)
        self.assertEqual(self.front.model.received, [])

    def test_a_stored_question_is_answered_in_the_shape_of_a_completion(self) -> None:
        reply = self.front.chat(STORED)
        self.assert_hit(reply)
        self.assertEqual(reply.header("content-type"), "application/json")
        self.assertEqual(reply.header("x-almanac-confidence"), "1.000000")
        completion = reply.json
        self.assertEqual(completion["object"], "chat.completion")
        self.assertEqual(completion["model"], "test-model")
        self.assertEqual(completion["choices"], [{
            "index": 0, "finish_reason": "stop", "logprobs": None,
            "message": {"role": "assistant", "content": "Every day from 9:00 to 18:00.", "refusal": None}}])
        self.assertEqual(set(completion["usage"]), {"prompt_tokens", "completion_tokens", "total_tokens"})

    def test_slots_are_filled_from_a_header(self) -> None:
        question = "When is my book due?"
        for header, answer in (("days=3", "In 3 days, reader."), ("name=%C3%84da+%26%20{{days}}&days=3", "In 3 days, Äda & {{days}}.")):
            reply = self.front.chat(question, {"X-Almanac-Variables": header})
            self.assert_hit(reply, "due")
            self.assertEqual(reply.answer, answer)

    def test_case_and_spaces_do_not_matter(self) -> None:
        self.assert_hit(self.front.chat("  when ARE you\topen "))

    def test_completions_have_ids_of_their_own(self) -> None:
        ids = {self.front.chat(STORED).json["id"] for _ in range(20)}
        self.assertEqual(len(ids), 20)

    def test_an_answer_with_quotes_and_marks_arrives_as_it_was_stored(self) -> None:
        reply = self.front.chat("How large is it?")
        self.assert_hit(reply, "gr%C3%B6%C3%9Fe/100%20%25")
        self.assertEqual(reply.answer, "Größe: 10²\n\"zehn\" \\ \u2028.")
        events = self.front.chat("How large is it?", stream=True).body.decode().split("\n\n")
        text = "".join(json.loads(event[6:])["choices"][0]["delta"].get("content", "") for event in events[:-2])
        self.assertEqual(text, "Größe: 10²\n\"zehn\" \\ \u2028.")

    def test_a_stream_has_the_chunks_of_one_completion(self) -> None:
        reply = self.front.chat(STORED, stream=True)
        self.assert_hit(reply)
        self.assertTrue(reply.header("content-type").startswith("text/event-stream"))
        events = reply.body.decode().split("\n\n")
        self.assertEqual(events[-2:], ["data: [DONE]", ""])
        chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
        self.assertEqual({chunk["object"] for chunk in chunks}, {"chat.completion.chunk"})
        self.assertEqual(len({chunk["id"] for chunk in chunks}), 1)
        self.assertEqual([chunk["choices"][0]["finish_reason"] for chunk in chunks], [None, None, "stop"])
        self.assertNotIn("usage", chunks[0])

    def test_a_stream_ends_with_usage_if_asked(self) -> None:
        reply = self.front.chat(STORED, stream=True, stream_options={"include_usage": True})
        self.assert_hit(reply)
        chunks = [json.loads(event[6:]) for event in reply.body.decode().split("\n\n")[:-2]]
        self.assertEqual(chunks[-1]["choices"], [])
        self.assertEqual([chunk["usage"] is None for chunk in chunks], [True, True, True, False])

    def test_fields_that_leave_the_answer_as_it_is_are_allowed(self) -> None:
        for fields in ({"temperature": 0}, {"temperature": 1.5}, {"user": "u-1"}, {"stream": False}, {"stream": None},
                       {"temperature": None}, {"max_tokens": None}, {"stream_options": None}, {"max_tokens": 4000}):
            with self.subTest(fields):
                self.assert_hit(self.front.chat(STORED, **fields))

    def test_one_text_part_is_a_text(self) -> None:
        parts = [{"type": "text", "text": STORED}]
        self.assert_hit(self.front.post({"model": "m", "messages": [{"role": "user", "content": parts}]}))

    def test_the_configured_system_prompt_is_allowed(self) -> None:
        for role in ("system", "developer"):
            messages = [{"role": role, "content": "Be short."}, {"role": "user", "content": STORED}]
            with self.subTest(role):
                self.assert_hit(self.front.post({"model": "m", "messages": messages}))

    def test_colons_and_quotes_in_texts_are_no_members(self) -> None:
        self.assert_hit(self.front.chat(STORED, user='a:b"c\\":{"d":1}\\'))

    def test_escapes_and_white_space_of_json_do_not_matter(self) -> None:
        body = json.dumps(chat_body(STORED), indent=3).replace("open", "\\u006fpen")
        self.assert_hit(self.front.post(body.encode()))

    def test_a_chunked_body_is_read_like_any_other(self) -> None:
        data = json.dumps(chat_body(STORED)).encode()
        parts = (data[index:index + 7] for index in range(0, len(data), 7))
        self.assert_hit(self.front.request("POST", "/v1/chat/completions", parts, {}, encode_chunked=False))

    def test_max_tokens_at_the_recorded_usage_is_enough(self) -> None:
        reply = self.front.chat("What was counted?", max_tokens=301)
        self.assert_hit(reply, "counted")
        self.assertEqual(reply.json["usage"], {"prompt_tokens": 12, "completion_tokens": 301, "total_tokens": 313})

    def test_where_usage_is_not_recorded_a_byte_counts_as_a_token(self) -> None:
        reply = self.front.chat(STORED, max_tokens=len("Every day from 9:00 to 18:00."))
        self.assert_hit(reply)
        self.assertEqual(reply.json["usage"], {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0})

    def test_several_requests_on_one_connection(self) -> None:
        connection = self.front.connect()
        for _ in range(3):
            connection.request("POST", "/v1/chat/completions", json.dumps(chat_body(STORED)))
            response = connection.getresponse()
            self.assertEqual((response.status, response.getheader("x-almanac")), (200, "hit"))
            response.read()
        connection.close()


@unittest.skipIf(missing(), missing())
class ChosenHits(unittest.TestCase):
    def test_only_the_chosen_models_are_answered_for(self) -> None:
        with Front(settings='models = { "a", "b" },') as front:
            self.assertEqual(front.chat(STORED, model="b").outcome, ("hit", None))
            self.assertEqual(front.chat(STORED, model="c").outcome, ("needs-fallback", "model"))

    def test_a_required_system_prompt(self) -> None:
        with Front(settings='system_prompts = { "Be short." }, without_system_prompt = false,') as front:
            self.assertEqual(front.chat(STORED).outcome, ("needs-fallback", "system-prompt"))

    def test_rewordings_are_answered_from_the_sample_bundle(self) -> None:
        with Front(DIST / "dev-faq.almanac") as front:
            reply = front.chat("can sqlite be used in a commercial product without paying royalties")
            self.assertEqual(reply.outcome, ("hit", None))
            self.assertEqual(reply.header("x-almanac-via"), "semantic")
            self.assertLess(float(reply.header("x-almanac-confidence")), 1)

    def test_a_wrong_setting_keeps_nginx_from_starting(self) -> None:
        for settings, word in (("deny_lists = {},", "deny_lists"), ('mode = "shadow",', "review_log"),
                               ('mode = "off",', "mode"), ("max_wrong = 2,", "max_wrong")):
            with self.subTest(settings), self.assertRaisesRegex(RuntimeError, word):
                Front(compile_bundle(), settings).__enter__()


if __name__ == "__main__":
    unittest.main()
