"""Minimal edits that turn a question into another one.

Each rule takes a question and a random generator and gives the edited question, or None where it does not apply.
The rules differ from those of the judge's training: no random number, no "not", no exchange of rare words, no "from X
to Y".
"""

import re

import wordlists
from noise import read_lines

NUMBER_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}
SPELLED = {value: word for word, value in NUMBER_WORDS.items()}
NUMBER = re.compile(r"(?<![\w.,$€£/-])(\d{1,3}(?:,\d{3})+|\d+)(?![\w/-]|[.,]\d)")
AMOUNT = re.compile(r"([$€£])(\d[\d,]*)(?![\w.])")
NUMBER_WORD = re.compile(r"\b(" + "|".join(NUMBER_WORDS) + r")\b", re.I)
YEAR = re.compile(r"\b(1[5-9]\d\d|20[0-4]\d)\b(?!-)")
IDENTIFIER = re.compile(
    r"\b(?!\d+(?:st|nd|rd|th|s)\b)(?=[\w.-]*[A-Za-z])(?=[\w.-]*\d)[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*\b")
ARTICLE = r"(?:(?:an?|the|my|your|our|their|its|this|that) )?"
NOUN = (
    r"(?!(?:to|is|are|it|i|you|we|the|a|an|be|in|on|of|and|or|not|my|your|he|she|they|do|does|that|there)\b)"
    r"[\w.'+#@/-]+")
ALONE = r"(?=$|[?.!,;]| (?:in|on|at|for|to|is|are|was|were|during|when|if|and|or|with|by|of)\b)"
CONNECTED = re.compile(
    rf"(?:^|\b(?:of|in|for|use|using|with|from|get|choose|prefer|was|were|is|are) )({ARTICLE}{NOUN}) "
    rf"(instead of|rather than|before|after|over|into|within|than) ({ARTICLE}{NOUN}){ALONE}")
CONVERTED = re.compile(
    r"\b(convert|change|translate|transform|migrate|port|connect|link|compare|add|apply|switch) "
    rf"({ARTICLE}{NOUN}) (to|into|in|with) ({ARTICLE}{NOUN})", re.I)
TAKEN = re.compile(
    rf"\b(call|run|load|import|extract|read|embed) ({ARTICLE}{NOUN}) (from) ({ARTICLE}{NOUN})", re.I)
SWITCHED = re.compile(r"\b(turn\w*|switch\w*|shut\w*|dim)\b((?: [\w']+){0,4}?) (on|off|up|down)\b", re.I)
STATE = re.compile(
    r"\b(?:is|are|be|stays?|remains?|still|currently|that's) (?:(?!to )[\w'&]+ ){0,5}?(open|closed)\b", re.I)
OPPOSITE = {"on": "off", "off": "on", "up": "down", "down": "up", "open": "closed", "closed": "open"}
PERSON = r"(?:i|you|we|people|someone|one|they)"
VERB = (
    r"(?!(?:like|help|tell|know|be|have|avoid|stop|keep|prevent|also|still|please)\b)([a-z]+)")
HOW = re.compile(
    rf"^(.*?\bhow (?:to|(?:do|can|could|should|would|may|might|did) {PERSON})) {VERB}\b(.*)$", re.I | re.S)
MAY = re.compile(rf"^(.*?\b(?:can|could|should|may|must|will|would) {PERSON}) {VERB}\b(.*)$", re.I | re.S)
WISH = re.compile(
    r"^(.*?\b(?:want|need|like|wish|trying|try|going) to) (?!(?:know|be|ask|see)\b)([a-z]+)\b(.*)$", re.I | re.S)
COMMANDS = (
    "set|play|order|book|call|schedule|post|tweet|buy|send|make|start|email|change|transfer|pay|remind|create|add|"
    "activate|cancel|freeze|move|open|update|report|increase|turn|put|delete|remove")
COMMAND = re.compile(
    rf"^(please |can you |could you |would you )?({COMMANDS})\b(?! of\b)(.*)$", re.I | re.S)
WITH = re.compile(
    r"(?<!wrong)(?<!deal)(?<!start)(?<!help)(?<!up)(?<!do)(?<!happen)(?<!associated)(?<!begin)(?<!satisfied)"
    r"(?<!agree)(?<!on) with (?=\w)")


def matching_case(word, model):
    """The word with a capital where `model` begins with one."""
    return word[0].upper() + word[1:] if model[:1].isupper() else word


def replaced(text, match, replacement, group=0):
    """The text with a group of a match replaced."""
    return text[:match.start(group)] + replacement + text[match.end(group):]


def exchange(text, random, table, not_after=()):
    """The text with one word or phrase of `table` replaced."""
    alternatives = "|".join(re.escape(phrase) for phrase in sorted(table, key=len, reverse=True))
    found = [
        match for match in re.finditer(rf"(?<![\w-])(?:{alternatives})(?![\w-])", text, re.I)
        if not text[:match.start()].lower().endswith(tuple(not_after))]
    if not found:
        return None
    match = random.choice(found)
    other = random.choice(table[match.group().lower()])
    return replaced(text, match, matching_case(other, match.group()))


