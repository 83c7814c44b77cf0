"""The generators keep what they promise; none of this needs data, numpy or the product."""

import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import curve
import entities
import noise
import trap_rules
import traps
import wordlists

QUESTIONS = [
    "How do I open a file with two handles?", "Can I bring 3 dogs on Monday before noon?", "set a timer for 20 minutes",
    "What is the best way to install the printer driver?", "Is the pool open in the summer of 2014?", "",
    "How much does a 50 gallon tank cost?", "Should I use a list instead of a tuple?", "turn the lights on please",
]


class NoiseTests(unittest.TestCase):
    def test_a_typo_changes_one_long_word_by_one_edit(self):
        for seed in range(300):
            generator = random.Random(seed)
            text = QUESTIONS[seed % len(QUESTIONS)]
            changed = noise.with_typo(text, generator).split(" ")
            words = text.split(" ")
            self.assertEqual(len(words), len(changed))
            different = [(word, other) for word, other in zip(words, changed) if word != other]
            self.assertEqual(len(different), 1 if text else 0)
            for word, other in different:
                self.assertLessEqual(abs(len(word) - len(other)), 1)
                self.assertEqual(word[0], other[0])
                self.assertTrue(any(letter.isalpha() for letter in word))
                self.assertEqual([c for c in word if c.isdigit()], [c for c in other if c.isdigit()])

    def test_short_words_and_numbers_are_left_alone(self):
        self.assertEqual(noise.with_typo("is it 2024 or not", random.Random(1)), "is it 2024 or not")

    def test_courtesy_keeps_the_question_whole(self):
        templates = noise.read_lines("courtesy.txt")
        self.assertGreaterEqual(len(templates), 40)
        for template in templates:
            self.assertEqual(template.count("{question}"), 1, template)
            self.assertGreater(len(template), len("{question}"), template)
        self.assertIn("{x} costs 5 %?", noise.with_courtesy("{x} costs 5 %?", random.Random(3), templates))

    def test_joined_questions_are_both_there(self):
        for seed in range(50):
            text = noise.joined("how do I pay?", "where is my {order}?", random.Random(seed))
            self.assertIn("how do I pay", text)
            self.assertIn("where is my {order}", text)


class TrapRuleTests(unittest.TestCase):
    def edits(self, rule, text):
        return {rule(text, random.Random(seed)) for seed in range(40)}

    def test_every_rule_leaves_the_text_or_changes_it(self):
        rules = trap_rules.OF_MEANING | trap_rules.OF_DETAIL
        for text in QUESTIONS[:5] + QUESTIONS[6:]:
            for kind, rule in rules.items():
                for edited in self.edits(rule, text):
                    self.assertNotEqual(edited, text, kind)

    def test_the_same_seed_gives_the_same_edit(self):
        for rule in (trap_rules.OF_MEANING | trap_rules.OF_DETAIL).values():
            for text in QUESTIONS:
                self.assertEqual(rule(text, random.Random(5)), rule(text, random.Random(5)))

    def test_numbers_grow(self):
        self.assertEqual(
            self.edits(trap_rules.number, "a table for 2 people"),
            {"a table for 3 people", "a table for three people", "a table for 20 people", "a table for twenty people"})
        self.assertEqual(self.edits(trap_rules.number, "COVID-19 in version 5.8"), {None})

    def test_units_dates_and_codes_change_and_stay_of_their_kind(self):
        self.assertNotIn(None, self.edits(trap_rules.unit, "a 50 gallon tank"))
        self.assertEqual(self.edits(trap_rules.unit, "the second half"), {None})
        self.assertIn("open on Sunday", self.edits(trap_rules.date, "open on Monday"))
        self.assertTrue(all(edit.startswith("is UTF-") for edit in self.edits(trap_rules.identifier, "is UTF-8")))

    def test_verbs_and_states_turn_round(self):
        self.assertEqual(self.edits(trap_rules.action, "how to install curl"), {"how to uninstall curl"})
        self.assertEqual(self.edits(trap_rules.action, "turn the lights on"), {"turn the lights off"})
        self.assertEqual(self.edits(trap_rules.antonym, "is the shop open today"), {"is the shop closed today"})

    def test_directions_are_exchanged_with_their_articles(self):
        self.assertEqual(
            self.edits(trap_rules.direction, "Should I use a list instead of a tuple?"),
            {"Should I use a tuple instead of a list?"})

    def test_negation_does_without_the_word_not(self):
        edits = self.edits(trap_rules.negation, "How do I open a file?")
        self.assertIn("How do I avoid opening a file?", edits)
        self.assertFalse(any(" not " in edit for edit in edits))


class TrapTests(unittest.TestCase):
    stored = traps.Stored([
        ("install curl", "install"), ("set up curl", "install"), ("uninstall the old perl", "uninstall"),
        ("close my account", "account"), ("lock the account", "account")])

    def test_what_another_entry_answers_is_no_trap(self):
        self.assertTrue(self.stored.excuses("uninstall old Perl!", "install old perl", "install"))

    def test_what_the_entry_speaks_of_is_no_trap(self):
        self.assertTrue(self.stored.excuses("lock my account", "close my account", "account"))

    def test_another_order_of_the_same_words_is_a_trap(self):
        stored = traps.Stored([("use lists instead of tuples", "lists")])
        self.assertFalse(stored.excuses("use tuples instead of lists", "use lists instead of tuples", "lists"))
        self.assertTrue(stored.excuses("Use lists instead of tuples?", "use tuples instead of lists", "tuples"))

    def test_what_nothing_speaks_of_is_a_trap(self):
        self.assertFalse(self.stored.excuses("remove curl", "install curl", "install"))

    def test_names_are_exchanged_within_their_class(self):
        names = entities.of_field(
            [{"name": "Rome", "kind": "city"}, {"name": "Oslo", "kind": "city"}, {"name": "Rover", "kind": "dog"}],
            "name", "kind")
        self.assertEqual(names.replace("flights to Rome", random.Random(1)), ("flights to Oslo", "Oslo"))
        self.assertIsNone(names.replace("is Rover home", random.Random(1)))


class WordTests(unittest.TestCase):
    def test_verb_forms(self):
        self.assertEqual(wordlists.gerund("stop"), "stopping")
        self.assertEqual(wordlists.gerund("agree to"), "agreeing to")
        self.assertEqual(wordlists.gerund("create"), "creating")
        self.assertEqual(wordlists.third_person("deny"), "denies")
        self.assertEqual(wordlists.past("withdraw"), "withdrew")

    def test_the_lists_are_long_enough_and_turn_round(self):
        self.assertGreaterEqual(len(wordlists.groups("antonyms.txt")), 80)
        for word, others in (wordlists.antonyms() | wordlists.actions()).items():
            self.assertNotIn(word, others)


class CurveTests(unittest.TestCase):
    def test_equal_scores_are_answered_together(self):
        candidates = [(3, True), (2, True), (2, False), (1, True)]
        self.assertEqual(curve.best_point(candidates, 0), (1, 0, 3))
        self.assertEqual(curve.best_point(candidates, 1), (3, 1, 1))

    def test_the_budget_is_a_share_of_all_requests(self):
        candidates = [(9, True), (8, False), (7, True)]
        self.assertEqual(curve.served_at(candidates, 100, 4), [0.5, 0.5, 0.5])
        self.assertEqual(curve.served_at(candidates, 99, 4), [0.25, 0.5, 0.5])


if __name__ == "__main__":
    unittest.main()
