"""What goes to the upstream, untouched."""

import json
import socket
import time
import unittest

from front import STORED, UNKNOWN, Front, chat_body, missing

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


def user(content: object) -> dict:
    return {"role": "user", "content": content}


@unittest.skipIf(missing(), missing())
class Proxied(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.front = cls.enterClassContext(Front(settings='system_prompts = { "Be short." },'))

    def setUp(self) -> None:
        self.front.model.clear()

    def assert_proxied(self, reply, reason: str, body: bytes | None = None) -> None:
        self.assertEqual(reply.outcome, ("needs-fallback", reason), reply.body)
        self.assertIsNone(reply.header("x-almanac-entry"))
        self.assertEqual(len(self.front.model.received), 1)
        if body is not None:
            self.assertEqual(self.front.model.received[0].body, body)
        self.front.model.clear()

    def test_fields_that_may_change_the_answer(self) -> None:
        for fields in (
                {"tools": [TOOL]}, {"tools": []}, {"functions": []}, {"response_format": {"type": "json_object"}},
                {"n": 2}, {"n": 1}, {"logprobs": True}, {"stop": ["x"]}, {"seed": 1}, {"logit_bias": {}},
                {"max_completion_tokens": 5000}, {"top_p": 1}, {"presence_penalty": 0}, {"reasoning_effort": "low"},
                {"modalities": ["text"]}, {"metadata": {}}, {"store": True}, {"service_tier": "auto"},
                {"Stream": True}, {"model ": "m"}, {"stream": 1}, {"stream": "true"}, {"temperature": "0"},
                {"temperature": 3}, {"temperature": -1}, {"max_tokens": 0}, {"max_tokens": 9.5}, {"max_tokens": "9"},
                {"user": 1}, {"stream_options": {"include_usage": True}}, {"stream": True, "stream_options": {}},
                {"stream": True, "stream_options": {"include_usage": True, "include_obfuscation": True}},
                {"stream": True, "stream_options": []}, {"future_field": None}):
            body = json.dumps(chat_body(STORED, **fields)).encode()
            with self.subTest(fields):
                self.assert_proxied(self.front.post(body), "field", body)

    def test_models_without_a_plain_name(self) -> None:
        for model in (None, "", 7, "a\nb", "é", "x" * 300, ["m"]):
            with self.subTest(model):
                self.assert_proxied(self.front.chat(STORED, model=model), "model")

    def test_conversations(self) -> None:
        first = [user("Hello"), {"role": "assistant", "content": "Hello."}, user(STORED)]
        for messages, reason in (
                (first, "conversation"), ([user(STORED), user(STORED)], "conversation"),
                ([{"role": "assistant", "content": STORED}], "conversation"),
                ([{"role": "system", "content": STORED}], "conversation"),
                ([user(STORED), {"role": "system", "content": "Be short."}], "conversation"),
                ([{"role": "tool", "content": "x"}, user(STORED)], "conversation"),
                ([{"role": "system", "content": "Be short."}] * 2 + [user(STORED)], "conversation"),
                ([{"role": "User", "content": STORED}], "conversation"),
                ([{"content": STORED}], "conversation"), ([], "messages"), ({}, "messages"), ("x", "messages"),
                (None, "messages"), ({"1": user(STORED)}, "messages"), (["x"], "messages"), ([None], "messages")):
            with self.subTest(messages):
                self.assert_proxied(self.front.post({"model": "m", "messages": messages}), reason)

    def test_system_prompts_that_are_not_configured(self) -> None:
        for prompt in ("Be long.", "Be short. ", "be short.", "", STORED):
            messages = [{"role": "system", "content": prompt}, user(STORED)]
            with self.subTest(prompt):
                self.assert_proxied(self.front.post({"model": "m", "messages": messages}), "system-prompt")

    def test_fields_of_messages(self) -> None:
        for extra in ({"name": "x"}, {"tool_calls": []}, {"cache_control": {}}, {"audio": None}):
            with self.subTest(extra):
                self.assert_proxied(self.front.post({"model": "m", "messages": [user(STORED) | extra]}), "message-field")

    def test_contents_that_are_not_one_text(self) -> None:
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
        text = {"type": "text", "text": STORED}
        for content in (None, 5, [], [image], [text, image], [text, text], [text | {"cache_control": {}}], ["x"],
                        [{"type": "text"}], [{"type": "input_text", "text": STORED}], text):
            with self.subTest(content):
                self.assert_proxied(self.front.post({"model": "m", "messages": [user(content)]}), "content")

    def test_keys_given_twice_are_ambiguous(self) -> None:
        message = json.dumps(user(STORED))
        for body in (
                f'{{"model":"m","messages":[{message}],"messages":[{message}]}}',
                f'{{"model":"m","model":"m","messages":[{message}]}}',
                f'{{"model":"m","stream":true,"messages":[{message}],"stream":false}}',
                f'{{"model":"m","messages":[{{"role":"user","content":"x","content":{json.dumps(STORED)}}}]}}',
                f'{{"model":"m","messages":[{message}],"\\u006dodel":"m"}}',
                '{"model":"m","messages":[{"role":"system","role":"user","content":"When are you open?"}]}',
                '{"model":"m","messages":[{"role":"user","content":'
                '[{"type":"text","text":"x","text":"When are you open?"}]}]}'):
            with self.subTest(body):
                self.assert_proxied(self.front.post(body.encode()), "duplicate-key", body.encode())

    def test_what_is_not_json_goes_upstream_as_it_is(self) -> None:
        good = json.dumps(chat_body(STORED)).encode()
        for body, reason in (
                (b"", "not-json"), (b"null", "not-json"), (b"[]", "model"), (b"7", "not-json"), (good[:-1], "not-json"),
                (good + b"}", "not-json"), (b"\xef\xbb\xbf" + good, "not-json"), (good.replace(b'"', b"'"), "not-json"),
                (b"\x00" * 50, "not-json"), (b"[" * 5000, "not-json"), (good.replace(b"open", b"op\nen"), "duplicate-key"),
                (b'{"model":"m","temperature":NaN,' + good[1:], "not-json"),
                (b'{"temperature":0x1,' + good[1:], "not-json"), (good.replace(b"open", b"\\ud800"), "not-json"),
                (good.replace(b"open", b"\xff\xfe"), "not-text")):
            with self.subTest(body[:60]):
                self.assert_proxied(self.front.post(body), reason, body)

    def test_a_compressed_body_is_not_looked_into(self) -> None:
        body = json.dumps(chat_body(STORED)).encode()
        self.assert_proxied(self.front.post(body, {"Content-Encoding": "gzip"}), "not-json", body)

    def test_max_tokens_that_would_have_cut_the_answer(self) -> None:
        self.assert_proxied(self.front.chat(STORED, max_tokens=28), "max-tokens")
        self.assert_proxied(self.front.chat("What was counted?", max_tokens=300), "max-tokens")

    def test_bodies_of_every_size_arrive_whole(self) -> None:
        for size in (20_000, 32 * 1024, 33_000, 64 * 1024, 65_537, 1_100_000, 20_000_000):
            body = json.dumps(chat_body(STORED, user="x" * size)).encode()
            reason = "body-too-large" if len(body) > 32 * 1024 else None
            with self.subTest(size):
                if reason is None:
                    self.assertEqual(self.front.post(body).outcome, ("hit", None))
                else:
                    self.assert_proxied(self.front.post(body), reason, body)

    def test_large_chunked_bodies_arrive_whole_though_nginx_spills_them(self) -> None:
        for size in (40_000, 70_000, 3_000_000):
            body = json.dumps(chat_body(STORED, user="x" * size)).encode()
            parts = (body[index:index + 9999] for index in range(0, len(body), 9999))
            reply = self.front.request("POST", "/v1/chat/completions", parts, {}, encode_chunked=False)
            with self.subTest(size):
                self.assert_proxied(reply, "body-too-large", body)

    def test_other_methods_and_paths(self) -> None:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
            with self.subTest(method):
                reply = self.front.request(method, "/v1/chat/completions")
                self.assertEqual(self.front.model.received[0].method, method)
                self.assert_proxied(reply, "method")
        for path in ("/v1/models", "/v1/embeddings", "/v1/chat/completions/", "/v1/chat/completions/x", "/v1/responses",
                     "/", "/unknown%20path/%2e%2e?x=%20&y", "/V1/chat/completions", "/v1//models"):
            with self.subTest(path):
                reply = self.front.request("POST", path, json.dumps(chat_body(STORED)).encode())
                self.assertEqual(self.front.model.received[0].path, path)
                self.assert_proxied(reply, "path")

    def test_parameters_in_the_address(self) -> None:
        reply = self.front.request("POST", "/v1/chat/completions?x=1", json.dumps(chat_body(STORED)).encode())
        self.assertEqual(self.front.model.received[0].path, "/v1/chat/completions?x=1")
        self.assert_proxied(reply, "parameters")

    def test_headers_reach_the_upstream(self) -> None:
        sent = {"Authorization": "Bearer secret", "Accept": "x/y", "Accept-Encoding": "gzip, br", "X-Custom": "a b",
                "x_under_score": "1", "User-Agent": "me/1", "OpenAI-Organization": "org", "Cookie": "a=b",
                "Host": "api.example", "Content-Type": "application/json"}
        self.front.chat(UNKNOWN, sent)
        received = self.front.model.received[0]
        for name, value in sent.items():
            self.assertEqual(received.header(name), value)
        allowed = {name.lower() for name in sent} | {"content-length"}
        self.assertEqual({name.lower() for name, _ in received.headers} - allowed, set())

    def test_headers_and_bytes_of_the_upstream_reach_the_client(self) -> None:
        reply = self.front.chat(UNKNOWN)
        self.assertIn(b'"choices": [\n', reply.body)
        self.assertEqual(reply.header("x-request-id"), "stand-in-1")
        self.assertEqual(reply.header("x-accel-buffering"), "no")
        self.assertEqual(reply.header("set-cookie"), "session=of-one-client")
        self.assertTrue(reply.header("server").startswith("BaseHTTP"))
        self.assertEqual(reply.header("content-length"), str(len(reply.body)))

    def test_errors_are_passed_through_and_never_kept(self) -> None:
        for status in (400, 401, 404, 429, 500, 502, 503):
            for _ in range(2):
                reply = self.front.chat(UNKNOWN, {"X-Stand-In": f"status={status}"})
                self.assertEqual(reply.status, status)
                self.assertEqual(reply.json["error"]["message"], f"stand-in error {status}")
                self.assertEqual(reply.header("retry-after"), "7")
                self.assert_proxied(reply, "no-match")
            self.assertEqual(self.front.chat(UNKNOWN).status, 200)
            self.front.model.clear()

    def test_streams_come_as_they_are_made(self) -> None:
        for question, fields in ((UNKNOWN, {}), (STORED, {"seed": 1})):
            connection = self.front.connect()
            connection.request("POST", "/v1/chat/completions", json.dumps(chat_body(question, stream=True, **fields)),
                               {"X-Stand-In": "pause=0.1"})
            begin = time.monotonic()
            response = connection.getresponse()
            response.read(20)
            first = time.monotonic() - begin
            rest = response.read()
            whole = time.monotonic() - begin
            connection.close()
            self.assertTrue(rest.endswith(b"data: [DONE]\n\n"))
            self.assertLess(first, whole / 2)

    def test_an_upstream_that_dies_breaks_the_reply_off(self) -> None:
        for fields in ({}, {"stream": True}, {"seed": 1}):
            with self.subTest(fields), self.assertRaises(Exception) as caught:
                self.front.chat(UNKNOWN, {"X-Stand-In": "die=1"}, **fields)
            self.assertEqual(type(caught.exception).__name__, "IncompleteRead")
        self.assertEqual(self.front.chat(STORED).outcome, ("hit", None))

    def test_a_client_that_leaves_does_no_harm(self) -> None:
        body = json.dumps(chat_body(UNKNOWN, stream=True)).encode()
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", self.front.port)) as client:
                client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Stand-In: pause=0.05\r\n"
                               b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
                client.recv(100)
            with socket.create_connection(("127.0.0.1", self.front.port)) as client:
                client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{")
        self.assertEqual(self.front.chat(STORED).outcome, ("hit", None))
        self.assertNotIn("[alert]", self.front.log())


@unittest.skipIf(missing(), missing())
class Routes(unittest.TestCase):
    def test_the_route_chooses_the_upstream(self) -> None:
        from stand_in_model import StandInModel
        with StandInModel() as small, Front(options=["--route", f"small={small.url}"]) as front:
            reply = front.chat("Who is your chief?")
            self.assertEqual(reply.outcome, ("needs-fallback", "guard"))
            self.assertEqual(reply.header("x-almanac-route"), "small")
            self.assertEqual((len(small.received), len(front.model.received)), (1, 0))
            reply = front.chat(UNKNOWN)
            self.assertEqual(reply.header("x-almanac-route"), "large")
            self.assertEqual((len(small.received), len(front.model.received)), (1, 1))
            reply = front.chat(STORED, n=2)
            self.assertEqual(reply.header("x-almanac-route"), "default")
            self.assertEqual((len(small.received), len(front.model.received)), (1, 2))

    def test_an_upstream_may_be_a_name(self) -> None:
        from stand_in_model import StandInModel
        with StandInModel() as model:
            named = model.url.replace("127.0.0.1", "localhost")
            with Front(upstream=named + "/", options=["--route", f"small={named}"]) as front:
                for question in (UNKNOWN, "Who is your chief?"):
                    self.assertEqual(front.chat(question).status, 200)
                front.get("/v1/models")
                paths = [request.path for request in model.received]
                self.assertEqual(paths, ["/v1/chat/completions", "/v1/chat/completions", "/v1/models"])

    def test_an_upstream_that_nginx_would_misread_is_refused(self) -> None:
        for upstream in ("http://127.0.0.1:9/v1", "127.0.0.1:9", "http://no-such-host.invalid:9", "http://127.0.0.1:9;"):
            with self.subTest(upstream), self.assertRaisesRegex(RuntimeError, "error: the (address|host) of an upstream"):
                Front(upstream=upstream).__enter__()
        with self.assertRaisesRegex(RuntimeError, "error: the route is small, expected NAME="):
            Front(options=["--route", "small"]).__enter__()

    def test_an_upstream_that_is_away_is_an_error_of_the_api(self) -> None:
        with Front(upstream="http://127.0.0.1:9") as front:
            for fields in ({}, {"stream": True}, {"n": 2}):
                reply = front.chat(UNKNOWN, **fields)
                self.assertEqual(reply.status, 502)
                self.assertEqual(reply.header("content-type"), "application/json")
                self.assertEqual(reply.json["error"]["type"], "upstream_error")
            self.assertEqual(front.chat(STORED).outcome, ("hit", None))

    def test_no_hit_before_the_client_is_authenticated(self) -> None:
        with Front(settings="answer_unauthenticated = false,") as front:
            self.assertEqual(front.chat(STORED).outcome, ("needs-fallback", "not-authenticated"))
            self.assertEqual(front.get("/ask?q=x").status, 401)

    def test_hits_only_for_those_whom_auth_request_lets_in(self) -> None:
        from stand_in_model import StandInModel
        with StandInModel() as door:
            with Front(options=["--authentication", door.url + "/door"]) as front:
                reply = front.chat(STORED, {"Authorization": "Bearer good"})
                self.assertEqual(reply.outcome, ("hit", None))
                self.assertEqual(door.received[0].header("authorization"), "Bearer good")
                self.assertEqual(front.get("/ask?q=When+are+you+open").json["status"], "hit")
                refused = front.chat(STORED, {"X-Stand-In": "status=401"})
                self.assertEqual((refused.status, front.model.received), (401, []))


if __name__ == "__main__":
    unittest.main()
