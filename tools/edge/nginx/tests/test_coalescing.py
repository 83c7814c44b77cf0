"""Identical misses in flight share one call of the upstream; nothing is cached."""

import http.client
import json
import socket
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from front import STORED, UNKNOWN, Front, chat_body, missing

GATE = {"X-Stand-In": "gate=shared"}


@unittest.skipIf(missing(), missing())
class Coalescing(unittest.TestCase):
    workers = 1

    @classmethod
    def setUpClass(cls) -> None:
        cls.front = cls.enterClassContext(Front(options=["--workers", str(cls.workers)]))
        cls.pool = cls.enterClassContext(ThreadPoolExecutor(40))

    def setUp(self) -> None:
        self.front.model.clear()

    def ask(self, count: int, question: str = UNKNOWN, headers: dict[str, str] = GATE, **fields: object) -> list:
        return [self.pool.submit(self.front.chat, question, headers, **fields) for _ in range(count)]

    def wait_for_calls(self, count: int) -> None:
        self.front.wait_for(lambda: len(self.front.model.received) >= count)
        # Time for more to come, were there any.
        time.sleep(0.15)
        self.assertEqual(len(self.front.model.received), count)

    def test_one_call_and_many_answers(self) -> None:
        before = self.front.statistics().get("almanac_coalesced_total", 0)
        replies = self.ask(20)
        self.wait_for_calls(1)
        self.front.model.open_gate("shared")
        replies = [reply.result() for reply in replies]
        self.assertEqual(len({reply.body for reply in replies}), 1)
        self.assertEqual({(reply.status, reply.outcome) for reply in replies}, {(200, ("needs-fallback", "no-match"))})
        self.assertEqual({reply.header("x-request-id") for reply in replies}, {"stand-in-1"})
        self.assertEqual(sum(reply.header("x-almanac-coalesced") == "1" for reply in replies), 19)
        # A cookie is for one client.
        self.assertEqual(sum(reply.header("set-cookie") is not None for reply in replies), 1)
        self.assertEqual(len(self.front.model.received), 1)
        self.assertEqual(self.front.statistics()["almanac_coalesced_total"] - before, 19)

    def test_a_later_request_makes_a_call_of_its_own(self) -> None:
        for _ in range(3):
            self.assertIsNone(self.front.chat(UNKNOWN).header("x-almanac-coalesced"))
        self.assertEqual(len(self.front.model.received), 3)

    def test_whatever_may_make_a_difference_makes_a_call(self) -> None:
        body = json.dumps(chat_body(UNKNOWN)).encode()
        replies = self.ask(2)
        replies += self.ask(2, headers=GATE | {"Authorization": "Bearer a"})
        replies += self.ask(2, headers=GATE | {"Authorization": "Bearer b"})
        replies += self.ask(2, headers=GATE | {"X-Tenant": "t"})
        replies += self.ask(2, headers=GATE | {"Accept-Encoding": "gzip"})
        replies += self.ask(2, temperature=0)
        replies += [self.pool.submit(self.front.post, body.replace(b": ", b":"), GATE) for _ in range(2)]
        self.wait_for_calls(7)
        self.front.model.open_gate("shared")
        self.assertEqual(sum(reply.result().header("x-almanac-coalesced") == "1" for reply in replies), 7)

    def test_what_names_only_the_client_or_the_try_makes_none(self) -> None:
        replies = []
        for number in range(4):
            names = {"User-Agent": f"agent/{number}", "X-Stainless-Retry-Count": str(number),
                     "X-Request-Id": str(number), "Traceparent": str(number)}
            replies += self.ask(1, headers=GATE | names)
        self.wait_for_calls(1)
        self.front.model.open_gate("shared")
        self.assertEqual(sum(reply.result().header("x-almanac-coalesced") == "1" for reply in replies), 3)

    def test_streams_and_what_the_bundle_was_not_asked_are_not_shared(self) -> None:
        replies = self.ask(3, stream=True) + self.ask(3, question=STORED, seed=1)
        self.wait_for_calls(6)
        self.front.model.open_gate("shared")
        self.assertEqual({reply.result().header("x-almanac-coalesced") for reply in replies}, {None})

    def test_an_error_is_shared_by_those_who_wait_and_by_nobody_later(self) -> None:
        replies = self.ask(10, headers={"X-Stand-In": "gate=shared,status=429"})
        self.wait_for_calls(1)
        self.front.model.open_gate("shared")
        replies = [reply.result() for reply in replies]
        self.assertEqual({reply.status for reply in replies}, {429})
        self.assertEqual({reply.header("retry-after") for reply in replies}, {"7"})
        self.front.chat(UNKNOWN, {"X-Stand-In": "gate=shared,status=429"})
        self.assertEqual(len(self.front.model.received), 2)

    def test_followers_elect_another_when_the_leader_leaves(self) -> None:
        body = json.dumps(chat_body(UNKNOWN)).encode()
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept-Encoding: identity\r\n" \
               b"Content-Type: application/json\r\nX-Stand-In: gate=shared\r\nContent-Length: %d\r\n\r\n"
        leader = socket.create_connection(("127.0.0.1", self.front.port))
        leader.sendall(head % (self.front.port, len(body)) + body)
        self.wait_for_calls(1)
        replies = self.ask(10)
        self.wait_for_calls(1)
        leader.close()
        self.wait_for_calls(2)
        self.front.model.open_gate("shared")
        replies = [reply.result() for reply in replies]
        self.assertEqual({reply.status for reply in replies}, {200})
        self.assertEqual(len(self.front.model.received), 2)

    def test_a_follower_that_leaves_does_no_harm(self) -> None:
        replies = self.ask(2)
        self.wait_for_calls(1)
        body = json.dumps(chat_body(UNKNOWN)).encode()
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", self.front.port)) as follower:
                follower.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                                 b"Accept-Encoding: identity\r\nContent-Type: application/json\r\n"
                                 b"X-Stand-In: gate=shared\r\nContent-Length: %d\r\n\r\n%s"
                                 % (self.front.port, len(body), body))
                time.sleep(0.02)
        self.front.model.open_gate("shared")
        self.assertEqual([reply.result().status for reply in replies], [200, 200])
        self.assertEqual(len(self.front.model.received), 1)

    def test_a_reply_that_breaks_off_is_shared_with_nobody(self) -> None:
        replies = self.ask(6, headers={"X-Stand-In": "gate=shared,die=1"})
        self.wait_for_calls(1)
        self.front.model.open_gate("shared")
        for reply in replies:
            with self.assertRaises(http.client.IncompleteRead):
                reply.result()
        # The first leader, the second, and then each for itself.
        self.assertEqual(len(self.front.model.received), 6)

    def test_hits_do_not_wait_for_misses(self) -> None:
        replies = self.ask(10)
        self.wait_for_calls(1)
        self.assertEqual(self.front.chat(STORED).outcome, ("hit", None))
        self.front.model.open_gate("shared")
        self.assertEqual({reply.result().status for reply in replies}, {200})

    def test_a_reload_lets_all_in_flight_end(self) -> None:
        replies = self.ask(10)
        self.wait_for_calls(1)
        self.front.reload()
        time.sleep(0.15)
        replies += self.ask(5)
        time.sleep(0.15)
        self.front.model.open_gate("shared")
        self.assertEqual([reply.result().status for reply in replies], [200] * 15)
        self.assertEqual(len(self.front.model.received), 1)


