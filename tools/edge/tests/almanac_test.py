"""What tools/edge/python/almanac.py promises. Run by tools/edge/check, which sets ALMANAC_LIBRARY and the bundle to ask."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools" / "edge" / "python"))
os.environ.setdefault("ALMANAC_LIBRARY", str(ROOT / "dist" / "libalmanac.so"))

import almanac  # noqa: E402

TINY = None
TEMPLATE = "What will my reminder say?"


def setUpModule():
    global TINY, FOLDER
    FOLDER = tempfile.TemporaryDirectory()
    TINY = pathlib.Path(FOLDER.name) / "tiny.almanac"
    subprocess.run(
        [ROOT / "dist" / "almanac", "compile", ROOT / "bundles" / "tiny" / "recipe.yaml", "-o", TINY],
        check=True,
        capture_output=True,
    )


def compile_templates(folder):
    """A bundle with an entry whose answer is a template, and one of a prompt."""
    entries = [
        {"id": "reminder", "question": TEMPLATE, "template": ["name"], "answer": "Dear {{name}}, it is due."},
        {"id": "copy/A", "prompt": "copy", "variables": {"product": "A"}, "answer": "A is good."},
    ]
    (folder / "entries.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (folder / "recipe.yaml").write_text(
        "name: templates\nversion: 1\nentries: entries.jsonl\n"
        "prompts: [{name: copy, template: 'Describe {{product}}', variables: [product]}]\n"
    )
    target = folder / "templates.almanac"
    subprocess.run(
        [ROOT / "dist" / "almanac", "compile", folder / "recipe.yaml", "-o", target], check=True, capture_output=True
    )
    return target


def compile_layers(folder):
    """A bundle, and a layer over it that replaces one of its two answers and deletes the other."""
    entries = {
        "base": [
            {"id": "hours", "question": "When is the library open?", "answer": "From nine."},
            {"id": "fees", "question": "What does a card cost?", "answer": "Five."},
        ],
        "layer": [
            {"id": "hours", "question": "When is the library open?", "answer": "Closed today."},
            {"id": "fees", "deleted": True},
        ],
    }
    paths = []
    for version, (name, lines) in enumerate(entries.items(), 1):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (folder / f"{name}.yaml").write_text(f"name: {name}\nversion: {version}\nentries: {name}.jsonl\n")
        paths.append(folder / f"{name}.almanac")
        over = ["--base", paths[0]] if name == "layer" else []
        subprocess.run(
            [ROOT / "dist" / "almanac", "compile", folder / f"{name}.yaml", "-o", paths[-1], *over],
            check=True,
            capture_output=True,
        )
    return paths


def tearDownModule():
    FOLDER.cleanup()


class BindingTest(unittest.TestCase):
    def setUp(self):
        self.bundle = almanac.Bundle(TINY)
        self.session = self.bundle.session()
        self.addCleanup(self.bundle.close)
        self.addCleanup(self.session.close)

    def test_a_stored_question_is_a_hit(self):
        reply = self.session.ask("library phone number")
        self.assertTrue(reply.is_hit)
        self.assertEqual((reply.entry, reply.via, reply.confidence), ("phone", "exact", 1.0))
        self.assertEqual(reply.answer, "Call 555 0142 for both branches.")
        self.assertIsNone(reply.reason)
        self.assertEqual(reply.bundle_version, 1)
        self.assertGreater(reply.micros, 0)

    def test_a_bundle_must_be_what_is_required(self):
        key = pathlib.Path(FOLDER.name) / "publisher"
        program = ROOT / "dist" / "almanac"
        if not key.with_suffix(".pub").exists():
            subprocess.run([program, "keygen", "-W", "-o", key], check=True, capture_output=True)
        signed = TINY.with_name("signed.almanac")
        subprocess.run([program, "sign", TINY, "-s", f"{key}.key", "-o", signed], check=True, capture_output=True)
        text = pathlib.Path(f"{key}.pub").read_text()
        for public_key in (text, text.splitlines()[1]):
            with almanac.Bundle(signed, public_key=public_key, minimum_version=1) as bundle:
                self.assertEqual(bundle.properties.version, 1)
        with self.assertRaisesRegex(almanac.AlmanacError, "not signed"):
            almanac.Bundle(TINY, public_key=text)
        with self.assertRaisesRegex(almanac.AlmanacError, "lower version"):
            almanac.Bundle(signed, minimum_version=2)
        with self.assertRaises(almanac.AlmanacError):
            almanac.Bundle(signed, public_key="no key")

    def test_a_layer_answers_over_its_bundle(self):
        folder = pathlib.Path(FOLDER.name)
        base, layer = compile_layers(folder)
        with almanac.Bundle(base, layer=layer) as bundle, bundle.session() as session:
            self.assertEqual(session.ask("when is the library open").answer, "Closed today.")
            self.assertFalse(session.ask("what does a card cost?").is_hit, "deleted")
            bundle.reload()
            self.assertEqual(session.ask("when is the library open").answer, "Closed today.")
            self.assertEqual(bundle.properties.version, 2)
            bundle.reload_layer(None)
            self.assertEqual(session.ask("what does a card cost?").answer, "Five.")
            with self.assertRaisesRegex(almanac.AlmanacError, f"{base} with the layer {TINY}: "):
                bundle.reload_layer(TINY)
            self.assertEqual(session.ask("what does a card cost?").answer, "Five.", "the old one goes on")
            bundle.reload_layer(layer, base, almanac.Mode.ALL)
            self.assertFalse(session.ask("what does a card cost?").is_hit)
            self.assertFalse(bundle.is_replaced)
            layer.with_suffix(".new").write_bytes(b"garbage" * 5000)
            layer.with_suffix(".new").rename(layer)
            self.assertTrue(bundle.is_replaced)
            with self.assertRaisesRegex(almanac.AlmanacError, "not a bundle"):
                bundle.reload()
            self.assertEqual(session.ask("when is the library open").answer, "Closed today.")
            self.assertFalse(session.ask("what does a card cost?").is_hit, "not answered from older text")
        with self.assertRaisesRegex(almanac.AlmanacError, "layer"):
            almanac.Bundle(TINY, layer=base)
        with self.assertRaisesRegex(almanac.AlmanacError, "No such file"):
            almanac.Bundle(base, layer="/nowhere/x.almanac")

    def test_a_layer_must_be_what_is_required(self):
        folder = pathlib.Path(FOLDER.name)
        base, layer = compile_layers(folder)
        program, key = ROOT / "dist" / "almanac", folder / "layers-publisher"
        subprocess.run([program, "keygen", "-W", "-o", key], check=True, capture_output=True)
        signed = {}
        for path in (base, layer):
            signed[path] = path.with_name(f"signed-{path.name}")
            subprocess.run([program, "sign", path, "-s", f"{key}.key", "-o", signed[path]], check=True, capture_output=True)
        text = pathlib.Path(f"{key}.pub").read_text()
        with almanac.Bundle(signed[base], layer=signed[layer], public_key=text, minimum_version=2) as bundle:
            with self.assertRaisesRegex(almanac.AlmanacError, "not signed"):
                bundle.reload_layer(layer)
        for files in ({"path": signed[base], "layer": layer}, {"path": base, "layer": signed[layer]}):
            with self.assertRaisesRegex(almanac.AlmanacError, "not signed"):
                almanac.Bundle(public_key=text, **files)
        with self.assertRaisesRegex(almanac.AlmanacError, r"lower version.*\(version 2\)"):
            almanac.Bundle(signed[base], layer=signed[layer], minimum_version=3)
        with self.assertRaisesRegex(almanac.AlmanacError, "minimum_version"):
            almanac.Bundle(base, minimum_version=-1)

    def test_every_mode_opens_a_layer(self):
        base, layer = compile_layers(pathlib.Path(FOLDER.name))
        for mode in almanac.Mode:
            with almanac.Bundle(base, mode, layer=layer) as bundle, bundle.session() as session:
                self.assertEqual(session.ask("when is the library open").answer, "Closed today.", mode)

    def test_a_fallback_says_why_and_whom_to_ask(self):
        reply = self.session.ask("how tall is the lighthouse")
        self.assertFalse(reply.is_hit)
        self.assertEqual((reply.reason, reply.answer, reply.via), ("no-match", None, None))
        self.assertIn(reply.route, ("small", "large"))

    def test_replies_are_those_of_the_reader(self):
        lines = (ROOT / "bundles/tiny/queries.jsonl").read_text().splitlines()
        questions = [json.loads(line)["query"] for line in lines]
        lines = "".join(json.dumps({"query": question, "now": 1790000000}) + "\n" for question in questions)
        done = subprocess.run(
            [ROOT / "dist" / "almanac-reader", TINY], input=lines.encode(), capture_output=True, check=True
        )
        for question, line in zip(questions, done.stdout.splitlines()):
            expected, found = json.loads(line), self.session.ask(question, now=1790000000)
            self.assertEqual(found.is_hit, expected["status"] == "hit", question)
            for key in ("answer", "reason", "entry", "source", "route", "via"):
                self.assertEqual(getattr(found, key), expected.get(key), (question, key))
            self.assertEqual(
                [(each.entry, each.question, each.confidence) for each in found.suggestions],
                [(each["entry"], each["question"], each["confidence"]) for each in expected.get("suggestions", [])],
            )

    def test_a_hit_says_what_its_answer_cost(self):
        usage = self.session.ask("How do I get a library card?").usage
        self.assertEqual(json.loads(usage), {"model": "example-large", "input_tokens": 412, "output_tokens": 38})
        self.assertIsNone(self.session.ask("how tall is the lighthouse").usage)

    def test_every_option_reaches_the_library(self):
        self.assertEqual(self.session.ask("When does the library open?").reason, "ambiguous")
        reply = self.session.ask("When does the library open?", scope={"branch": "hill"})
        self.assertEqual(reply.entry, "hours/hill")
        self.assertEqual(self.session.ask("and on Sundays?", turn=2).reason, "needs-context")
        self.assertEqual(self.session.ask("Where is the map room?", now=1790000000).reason, "not-yet-valid")
        vector = [1] * 384
        self.assertEqual(self.session.ask(vector=vector).reason, "encoder-mismatch")
        model = self.bundle.properties.vector_model
        self.assertEqual(self.session.ask(vector=vector, vector_model=model).reason, "no-match")
        self.assertEqual(self.session.ask(vector=bytes(384), vector_model=model).reason, "no-match")
        self.assertTrue(self.session.ask("library phone number", max_wrong=0).is_hit, "exact matches stay")

    def test_variables_fill_answers(self):
        with almanac.Bundle(compile_templates(pathlib.Path(FOLDER.name))) as bundle, bundle.session() as session:
            reply = session.ask(TEMPLATE, variables={"name": "Ada", "unused": 1})
            self.assertEqual((reply.answer, reply.variable), ("Dear Ada, it is due.", None))
            self.assertEqual(session.ask(TEMPLATE, variables={"name": True}).answer, "Dear true, it is due.")
            reply = session.ask(TEMPLATE, variables={"branch": True})
            self.assertEqual((reply.reason, reply.variable, reply.entry), ("missing-variable", "name", "reminder"))

    def test_a_prompt_is_asked_by_name(self):
        with almanac.Bundle(compile_templates(pathlib.Path(FOLDER.name))) as bundle, bundle.session() as session:
            self.assertEqual(session.ask(prompt="copy", variables={"product": "A"}).answer, "A is good.")
            self.assertEqual(session.ask("Describe A").entry, "copy/A")
            self.assertEqual(session.ask(prompt="copy", variables={"product": "B"}).reason, "no-match")
            self.assertEqual(session.ask(prompt="copy").variable, "product")
            with self.assertRaisesRegex(almanac.AlmanacError, "prompt"):
                session.ask("x", prompt="copy")

    def test_wrong_requests_are_errors(self):
        for arguments, words in (
            ({"question": None}, "neither text nor vector"),
            ({"question": "\ud800"}, "UTF-8"),
            ({"vector": [1], "vector_model": self.bundle.properties.vector_model}, "components"),
            ({"vector": [300]}, "-128 to 127"),
            ({"question": "x", "turn": 0}, "turn"),
            ({"question": "x", "turn": 2**32}, "turn"),
            ({"question": "x", "now": 2**63}, "now"),
            ({"question": "x", "max_wrong": 2}, "max_wrong"),
            ({"question": "x", "scope": {"a\0": 1}}, "zero byte"),
            ({"question": "x", "variables": {"a": "\0"}}, "zero byte"),
            ({"question": "x", "variables": {"a": "x" * 5000}}, "variables"),
        ):
            with self.assertRaisesRegex(almanac.AlmanacError, words):
                self.session.ask(**arguments)
        self.assertEqual(self.session.ask("a\0b").reason, "no-match", "a zero byte is a character like others")
        self.assertEqual(self.session.ask("x" * 5000).reason, "query-too-long")

    def test_files_that_are_no_bundles_are_errors(self):
        with self.assertRaisesRegex(almanac.AlmanacError, "No such file"):
            almanac.Bundle("/nowhere/x.almanac")
        with self.assertRaisesRegex(almanac.AlmanacError, "not a bundle") as caught:
            almanac.Bundle(__file__, almanac.Mode.COPY)
        self.assertEqual(caught.exception.status, 3)

    def test_a_reload_reaches_open_sessions(self):
        live = pathlib.Path(FOLDER.name) / "live.almanac"
        live.write_bytes(TINY.read_bytes())
        with almanac.Bundle(live) as bundle, bundle.session() as session:
            self.assertFalse(bundle.is_replaced)
            live.with_suffix(".new").write_bytes(b"garbage" * 5000)
            live.with_suffix(".new").rename(live)
            self.assertTrue(bundle.is_replaced)
            with self.assertRaisesRegex(almanac.AlmanacError, "not a bundle"):
                bundle.reload()
            self.assertFalse(bundle.is_replaced)
            self.assertTrue(session.ask("library phone number").is_hit)
            bundle.reload(TINY)
            self.assertTrue(session.ask("library phone number").is_hit)
            found = bundle.statistics
            self.assertEqual((found.exact_hits, found.reloads, found.failed_reloads), (2, 1, 1))
            self.assertEqual(sum(found.latency), 2)
            self.assertEqual(found.fallbacks["damaged"], 0)

    def test_threads_have_sessions_of_their_own(self):
        wrong = []

        def ask():
            with self.bundle.session() as session:
                wrong.extend(1 for _ in range(500) if not session.ask("library phone number").is_hit)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(self.bundle.statistics.exact_hits, 2000)

    def test_what_is_closed_says_so(self):
        self.session.close()
        with self.assertRaisesRegex(almanac.AlmanacError, "closed"):
            self.session.ask("x")
        self.bundle.close()
        for use in (self.bundle.session, self.bundle.reload, lambda: self.bundle.properties):
            with self.assertRaisesRegex(almanac.AlmanacError, "closed"):
                use()

    def test_describes_the_bundle(self):
        found = self.bundle.properties
        self.assertEqual((found.version, found.entry_count, found.dimensions), (1, 8, 384))
        self.assertGreater(found.expiry, 4_000_000_000)

    def test_a_library_that_is_missing_is_told(self):
        done = subprocess.run(
            [sys.executable, "-c", "import almanac; almanac.Bundle('x')"],
            env={**os.environ, "ALMANAC_LIBRARY": "/nowhere/libalmanac.so", "PYTHONPATH": sys.path[0]},
            capture_output=True,
            text=True,
        )
        self.assertIn("AlmanacError: /nowhere/libalmanac.so cannot be loaded", done.stderr)

    def test_every_public_name_has_a_docstring(self):
        for name in almanac.__all__:
            thing = getattr(almanac, name)
            self.assertTrue(thing.__doc__, name)
            for key, member in vars(thing).items():
                if not key.startswith("_") and (callable(member) or isinstance(member, property)):
                    self.assertTrue(member.__doc__, f"{name}.{key}")


if __name__ == "__main__":
    unittest.main()
