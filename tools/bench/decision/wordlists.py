"""Word lists, and the forms of English words that the trap rules need."""

from functools import cache

from noise import read_lines

IRREGULAR_PAST = {
    "send": "sent", "buy": "bought", "sell": "sold", "lend": "lent", "write": "wrote", "begin": "began", "take": "took",
    "give": "gave", "lose": "lost", "find": "found", "forget": "forgot", "leave": "left", "hide": "hid",
    "break": "broke", "build": "built", "keep": "kept", "split": "split", "read": "read", "withdraw": "withdrew",
    "win": "won",
    "unfreeze": "unfroze", "freeze": "froze", "shrink": "shrank", "sign": "signed", "get": "got", "put": "put",
}
DOUBLING = {
    "stop", "drop", "begin", "forget", "get", "put", "set", "cut", "run", "plan", "win", "split", "log", "opt", "map",
    "ship", "swap", "submit", "transfer", "hit", "sit", "chat", "tip", "program", "debug", "plug", "grep", "top",
    "pin", "trap", "step",
}
VOWELS = "aeiou"


def gerund(verb):
    """The -ing form; of several words, that of the first."""
    first, _, rest = verb.partition(" ")
    if first in DOUBLING:
        form = first + first[-1] + "ing"
    elif first.endswith("ie"):
        form = first[:-2] + "ying"
    elif first.endswith("e") and not first.endswith(("ee", "oe", "ye")) and first != "be":
        form = first[:-1] + "ing"
    else:
        form = first + "ing"
    return form + (f" {rest}" if rest else "")


def third_person(verb):
    """The -s form; of several words, that of the first."""
    first, _, rest = verb.partition(" ")
    if first.endswith("y") and first[-2] not in VOWELS:
        form = first[:-1] + "ies"
    else:
        form = first + ("es" if first.endswith(("s", "x", "ch", "sh", "o")) else "s")
    return form + (f" {rest}" if rest else "")


def past(verb):
    """The past tense; of several words, that of the first."""
    first, _, rest = verb.partition(" ")
    if first in IRREGULAR_PAST:
        form = IRREGULAR_PAST[first]
    elif first in DOUBLING:
        form = first + first[-1] + "ed"
    elif first.endswith("y") and first[-2] not in VOWELS:
        form = first[:-1] + "ied"
    else:
        form = first + ("d" if first.endswith("e") else "ed")
    return form + (f" {rest}" if rest else "")


@cache
def groups(name):
    """The lines of a word list, each as a tuple of its words or phrases."""
    return [tuple(line.split("|")) for line in read_lines(name)]


@cache
def antonyms():
    """For each word the words that mean the opposite."""
    return exchanges(groups("antonyms.txt"))


@cache
def actions():
    """For each form of a verb the same form of the verbs that ask for something else."""
    pairs = []
    for pair in groups("actions.txt"):
        pairs += [pair] + [tuple(form(verb) for verb in pair) for form in (third_person, gerund)]
        # "read" is both: which of the two it stands for cannot be told.
        if not any(past(verb) == verb for verb in pair):
            pairs.append(tuple(past(verb) for verb in pair))
    return exchanges(pairs)


def exchanges(pairs):
    """For each member of each group the other members."""
    found = {}
    for pair in pairs:
        for member in pair:
            found.setdefault(member, []).extend(
                other for other in pair if other != member and other not in found.get(member, []))
    return {member: others for member, others in found.items() if others}