class CoalescingAmongWorkers(Coalescing):
    workers = 3


@unittest.skipIf(missing(), missing())
class ChosenCoalescing(unittest.TestCase):
    def ask_many(self, front: Front, count: int, headers: dict[str, str]) -> list:
        with ThreadPoolExecutor(count) as pool:
            waiting = [pool.submit(front.chat, UNKNOWN, headers) for _ in range(count)]
            return [each.result() for each in waiting]

    def test_it_can_be_switched_off(self) -> None:
        with Front(settings="coalescing = { enabled = false },") as front:
            self.ask_many(front, 5, {"X-Stand-In": "delay=0.3"})
            self.assertEqual(len(front.model.received), 5)

    def test_followers_do_not_wait_for_ever(self) -> None:
        with Front(settings="coalescing = { wait_seconds = 0.3 },") as front:
            slow = threading.Thread(target=front.chat, args=(UNKNOWN, GATE))
            slow.start()
            front.wait_for(lambda: len(front.model.received) == 1)
            followers = threading.Thread(target=self.ask_many, args=(front, 3, GATE))
            followers.start()
            front.wait_for(lambda: len(front.model.received) >= 2)
            front.model.open_gate("shared")
            followers.join()
            slow.join()

    def test_a_reply_that_is_too_long_is_not_shared(self) -> None:
        with Front(settings="coalescing = { maximum_reply = 100 },") as front:
            replies = self.ask_many(front, 4, {"X-Stand-In": "delay=0.3"})
            self.assertEqual([reply.status for reply in replies], [200] * 4)
            self.assertEqual({reply.header("x-almanac-coalesced") for reply in replies}, {None})


if __name__ == "__main__":
    unittest.main()