def number(text, random):
    """One more, or ten times as many, in digits or spelled out."""
    found = [match for match in NUMBER.finditer(text) if not YEAR.fullmatch(match.group())]
    found += list(AMOUNT.finditer(text)) + list(NUMBER_WORD.finditer(text))
    if not found:
        return None
    match = random.choice(found)
    written = match.group()
    sign = written[0] if written[0] in "$€£" else ""
    value = NUMBER_WORDS.get(written.lower()) or int(written.lstrip("$€£").replace(",", ""))
    if len(written) > 9:
        return None
    value = value * 10 if value and random.random() < 0.5 else value + 1
    spelled = SPELLED.get(value)
    as_word = spelled and not sign and (written.isalpha() or random.random() < 0.3)
    return replaced(text, match, matching_case(spelled, written) if as_word else f"{sign}{value}")


def unit(text, random):
    """Another unit of the same kind of quantity."""
    table = {}
    for group in wordlists.groups("units.txt"):
        for form in (0, 1):
            names = [pair.split()[form] for pair in group]
            table |= {name: [other for other in names if other != name] for name in names if name not in table}
    quantity = r"(?:\d|\b(?:how many|how much|an?|per|each|every|few|several|" + "|".join(NUMBER_WORDS) + r"))[ -]?"
    found = list(re.finditer(rf"(?:{quantity})({'|'.join(sorted(table, key=len, reverse=True))})\b", text, re.I))
    if not found:
        return None
    match = random.choice(found)
    return replaced(text, match, random.choice(table[match.group(1).lower()]), 1)


def date(text, random):
    """Another day, month, season, time of day or year."""
    years = list(YEAR.finditer(text))
    if years:
        match = random.choice(years)
        return replaced(text, match, str(int(match.group()) + random.choice((-10, -2, -1, 1, 2, 10))))
    return exchange(text, random, wordlists.exchanges(wordlists.groups("dates.txt")))


def identifier(text, random):
    """Another digit at the end of a code, version or name."""
    found = list(IDENTIFIER.finditer(text))
    if not found:
        return None
    match = random.choice(found)
    last = re.search(r"\d(?=\D*$)", match.group())
    return replaced(text, match, replaced(match.group(), last, str((int(last.group()) + random.randrange(1, 5)) % 10)))


def antonym(text, random):
    """A word replaced by its opposite."""
    if match := STATE.search(text):
        return replaced(text, match, OPPOSITE[match.group(1).lower()], 1)
    return exchange(text, random, wordlists.antonyms(), not_after=("how ", "at ", "no ", "so ", "too ", "direct "))


def action(text, random):
    """A verb replaced by one that asks for something else."""
    switched = list(SWITCHED.finditer(text))
    if switched:
        match = random.choice(switched)
        return replaced(text, match, OPPOSITE[match.group(3).lower()], 3)
    return exchange(text, random, wordlists.actions(), not_after=("the ", "a ", "my ", "your "))


def negation(text, random):
    """The opposite asked for without the word "not": never, without, stop, avoid, keep from."""
    edits = []
    if match := HOW.match(text):
        start, verb, rest = match.groups()
        doing = wordlists.gerund(verb.lower())
        edits += [
            f"{start} avoid {doing}{rest}", f"{start} stop {doing}{rest}",
            f"{start} keep others from {doing}{rest}"]
    elif match := MAY.match(text):
        start, verb, rest = match.groups()
        edits += [f"{start} never {verb}{rest}", f"{start} avoid {wordlists.gerund(verb.lower())}{rest}"]
    if match := WISH.match(text):
        start, verb, rest = match.groups()
        edits.append(f"{start} avoid {wordlists.gerund(verb.lower())}{rest}")
    if match := COMMAND.match(text):
        asked, verb, rest = match.groups()
        edits += [
            f"{asked or ''}never {verb.lower()}{rest}", f"{asked or ''}stop {wordlists.gerund(verb.lower())}{rest}"]
    if match := WITH.search(text):
        edits.append(replaced(text, match, " without "))
    if " using " in text and " without using " not in text:
        edits.append(text.replace(" using ", " without using ", 1))
    return random.choice(edits) if edits else None


def direction(text, random):
    """The two sides of "A instead of B", "A before B", "convert A into B" or "call A from B" exchanged."""
    found = [(match, 1, 3) for match in CONNECTED.finditer(text)]
    found += [(match, 2, 4) for pattern in (CONVERTED, TAKEN) for match in pattern.finditer(text)]
    if not found:
        return None
    match, first, second = random.choice(found)
    return (
        text[:match.start(first)] + match.group(second) + text[match.end(first):match.start(second)]
        + match.group(first) + text[match.end(second):])


def scope(text, random):
    """A phrase that narrows the question."""
    phrases = [phrase for phrase in read_lines("scopes.txt") if phrase not in text]
    body = text.rstrip(" .?!")
    return f"{body} {random.choice(phrases)}{text[len(body):]}"


# Kinds that change what is asked whatever the set. Where an entry is an intent with many wordings ("set a 4 minute
# timer"), numbers, units, dates, names and scopes are slots of it: another value asks for the same answer.
OF_MEANING = {"antonym": antonym, "action": action, "negation": negation}
OF_DETAIL = {
    "number": number, "unit": unit, "date": date, "identifier": identifier, "direction": direction, "scope": scope}
