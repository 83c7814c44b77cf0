"""What people do to a question when they write it: typos, courtesy, two questions in one message."""

import re
from pathlib import Path

WORDS = Path(__file__).parent / "words"

# The keys beside each key on a QWERTY keyboard.
NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jli",
    "l": "ko", "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}
LONG_WORD = re.compile(r"[A-Za-z]{4,}")

JOINS = (
    "{first} {second}", "{first} and {second}", "{bare}? Also, {second}", "{bare}. {second}", "{bare}; {second}",
    "First, {first} Second, {second}", "{first}\n{second}", "Two things: {bare}, and {second}",
    "{bare}, and by the way, {second}", "{bare}? And {second}", "1) {first} 2) {second}", "{bare} - also {second}",
)


def read_lines(name):
    """The lines of a word list, without blank ones and comments."""
    lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def with_typo(text, random):
    """The text with one typo in one word of at least four letters; unchanged if it has none.

    The first letter stays: hardly anyone mistypes it.
    """
    words = list(LONG_WORD.finditer(text))
    if not words:
        return text
    word = random.choice(words)
    changed = word.group()
    while changed == word.group():
        changed = mistyped(word.group(), random)
    return text[:word.start()] + changed + text[word.end():]


def mistyped(word, random):
    """The word with a neighbouring key, two letters exchanged, a letter dropped or doubled."""
    place = random.randrange(1, len(word))
    letter = word[place]
    match random.randrange(4):
        case 0:
            other = random.choice(NEIGHBOURS[letter.lower()])
            return word[:place] + (other.upper() if letter.isupper() else other) + word[place + 1:]
        case 1:
            place = min(place, len(word) - 2)
            return word[:place] + word[place + 1] + word[place] + word[place + 2:]
        case 2:
            return word[:place] + word[place + 1:]
        case _:
            return word[:place] + letter + word[place:]


def with_courtesy(text, random, templates):
    """The text inside a greeting, thanks or small talk."""
    return random.choice(templates).replace("\\n", "\n").replace("{question}", text)


def joined(first, second, random):
    """Both questions in one message."""
    return random.choice(JOINS).format(first=first, second=second, bare=first.rstrip(" .?!"))


def pairs(queries, count, random):
    """At most `count` pairs of answerable queries that expect different entries."""
    answerable = [query for query in queries if query.expect is not None]
    found = []
    for _ in range(20 * count):
        first, second = random.choice(answerable), random.choice(answerable)
        if first.expect != second.expect:
            found.append((first, second))
        if len(found) == count:
            break
    return found
