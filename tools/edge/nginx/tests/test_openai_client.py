"""The real client of OpenAI, as it is installed, against the front."""

import json
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from front import STORED, UNKNOWN, Front, missing

try:
    import openai
except ImportError:
    openai = None

ANSWER = "Every day from 9:00 to 18:00."


@unittest.skipIf(missing(), missing())
@unittest.skipIf(openai is None, "the package openai is not installed, see requirements.txt")
class OpenAIClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.front = cls.enterClassContext(Front(options=["--workers", "2"]))
        cls.client = cls.enterClassContext(
            openai.OpenAI(api_key="secret", base_url=f"http://127.0.0.1:{cls.front.port}/v1", max_retries=0))

    def setUp(self) -> None:
        self.front.model.clear()

    def ask(self, question: str, **fields: object):
        return self.client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": question}], **fields)

    def read(self, stream) -> tuple[str, list]:
        chunks = list(stream)
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices), chunks

    def test_a_hit(self) -> None:
        raw = self.client.chat.completions.with_raw_response.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": STORED}])
        self.assertEqual(raw.headers["x-almanac"], "hit")
        completion = raw.parse()
        self.assertEqual(completion.choices[0].message.content, ANSWER)
        self.assertEqual(completion.choices[0].finish_reason, "stop")
        self.assertEqual(completion.model, "gpt-4o-mini")
        self.assertIsNotNone(completion.usage)
        self.assertEqual(self.front.model.received, [])

    def test_a_streamed_hit(self) -> None:
        text, chunks = self.read(self.ask(STORED, stream=True, stream_options={"include_usage": True}))
        self.assertEqual(text, ANSWER)
        self.assertEqual(chunks[0].choices[0].delta.role, "assistant")
        self.assertEqual(chunks[-2].choices[0].finish_reason, "stop")
        self.assertIsNotNone(chunks[-1].usage)
        self.assertEqual(self.front.model.received, [])

    def test_a_streamed_hit_through_the_stream_helper(self) -> None:
        with self.client.chat.completions.stream(
                model="gpt-4o-mini", messages=[{"role": "user", "content": STORED}]) as stream:
            self.assertEqual(stream.get_final_completion().choices[0].message.content, ANSWER)

    def test_a_miss(self) -> None:
        completion = self.ask(UNKNOWN)
        self.assertTrue(completion.choices[0].message.content.startswith("The stand-in model was asked"))
        self.assertEqual(self.front.model.received[0].header("authorization"), "Bearer secret")

    def test_a_streamed_miss(self) -> None:
        text, _ = self.read(self.ask(UNKNOWN, stream=True))
        self.assertTrue(text.startswith("The stand-in model was asked"))

    def test_an_error_of_the_upstream(self) -> None:
        with self.assertRaises(openai.RateLimitError):
            self.ask(UNKNOWN, extra_headers={"X-Stand-In": "status=429"})

    def test_tools_and_later_turns_reach_the_model(self) -> None:
        tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
        self.ask(STORED, tools=[tool])
        self.client.chat.completions.create(model="m", messages=[
            {"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": STORED}])
        bodies = [json.loads(received.body) for received in self.front.model.received]
        self.assertEqual(bodies[0]["tools"], [tool])
        self.assertEqual(len(bodies[1]["messages"]), 3)

    def test_many_clients_at_once_get_their_own_answers(self) -> None:
        failures, threads, rounds = [], 16, 25
        start = threading.Barrier(threads)

        def work(number: int) -> None:
            client = openai.OpenAI(api_key="secret", base_url=self.client.base_url, max_retries=0)
            start.wait()
            for index in range(rounds):
                stored = (number + index) % 2 == 0
                question = STORED if stored else f"What does client {number} want in round {index}?"
                streamed = index % 3 == 0
                reply = client.chat.completions.create(
                    model="m", messages=[{"role": "user", "content": question}], stream=streamed)
                text = self.read(reply)[0] if streamed else reply.choices[0].message.content
                if text != (ANSWER if stored else f"The stand-in model was asked: {question}"):
                    failures.append((question, text))

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
        self.assertEqual(failures, [])
        self.assertEqual(len(self.front.model.received), threads * rounds // 2)


if __name__ == "__main__":
    unittest.main()
