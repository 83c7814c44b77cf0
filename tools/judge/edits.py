"""Minimal edits of questions: some change the answer, some keep it.

Every edit that changes the answer is balanced by one that keeps it, on the same question. Otherwise a judge learns that a
changed word means a wrong answer and bundles with one wording serve next to nothing.
"""

import re

STOP_WORDS = frozenset("a an the is are was were do does did of to in on for with and or can could i you me my it that this".split())
OPENINGS = (
    (r"^how (do|can|could|should|would) (i|you|we|one) ", ("how do i ", "how can i ", "how to ", "what is the way to ",
     "is there a way to ", "what's the best way to ", "how should i ", "i need to know how to ", "can you explain how to ")),
    (r"^how to ", ("how do i ", "how can i ", "what is the way to ", "how would one ")),
    (r"^what (is|are) (an? |the )?", ("what's ", "what is meant by ", "define ", "explain ", "tell me about ",
     "can you explain ", "what exactly is ", "give me information on ")),
    (r"^(can|may|could) i ", ("is it possible to ", "am i allowed to ", "may i ", "is there any way i can ", "could i ")),
    (r"^where (can|do|could) i ", ("where do i ", "where can i ", "what is the place to ", "where should i ")),
    (r"^why (is|does|do|are) ", ("what is the reason that ", "how come ", "for what reason does ")),
    (r"^who (is|was) ", ("who's ", "tell me who was ", "do you know who is ")),
    (r"^when (is|was|did) ", ("on what date was ", "what time is ", "in which year did ", "do you know when ")),
)
PREFIXES = ("can you tell me ", "i'd like to know ", "i was wondering ", "do you know ", "please tell me ",
            "just wondering, ", "quick question: ", "so ", "ok ", "um ")
SUFFIXES = (" please", " thanks", " exactly", " these days", " do you know", " again", "?")
NUMBERS = "one two three four five six seven eight nine ten".split()
AUXILIARIES = frozenset("is are was were do does did can could will would should may must has have".split())


def words(text):
    return text.split()


def typo(text, random):
    tokens = words(text)
    long = [place for place, token in enumerate(tokens) if len(token) >= 4 and token.isalpha()]
    if not long:
        return text
    place = int(random.choice(long))
    token = tokens[place]
    at = int(random.integers(1, len(token) - 1))
    kind = int(random.integers(3))
    if kind == 0:
        token = token[:at] + token[at + 1] + token[at] + token[at + 2:]
    elif kind == 1:
        token = token[:at] + token[at + 1:]
    else:
        token = token[:at] + token[at] + token[at:]
    tokens[place] = token
    return " ".join(tokens)


def drop_stop_words(text, random):
    kept = [token for token in words(text) if token.lower() not in STOP_WORDS or random.random() < 0.4]
    return " ".join(kept) if len(kept) >= 2 else text


def reopen(text, random):
    lower = text[:1].lower() + text[1:]
    for pattern, openings in OPENINGS:
        if re.search(pattern, lower, re.IGNORECASE):
            return re.sub(pattern, str(random.choice(openings)), lower, count=1, flags=re.IGNORECASE)
    return str(random.choice(PREFIXES)) + lower


def preserve(text, random):
    """One or two edits that leave what is asked as it is."""
    makers = (typo, drop_stop_words, reopen, reopen, lambda text, random: str(random.choice(PREFIXES)) + text,
              lambda text, random: text.rstrip("?. ") + str(random.choice(SUFFIXES)))
    edited = makers[int(random.integers(len(makers)))](text, random)
    if random.random() < 0.5:
        edited = makers[int(random.integers(len(makers)))](edited, random)
    return edited


def swap_number(text, random):
    tokens = words(text)
    places = [place for place, token in enumerate(tokens) if re.search(r"\d", token) or token.lower() in NUMBERS]
    if not places:
        return None
    place = int(random.choice(places))
    if re.search(r"\d", tokens[place]):
        tokens[place] = re.sub(r"\d+", lambda found: str(int(found[0]) + int(random.integers(1, 9))), tokens[place], count=1)
    else:
        tokens[place] = str(random.choice([number for number in NUMBERS if number != tokens[place].lower()]))
    return " ".join(tokens)


def toggle_negation(text, random):
    tokens = words(text)
    for place, token in enumerate(tokens):
        if token.lower() in ("not", "never", "cannot"):
            return " ".join(tokens[:place] + (["can"] if token.lower() == "cannot" else []) + tokens[place + 1:])
        if token.lower().endswith("n't"):
            return " ".join(tokens[:place] + [token[:-3]] + tokens[place + 1:])
    for place, token in enumerate(tokens[:-1]):
        if token.lower() in AUXILIARIES:
            at = place + (2 if place + 2 < len(tokens) and place == 0 else 1)
            return " ".join(tokens[:at] + ["not"] + tokens[at:])
    return None


def rare_words(texts):
    counts = {}
    for text in texts:
        for token in set(re.findall(r"[\w']+", text)):
            counts[token] = counts.get(token, 0) + 1
    return {token for token, count in counts.items() if count <= max(3, len(texts) // 500) and len(token) > 2
            and token.lower() not in STOP_WORDS}


def exchange_entity(text, other, rare, random):
    """Puts a rare word of another question in the place of one of this one."""
    own = [token for token in re.findall(r"[\w']+", text) if token in rare]
    theirs = [token for token in re.findall(r"[\w']+", other) if token in rare and token not in own]
    if not own or not theirs:
        return None
    old, new = str(random.choice(own)), str(random.choice(theirs))
    return re.sub(r"\b" + re.escape(old) + r"\b", lambda _: new, text, count=1)


def reverse_direction(text, random):
    found = re.search(r"\b(\w+) (to|into|than|from|before|after) (\w+)\b", text)
    if not found or found[1].lower() in STOP_WORDS or found[3].lower() in STOP_WORDS:
        return None
    return text[:found.start()] + f"{found[3]} {found[2]} {found[1]}" + text[found.end():]


def balanced(texts, owners, all_texts, random):
    """For each question one edit that changes the answer, where one can be made, and one that keeps it."""
    rare = rare_words(all_texts)
    known = {text.lower() for text in all_texts}
    queries = []
    for text, owner in zip(texts, owners):
        queries.append((preserve(text, random), owner))
        other = all_texts[int(random.integers(len(all_texts)))]
        makers = [
            lambda: swap_number(text, random), lambda: toggle_negation(text, random),
            lambda: exchange_entity(text, other, rare, random), lambda: reverse_direction(text, random)]
        for place in random.permutation(len(makers)):
            edited = makers[place]()
            if edited and edited.lower() != text.lower() and edited.lower() not in known:
                queries.append((edited, None))
                break
        else:
            queries.pop()
    return queries
