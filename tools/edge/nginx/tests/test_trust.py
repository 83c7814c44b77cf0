"""What the front refuses to answer from: what is not signed, too old, damaged or expired, as a bundle or as a layer over one."""

import os
import subprocess
import time
import unittest
from pathlib import Path

from front import DIST, STORED, UNKNOWN, Front, compile_bundle, missing, publish, scratch_folder, write_lines

LAYERED = "What is new today?"


def almanac(*arguments: object) -> None:
    subprocess.run([DIST / "almanac", *arguments], check=True, capture_output=True)


def compile_layer(base: Path, version: int, answer: str) -> Path:
    """A layer that deletes the answer to `STORED` and adds one to `LAYERED`."""
    folder = scratch_folder()
    write_lines(folder / "layer.jsonl", [{"id": "hours", "deleted": True},
                                         {"id": "news", "question": LAYERED, "answer": answer}])
    (folder / "recipe.yaml").write_text(f"name: today\nversion: {version}\nentries: layer.jsonl\n")
    almanac("compile", folder / "recipe.yaml", "--base", base, "-o", folder / "layer.almanac")
    return folder / "layer.almanac"


@unittest.skipIf(missing(), missing())
class Trust(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.keys = scratch_folder()
        for name in ("own", "other"):
            almanac("keygen", "-W", "-o", cls.keys / name)
        cls.public = (cls.keys / "own.pub").read_text().splitlines()[1]

    def sign(self, bundle: Path, key: str = "own") -> Path:
        target = scratch_folder() / bundle.name
        almanac("sign", bundle, "-s", self.keys / f"{key}.key", "-o", target)
        target.parent.chmod(0o755)
        return target

    def assert_refused(self, words: str, settings: str, bundle: Path | None = None) -> None:
        with self.assertRaisesRegex(RuntimeError, words):
            Front(bundle, settings).__enter__()

    def test_nginx_does_not_start_with_a_bundle_that_is_not_signed_or_too_old(self) -> None:
        key = f'public_key = "{self.public}",'
        signed = self.sign(compile_bundle(3))
        self.assert_refused("the bundle is refused, .*not signed; fetch", key)
        self.assert_refused("the bundle is refused, .*required key", key, self.sign(compile_bundle(), "other"))
        self.assert_refused(r"the bundle is refused, .*lower version.*\(version 3\)", key + "minimum_version = 4,", signed)
        with Front(signed, key + "minimum_version = 3,") as front:
            self.assertEqual(front.chat(STORED).outcome, ("hit", None))

    def test_a_new_bundle_must_be_signed_whole_and_newer(self) -> None:
        served = scratch_folder() / "served.almanac"
        publish(self.sign(compile_bundle(2, "second")), served)
        damaged = scratch_folder() / "damaged.almanac"
        third = self.sign(compile_bundle(3, "third"))
        damaged.write_bytes(third.read_bytes())
        with damaged.open("r+b") as file:
            file.seek(20_000)
            file.write(b"\xff" * 8192)
        with Front(served, f'public_key = "{self.public}", open = "all",') as front:
            for words, bundle in (
                ("not signed; fetch", compile_bundle(3, "third")),
                ("required key", self.sign(compile_bundle(3, "third"), "other")),
                ("lower version", self.sign(compile_bundle(1, "first"))),
                ("damaged", damaged),
            ):
                with self.subTest(words):
                    seen = front.log().count("the new bundle is refused")
                    publish(bundle, served)
                    front.wait_for(lambda: front.log().count("the new bundle is refused") > seen)
                    line = [line for line in front.log().splitlines() if "the new bundle is refused" in line][-1]
                    self.assertRegex(line, rf"\[error\].*{words}.*version 2, opened before, goes on answering")
                    self.assertEqual(front.chat(STORED).answer, "second")
            publish(third, served)
            front.wait_for(lambda: front.chat(STORED).answer == "third")

    def test_a_layer_answers_over_its_bundle_and_is_exchanged_for_itself(self) -> None:
        base = compile_bundle()
        layer = scratch_folder() / "today.almanac"
        publish(compile_layer(base, 2, "Rain."), layer)
        with Front(base, f'layer = "{layer}",') as front:
            self.assertEqual(front.chat(LAYERED).answer, "Rain.")
            self.assertEqual(front.chat("How large is it?").outcome, ("hit", None), "from the bundle below")
            self.assertEqual(front.chat(STORED).outcome[0], "needs-fallback", "deleted by the layer")
            self.assertEqual(front.statistics()["almanac_bundle_version"], 2)
            publish(compile_layer(base, 3, "Sun."), layer)
            front.wait_for(lambda: front.chat(LAYERED).answer == "Sun.")
            # One that is over another bundle, and none at all: the pair opened before goes on.
            publish(compile_layer(compile_bundle(7, "other"), 4, "Snow."), layer)
            front.wait_for(lambda: "the new bundle is refused" in front.log())
            self.assertIn(f"with the layer {layer}", front.log())
            layer.unlink()
            time.sleep(0.3)
            self.assertEqual(front.chat(LAYERED).answer, "Sun.")
            self.assertEqual(front.chat(STORED).outcome[0], "needs-fallback", "never answered from older text")
            publish(compile_layer(base, 5, "Wind."), layer)
            front.wait_for(lambda: front.chat(LAYERED).answer == "Wind.")

    def test_nginx_does_not_start_with_half_of_a_pair(self) -> None:
        base = compile_bundle()
        layer = compile_layer(base, 2, "Rain.")
        self.assert_refused("with the layer .*No such file", 'layer = "/nowhere/today.almanac",')
        self.assert_refused("over its own base", f'layer = "{layer}",', compile_bundle(7, "other"))
        self.assert_refused("over its own base", "", layer)
        self.assert_refused("not signed", f'layer = "{layer}", public_key = "{self.public}",', self.sign(base))

    def test_damage_met_by_a_question_sends_it_upstream_and_is_told_once(self) -> None:
        served = scratch_folder() / "served.almanac"
        served.write_bytes(compile_bundle().read_bytes())
        with Front(served, 'open = "lazy",') as front:
            # What the format forbids: the file in use is written to, before any question touched it.
            with served.open("r+b") as file:
                file.write(b"\xff" * (os.fstat(file.fileno()).st_size - 4096))
            reply = front.chat(STORED)
            self.assertEqual(reply.outcome, ("needs-fallback", "damaged"))
            self.assertEqual(reply.status, 200, "the model answered")
            front.wait_for(lambda: "is damaged; questions that meet the damage go to the model" in front.log())
            front.chat(STORED)
            self.assertGreaterEqual(front.statistics()['almanac_fallbacks_total{reason="damaged"}'], 2)
            self.assertEqual(front.log().count("is damaged; questions"), 1)
            publish(compile_bundle(2, "whole"), served)
            front.wait_for(lambda: front.chat(STORED).answer == "whole")

    def test_a_bundle_that_expires_is_told_and_answers_nothing(self) -> None:
        end = int(time.time()) + 2
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
        with Front(compile_bundle(1, "for now", f"expires: {expires}\n")) as front:
            if time.time() < end - 0.5:
                self.assertEqual(front.chat(STORED).outcome, ("hit", None))
            front.wait_for(lambda: front.chat(STORED).outcome == ("needs-fallback", "expired"))
            front.wait_for(lambda: "has expired; nothing is answered from it" in front.log())

    def test_settings_that_protect_nothing_keep_nginx_from_starting(self) -> None:
        for settings, words in (
            ('public_key = "RWx",', "almanac.public_key' is RWx, expected the second line of a minisign .pub file"),
            ("public_key = 7,", "almanac.public_key"),
            ('minimum_version = "3",', "almanac.minimum_version"),
            ("minimum_version = -1,", "almanac.minimum_version"),
            ("layer = 1,", "almanac.layer"),
            ('publik_key = "x",', "unknown"),
        ):
            with self.subTest(settings):
                self.assert_refused(words, settings)
        bundle = compile_bundle()
        self.assert_refused("almanac.layer", f'layer = "{bundle}",', bundle)


if __name__ == "__main__":
    unittest.main()
