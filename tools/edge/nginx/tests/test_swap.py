"""Bundles and deny lists exchanged while the front answers."""

import shutil
import subprocess
import threading
import time
import unittest

from front import STORED, UNKNOWN, Front, compile_bundle, missing, publish, scratch_folder


@unittest.skipIf(missing(), missing())
class Swap(unittest.TestCase):
    def test_under_load_every_answer_is_whole_and_of_its_version(self) -> None:
        answers = {version: f"This is the answer of version {version}. " * 20 for version in (1, 2, 3)}
        bundles = {version: compile_bundle(version, answer) for version, answer in answers.items()}
        served = scratch_folder() / "served.almanac"
        publish(bundles[1], served)
        failures, seen, stop = [], set(), threading.Event()
        with Front(served, options=["--workers", "2"]) as front:
            def load() -> None:
                while not stop.is_set():
                    reply = front.chat(STORED)
                    version = int(reply.json["system_fingerprint"].rsplit("-")[-1])
                    seen.add(version)
                    if reply.status != 200 or reply.outcome != ("hit", None) or reply.answer != answers[version]:
                        failures.append(reply)
                    if front.chat(UNKNOWN).outcome != ("needs-fallback", "no-match"):
                        failures.append(reply)

            clients = [threading.Thread(target=load) for _ in range(6)]
            for client in clients:
                client.start()
            for round in range(12):
                publish(bundles[round % 3 + 1], served)
                if round % 5 == 4:
                    front.reload()
                time.sleep(0.15)
            publish(bundles[2], served)
            front.wait_for(lambda: all(front.chat(STORED).answer == answers[2] for _ in range(10)))
            stop.set()
            for client in clients:
                client.join()
            self.assertEqual(failures, [])
            self.assertEqual(seen, {1, 2, 3})
            self.assertEqual(front.statistics()["almanac_bundle_version"], 2)
            self.assertNotIn("[alert]", front.log())

    def test_a_file_that_is_no_bundle_leaves_the_old_one_answering(self) -> None:
        served = scratch_folder() / "served.almanac"
        publish(compile_bundle(1, "first"), served)
        junk = scratch_folder() / "junk"
        junk.write_bytes(served.read_bytes()[:5000])
        with Front(served) as front:
            publish(junk, served)
            front.wait_for(lambda: "the new bundle is refused" in front.log())
            self.assertEqual(front.chat(STORED).answer, "first")
            self.assertEqual(front.statistics()["almanac_failed_reloads_total"], 1)
            publish(compile_bundle(2, "second"), served)
            front.wait_for(lambda: front.chat(STORED).answer == "second")


@unittest.skipIf(missing(), missing())
@unittest.skipIf(shutil.which("minisign") is None, "minisign is not installed, run tools/install-packages --nginx")
class DenyList(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.keys = scratch_folder()
        for name in ("own", "other"):
            subprocess.run(["minisign", "-GWfp", cls.keys / f"{name}.pub", "-s", cls.keys / f"{name}.key"], check=True,
                           capture_output=True)
        cls.public = (cls.keys / "own.pub").read_text().splitlines()[1]

    def setUp(self) -> None:
        self.list = scratch_folder() / "denied"
        self.settings = f'deny_list = {{ file = "{self.list}", public_key = "{self.public}" }},'

    def deny(self, *entries: str, key: str = "own", options: tuple[str, ...] = ()) -> None:
        self.list.write_text("# entries that must not be answered\n" + "".join(f"{entry}\n" for entry in entries))
        subprocess.run(["minisign", "-Sm", self.list, "-s", self.keys / f"{key}.key", *options], check=True,
                       capture_output=True, input=b"\n")

    def test_a_denied_entry_is_answered_by_the_model_from_then_on(self) -> None:
        self.deny()
        with Front(settings=self.settings) as front:
            self.assertEqual(front.chat(STORED).outcome, ("hit", None))
            self.deny("counted", "hours")
            front.wait_for(lambda: front.chat(STORED).outcome == ("needs-fallback", "denied"))
            self.assertEqual(front.chat("How large is it?").outcome, ("hit", None))
            self.assertEqual(front.get("/ask?q=When+are+you+open").json["reason"], "denied")
            self.deny("counted", options=("-l",))
            front.wait_for(lambda: front.chat(STORED).outcome == ("hit", None))
            self.assertEqual(front.statistics()["almanac_denied_entries"], 1)

    def test_nothing_is_answered_while_the_list_is_not_rightly_signed(self) -> None:
        def forge_comment() -> None:
            path = self.list.with_name("denied.minisig")
            path.write_text(path.read_text().replace("trusted comment: ", "trusted comment: not "))

        def change_list() -> None:
            self.list.write_text("other\n")

        def remove_list() -> None:
            self.list.unlink()

        def remove_signature() -> None:
            self.list.with_name("denied.minisig").unlink()

        def sign_with_another_key() -> None:
            self.deny("hours", key="other")

        self.deny("counted")
        with Front(settings=self.settings) as front:
            for spoil in (change_list, remove_list, remove_signature, sign_with_another_key, forge_comment):
                with self.subTest(spoil.__name__):
                    self.deny("counted")
                    front.wait_for(lambda: front.chat(STORED).outcome == ("hit", None))
                    spoil()
                    front.wait_for(lambda: front.chat(STORED).outcome == ("needs-fallback", "deny-list"))
            self.assertIn("nothing is answered from the bundle", front.log())

    def test_nginx_does_not_start_without_the_list(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "deny list"):
            Front(settings=self.settings).__enter__()
        with self.assertRaisesRegex(RuntimeError, "public_key"):
            Front(settings='deny_list = { file = "x", public_key = "RWx" },').__enter__()


if __name__ == "__main__":
    unittest.main()
