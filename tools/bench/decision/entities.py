"""Names of one class: what may stand for another name in a question, found in the set itself."""

import re
from collections import Counter, defaultdict

CAPITAL = r"[A-Z][\w+#&'.-]*[\w+#]"
CAPITALISED = re.compile(rf"(?<![.?!] )(?<!^)\b{CAPITAL}(?: (?:of |the |and |de |for )?{CAPITAL})*")
WORD = re.compile(r"[\w+#&'’.-]*[\w+#]")
MAXIMUM_WORDS = 5

# Names that may stand for the same thing.
SAME = (
    ("us", "usa", "united states", "america", "american"), ("uk", "united kingdom", "britain", "england", "english"),
    ("covid-19", "coronavirus", "sars-cov-2", "novel coronavirus"), ("va", "veterans affairs", "veteran", "veterans"),
    ("perl", "perl5", "perl 5"), ("nfl", "super bowl"), ("holland", "netherlands"),
)
NO_NAMES = set("i i'm i’m i've i’ve ok faq what how why when where who is are can do does".split())


class Names:
    """The names of a set and, for each, those of the same class."""

    def __init__(self, name_class, in_lower_case=True, shared=1):
        """`shared`: in how many classes two names must both be to stand for one another."""
        self._class = name_class
        self._in_lower_case = in_lower_case
        self._shared = shared
        members = defaultdict(list)
        for name in sorted(name_class):
            for label in name_class[name]:
                members[label].append(name)
        self._members = members
        names = sorted(name_class, key=lambda name: (-len(name), name))
        self._by_first_word = defaultdict(list)
        for name in names:
            self._by_first_word[name.split()[0].lower()].append(name)

    def replace(self, text, random):
        """The text with one name replaced by another of its class, and that other name; None where there is none."""
        found = list(self._occurrences(text))
        random.shuffle(found)
        for start, end, name in found:
            together = Counter(other for label in self._class[name] for other in self._members[label])
            others = sorted(
                other for other, count in together.items() if count >= self._shared and differs(name, other))
            if others:
                other = random.choice(others)
                written = text[start:end]
                other = other.lower() if written.islower() else other
                return text[:start] + other + text[end:], other
        return None

    def _occurrences(self, text):
        lower = text.lower()
        for word in WORD.finditer(lower):
            for name in self._by_first_word.get(word.group(), ()):
                end = word.start() + len(name)
                if lower[word.start():end] != name.lower() or lower[end:end + 1].isalnum():
                    continue
                if self._in_lower_case or text[word.start():end] == name:
                    yield word.start(), end, name
                    break


def differs(name, other):
    """Whether two names cannot mean the same."""
    first, second = name.lower(), other.lower()
    if set(first.split()) <= set(second.split()) or set(second.split()) <= set(first.split()):
        return False
    return not any(first in group and second in group for group in SAME)


def of_field(rows, field, group_field=None):
    """Names that the rows themselves give in a field, classed by another field if there is one."""
    return Names({row[field]: (row.get(group_field, ""),) for row in rows if row.get(field)})


def of_contexts(texts, answers=()):
    """Names found in the texts, classed by the words around them.

    A name is what is written with capitals inside a text or, where texts are in lower case, what an answer consists of.
    Two names are of one class if the same two words stand before both, or the same word before and after both.
    """
    texts = sorted(set(texts))
    capitalised = Counter(
        match.group() for text in texts for match in CAPITALISED.finditer(text) if not text.isupper())
    capitalised.update(
        answer for answer in answers
        if answer[:1].isupper() and len(answer.split()) <= 3 and not re.search(r"[\d,.]", answer))
    in_lower_case = bool(answers)
    plain = Counter(word for text in texts for word in text.split() if word.islower())
    names = {
        name.lower(): name for name in sorted(capitalised)
        if name.lower() not in NO_NAMES and len(name.split()) <= MAXIMUM_WORDS and len(name) > 1
        and (in_lower_case or plain[name.lower()] <= capitalised[name])}
    contexts = defaultdict(set)
    for text in texts:
        words = ["^", "^"] + [word.group().lower() for word in WORD.finditer(text)] + ["$"]
        for start in range(2, len(words) - 1):
            for length in range(1, 4):
                name = " ".join(words[start:start + length])
                if start + length < len(words) and name in names:
                    before, after = words[start - 1], words[start + length]
                    if before != "^":
                        contexts[names[name]].add((words[start - 2], before, "*"))
                        contexts[names[name]].add((before, after))
    shared = Counter(context for found in contexts.values() for context in found)
    classes = {
        name: tuple(sorted(context for context in found if 2 <= shared[context] <= 40))
        for name, found in contexts.items()}
    return Names({name: labels for name, labels in classes.items() if labels}, in_lower_case, shared=2)


def of_dataset(dataset):
    """The names of a set, from the best source it has."""
    entries = dataset.rows("entries")
    rows = entries + dataset.rows("queries-dev")
    if dataset.name == "dstc9-faq":
        domains = {row["entity"]: row["domain"] for row in entries}
        return of_field([{**row, "domain": place_class(row["entity"], domains)} for row in rows], "entity", "domain")
    if dataset.name == "medquad":
        return of_field(rows, "focus")
    answers = [entry["answer"] for entry in entries] if dataset.name == "nq-open" else ()
    return of_contexts((question for question, _ in dataset.stored), answers)


def place_class(name, domains):
    """The kind of a place: as the set says or, for one left out of it, as its name does."""
    if name in domains:
        return domains[name]
    return "hotel" if re.search(r"\b(?:hotel|inn|lodge|house|suites|motel|hostel)\b", name, re.I) else "restaurant"
