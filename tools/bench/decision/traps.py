"""Traps: real questions with one edit that changes what is asked."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import entities
import trap_rules
from datasets import MANY_WORDINGS, Query

PER_KIND = 80

# The share of an entry's wordings that a word must be in to be what the entry is about.
SHARED = 0.1

STOP_WORDS = frozenset("""
a about all also am an and any are as at be been being by can could did do does doing for from get give had has have
having how i if in into is it its just like make may me might must my of on one or our please provide provided
provides offer offers offered allow allowed available there should so some such that the their them then these they
this those to up us use used using was we were what when where which who whom whose why will with would you your
accept have need want
""".split())
WORD = re.compile(r"[\w+#]+(?:[.'’-][\w+#]+)*")


@dataclass(frozen=True)
class Trap:
    """An edited question, the kind of edit, and the entry that answers the question it was made from."""

    text: str
    kind: str
    source: str
    entry: str


def normal(text):
    """The words of a text, in order: two texts with the same are the same question."""
    return " ".join(word.lower() for word in WORD.findall(text))


def content(text):
    """The words of a text that carry its meaning, without a plural's s."""
    words = {word.lower() for word in WORD.findall(text)} - STOP_WORDS
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words)


class Stored:
    """The questions of a set, to tell whether an edit made a question that is stored too."""

    def __init__(self, questions):
        """`questions` are pairs (text, entry)."""
        self._normal = {normal(text) for text, _ in questions}
        self._contents = [(content(text), entry) for text, entry in questions]
        self._sets = {words for words, _ in self._contents}
        self._words_of_entry = defaultdict(Counter)
        self._wordings = Counter(entry for _, entry in questions)
        self._with_word = defaultdict(list)
        for index, (words, entry) in enumerate(self._contents):
            self._words_of_entry[entry].update(words)
            for word in words:
                self._with_word[word].append(index)

    def excuses(self, edited, source, entry):
        """Whether a hit for the edited question might be right.

        It is if the same question is stored; if all words that the edit brought occur in wordings of the same entry,
        which then speaks of both; if the words it took away are rare among those wordings; or if another entry has the
        words that it brought and most of the others.
        """
        words = content(edited)
        # Where only the order changed, the words are those of the source, and say nothing.
        if normal(edited) in self._normal or words != content(source) and words in self._sets:
            return True
        brought = words - content(source)
        if not brought:
            return False
        spoken_of = self._words_of_entry[entry]
        if all(word in spoken_of for word in brought):
            return True
        # "reviews of burger king" asks for reviews. Only an edit of what many wordings share changes what is asked.
        taken = content(source) - words
        if taken and max(spoken_of[word] for word in taken) < SHARED * self._wordings[entry]:
            return True
        rarest = min(brought, key=lambda word: (len(self._with_word[word]), word))
        for index in self._with_word[rarest]:
            other, owner = self._contents[index]
            if owner != entry and brought <= other and len(words & other) >= 0.6 * len(words | other):
                return True
        return False


def of_set(dataset, random):
    """At most PER_KIND traps of every kind from stored questions, and as many from labelled queries."""
    rules = dict(trap_rules.OF_MEANING)
    if dataset.name not in MANY_WORDINGS:
        names = entities.of_dataset(dataset)
        rules |= trap_rules.OF_DETAIL | {"entity": lambda text, random: (names.replace(text, random) or (None,))[0]}
    questions = dataset.stored
    asked = [(query.text, query.expect) for query in dataset.queries if query.expect is not None]
    stored = Stored(questions + asked)
    traps = []
    for sources in (sorted(questions), sorted(asked)):
        random.shuffle(sources)
        for kind, rule in rules.items():
            traps.extend(of_kind(kind, rule, sources, stored, random))
    return traps


def of_kind(kind, rule, sources, stored, random):
    """At most PER_KIND traps that `rule` makes of the `sources`."""
    found = {}
    for text, entry in sources:
        edited = rule(text, random)
        if edited is None or edited == text or edited in found or stored.excuses(edited, text, entry):
            continue
        found[edited] = Trap(edited, kind, text, entry)
        if len(found) == PER_KIND:
            break
    return list(found.values())


def as_queries(traps):
    """The traps as queries that must fall back."""
    return [Query(trap.text, None, f"trap/{trap.kind}") for trap in traps]
