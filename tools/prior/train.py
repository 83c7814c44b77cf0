#!/usr/bin/env python3
"""Train the general prior: a token table that maps text to a vector in the space of all-MiniLM-L6-v2.

    python3 tools/prior/train.py ../shared/data --output Sources/CPrior/prior.bin

README.md beside this file tells what the table is for and how well it does. The steps are:

1. read the questions and cut them into words, as the reader's tokeniser does;
2. choose a vocabulary of whole words and of pieces for the words left out;
3. solve for the rows that reproduce the embeddings best in the least-squares sense (conjugate gradients);
4. improve them by gradient descent on the cosine, and on how well a question's vector tells its embedding from others;
5. round the rows to int8, measure, and write the file.

Needs numpy and scipy, 6 GB of memory and one processor core.
"""

import os

# One thread, set before numpy starts its own: the order of additions, and so the output, then depends on nothing but the
# versions of the libraries.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import collections
import heapq
import json
import re
import struct
import time
import unicodedata

import numpy
import scipy.sparse

DIMENSIONS = 384
EMBEDDING_SPACE = b"all-MiniLM-L6-v2"
MAXIMUM_FILE_BYTES = 8_000_000
MAXIMUM_PIECE_BYTES = 24
MAXIMUM_WORD_BYTES = 64
MAXIMUM_TOKENS = 128

# The training's settings; README.md tells what else was tried.
SEED = 1
TOKENS = 20_200
PREFIXES = 900
CONTINUATIONS = 2_600
RIDGE = 2.0
RIDGE_STEPS = 20
EPOCHS = 4
BATCH = 2_048
LEARNING_RATE = 1e-3
ROW_PENALTY = 0.3
SOURCE_EVENNESS = 0.4
CONTRAST_WEIGHT = 20.0
TEMPERATURE = 0.03
NEARBY_SHARE = 0.7
NEARBY_GROUPS = 96

# Measured on, never trained on: each has stored vectors and queries with a known right entry.
MEASURED_SETS = ("clinc150", "banking77", "hwu64", "va-faq", "covid-cdc-faq")


# Text to words. The Swift reader is the reference; this follows it for ordinary text.

TRAILING = ".?!…。？！؟।"


def fold_scalar(scalar):
    """Simple case folding: one scalar in, one scalar out."""
    for folded in (scalar.casefold(), scalar.lower()):
        if len(folded) == 1:
            return folded
    return scalar


class Folding(dict):
    """A table for str.translate that is filled as scalars are met."""

    def __missing__(self, number):
        self[number] = fold_scalar(chr(number))
        return self[number]


FOLDING = Folding()


def normal_form(text):
    text = unicodedata.normalize("NFC", text).translate(FOLDING)
    return " ".join(text.split()).rstrip(TRAILING + " ")


def is_ideograph_or_kana(scalar):
    """Whether the scalar is Han, Hiragana or Katakana. Python has no script property; the names are close enough."""
    return unicodedata.name(scalar, "").startswith((
        "CJK UNIFIED", "CJK COMPATIBILITY IDEO", "HIRAGANA", "KATAKANA LETTER", "HALFWIDTH KATAKANA"))


def character_set(numbers):
    """The inside of a regular expression's bracket that matches these scalars."""
    ranges = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def word_pattern():
    in_words, alone, symbols = [], [], []
    for number in range(0x110000):
        scalar = chr(number)
        category = unicodedata.category(scalar)
        if category[0] in "LN" and number >= 0x2E80 and is_ideograph_or_kana(scalar):
            alone.append(number)
        elif category[0] in "LMN":
            in_words.append(number)
        elif (category in ("Sm", "Sc", "So", "Sk") and scalar != "`") or scalar in "#%&@*/\\:":
            symbols.append(number)
    word = f"[{character_set(in_words)}]+"
    # An apostrophe belongs to a word only between two scalars of the word.
    return re.compile(f"{word}(?:['\u2019]{word})*|[{character_set(alone)}]|[{character_set(symbols)}]")


WORD_PATTERN = word_pattern()


def words_of(text):
    return [word.replace("\u2019", "'") for word in WORD_PATTERN.findall(normal_form(text))]


def byte_length(text):
    return len(text.encode("utf-8"))


# Words to tokens.


class Vocabulary:
    """The pieces by number: those that start a word, then those that continue one, each by their bytes."""

    def __init__(self, starts, continuations):
        self.starts = sorted(starts, key=lambda piece: piece.encode("utf-8"))
        self.continuations = sorted(continuations, key=lambda piece: piece.encode("utf-8"))
        self.start_numbers = {piece: number for number, piece in enumerate(self.starts)}
        self.continuation_numbers = {
            piece: number + len(self.starts) for number, piece in enumerate(self.continuations)}
        self.known_words = {}

    def __len__(self):
        return len(self.starts) + len(self.continuations)

    def tokens_of_word(self, word):
        tokens = self.known_words.get(word)
        if tokens is None:
            tokens = self.known_words[word] = self.split(word)
        return tokens

    def split(self, word):
        """Greedy longest match; a scalar that no piece matches is skipped."""
        word = word.encode("utf-8")[:MAXIMUM_WORD_BYTES].decode("utf-8", "ignore")
        tokens, position, numbers = [], 0, self.start_numbers
        while position < len(word):
            # No piece has more bytes than this, so none has more scalars.
            end = min(len(word), position + MAXIMUM_PIECE_BYTES)
            while end > position and word[position:end] not in numbers:
                end -= 1
            if end > position:
                tokens.append(numbers[word[position:end]])
                position = end
            else:
                position += 1
            numbers = self.continuation_numbers
        return tokens

    def counts(self, texts):
        """One row for each text, given as its words: how often each token occurs in it."""
        tokens, ends = [], [0]
        for words in texts:
            of_text = [token for word in words for token in self.tokens_of_word(word)]
            tokens += of_text[:MAXIMUM_TOKENS]
            ends.append(len(tokens))
        matrix = scipy.sparse.csr_matrix(
            (numpy.ones(len(tokens), numpy.float32), numpy.array(tokens, numpy.int32), numpy.array(ends, numpy.int32)),
            shape=(len(texts), len(self)))
        matrix.sum_duplicates()
        return matrix


# Letters and digits that get a piece of each kind, so that nearly any word yields some token.
SINGLE_CHARACTERS = (
    "0123456789abcdefghijklmnopqrstuvwxyz"
    "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßāăąćčďđēęěğīıłńňōőœřśşšţťūůűźżžșț"
    "αβγδεζηθικλμνξοπρςστυφχψωάέήίόύώ"
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ")
ENDINGS = ("'s", "'t", "'m", "'d", "'ll", "'re", "'ve", "s", "ing", "ed", "ly")


def longest_start(word, starts):
    """Length of the longest piece that starts the word without being all of it."""
    return max((length for length in range(1, len(word)) if word[:length] in starts), default=0)


def choose_vocabulary(word_counts):
    """Frequent words whole; for the others, beginnings that match more of them and continuations for what is left."""
    characters = set(SINGLE_CHARACTERS)
    character_counts = collections.Counter()
    for word, count in word_counts.items():
        for character in word:
            character_counts[character] += count
    characters |= {character for character, count in character_counts.items() if count >= 3}
    starts = characters - {"'"}
    continuations = characters | set(ENDINGS)

    ranked = sorted(
        (word for word in word_counts if len(word) > 1 and byte_length(word) <= MAXIMUM_PIECE_BYTES),
        key=lambda word: (-word_counts[word], word))
    whole_words = TOKENS - PREFIXES - CONTINUATIONS - len(starts) - len(continuations)
    starts |= set(ranked[:whole_words])

    # A beginning is worth the characters it takes in beyond the longest piece that matches now. The power keeps one
    # frequent word from outweighing many rare ones that a beginning would serve as well.
    gains = collections.Counter()
    for word, count in word_counts.items():
        if word not in starts:
            matched = longest_start(word, starts)
            for length in range(matched + 1, min(len(word), 9)):
                gains[word[:length]] += count ** 0.75 * (length - matched)
    starts |= set(sorted(gains, key=lambda piece: (-gains[piece], piece))[:PREFIXES])

    # What the beginnings leave over. Whole words count a little too: their endings are those of words not seen here.
    remainders = collections.Counter()
    for word, count in word_counts.items():
        remainder = word[longest_start(word, starts):]
        if len(remainder) > 1:
            remainders[remainder] += count if word not in starts else min(count, 3) * 0.5
    wanted = CONTINUATIONS + len(characters)
    for piece in merged_pieces(remainders):
        if len(continuations) >= wanted:
            break
        if byte_length(piece) <= MAXIMUM_PIECE_BYTES:
            continuations.add(piece)

    # Beginnings overlap, so some match no word once the longer ones are in. Their places go to further whole words; those
    # in turn leave other pieces without a word, hence the rounds.
    kept = characters | set(ENDINGS)
    further = iter(ranked[whole_words:])
    for _ in range(4):
        while len(starts) + len(continuations) < TOKENS:
            starts.add(next(further))
        vocabulary = Vocabulary(starts, continuations)
        used = {token for word in word_counts for token in vocabulary.tokens_of_word(word)}
        starts = {piece for piece in starts if piece in kept or vocabulary.start_numbers[piece] in used}
        continuations = {
            piece for piece in continuations if piece in kept or vocabulary.continuation_numbers[piece] in used}
    return Vocabulary(starts, continuations)


def merged_pieces(strings):
    """Byte-pair merging over characters: yields the piece of the most frequent adjacent pair, again and again."""
    sequences = [list(string) for string in strings]
    weights = list(strings.values())
    pair_counts, places = collections.Counter(), collections.defaultdict(set)
    for number, sequence in enumerate(sequences):
        for pair in zip(sequence, sequence[1:]):
            pair_counts[pair] += weights[number]
            places[pair].add(number)
    queue = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(queue)
    while queue:
        negative_count, pair = heapq.heappop(queue)
        if pair_counts[pair] != -negative_count:
            continue  # counted anew since it was queued
        if -negative_count < 2:
            return
        yield pair[0] + pair[1]
        touched = set()
        for number in sorted(places.pop(pair)):
            sequence, merged, position = sequences[number], [], 0
            for old in zip(sequence, sequence[1:]):
                pair_counts[old] -= weights[number]
                touched.add(old)
            while position < len(sequence):
                if tuple(sequence[position:position + 2]) == pair:
                    merged.append(pair[0] + pair[1])
                    position += 2
                else:
                    merged.append(sequence[position])
                    position += 1
            sequences[number] = merged
            for new in zip(merged, merged[1:]):
                pair_counts[new] += weights[number]
                places[new].add(number)
                touched.add(new)
        for pair in sorted(touched):
            if pair_counts[pair] > 0:
                heapq.heappush(queue, (-pair_counts[pair], pair))


# Rows.


def unit_rows(matrix):
    return matrix / numpy.maximum(numpy.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)


def solve_ridge(counts, targets):
    """The rows that minimise |counts × rows - targets|² + RIDGE × |rows|², by conjugate gradients, all columns at once."""
    products = (counts.T @ counts).tocsr().astype(numpy.float32)
    right_side = (counts.T @ targets).astype(numpy.float32)
    diagonal = (products.diagonal() + RIDGE)[:, None]
    rows = right_side / diagonal
    residual = right_side - products @ rows - RIDGE * rows
    scaled = residual / diagonal
    direction = scaled.copy()
    size = numpy.einsum("ij,ij->j", residual, scaled)
    for _ in range(RIDGE_STEPS):
        image = products @ direction + RIDGE * direction
        # A component that MiniLM never uses is zero throughout; the bound keeps it from becoming 0/0.
        step = size / numpy.maximum(numpy.einsum("ij,ij->j", direction, image), 1e-20)
        rows += step * direction
        residual -= step * image
        scaled = residual / diagonal
        new_size = numpy.einsum("ij,ij->j", residual, scaled)
        direction *= new_size / numpy.maximum(size, 1e-20)
        direction += scaled
        size = new_size
    return rows


def softmax(similarities):
    similarities /= TEMPERATURE
    similarities -= similarities.max(1, keepdims=True)
    numpy.exp(similarities, out=similarities)
    similarities /= similarities.sum(1, keepdims=True)
    return similarities


def batches(embeddings, random):
    """The questions in random order, in batches. In some batches all questions are near one another: telling those apart
    is what search must do, and random ones are told apart too easily."""
    number = len(embeddings) // BATCH
    order = random.permutation(len(embeddings))[:number * BATCH]
    centres = embeddings[random.choice(len(embeddings), NEARBY_GROUPS, replace=False)]
    groups = numpy.concatenate([
        (embeddings[first:first + 16_384] @ centres.T).argmax(1) for first in range(0, len(embeddings), 16_384)])
    nearby = order[:int(NEARBY_SHARE * number) * BATCH]
    order[:len(nearby)] = nearby[numpy.argsort(groups[nearby], kind="stable")]
    return order.reshape(number, BATCH)[random.permutation(number)]


def improve(rows, counts, embeddings, weights):
    """Gradient descent (Adam) on, for each question: minus the cosine between its vector and its embedding, plus
    the cross entropy between two distributions over the batch's embeddings: by likeness to the question's own embedding, and
    by likeness to its vector."""
    random = numpy.random.default_rng(SEED)
    momentum, second, scratch = (numpy.zeros_like(rows) for _ in range(3))
    momentum_decay, second_decay = 0.9, 0.98
    steps, step = EPOCHS * (len(embeddings) // BATCH), 0
    for epoch in range(EPOCHS):
        began, cosine_sum = time.time(), 0.0
        order = batches(embeddings, random)
        for members in order:
            step += 1
            batch, target, weight = counts[members], embeddings[members], weights[members][:, None]
            sums = batch @ rows
            lengths = numpy.maximum(numpy.linalg.norm(sums, axis=1, keepdims=True), 1e-3)
            vectors = sums / lengths
            cosine_sum += float((vectors * target).sum(1).mean())
            found = softmax(vectors @ target.T)
            found -= softmax(target @ target.T)
            # The cross entropy's gradient has a factor 1 / TEMPERATURE; CONTRAST_WEIGHT takes it in.
            gradient = weight * (CONTRAST_WEIGHT * (found @ target) - target)
            # Only the direction counts, so the part along the vector itself goes.
            gradient -= (gradient * vectors).sum(1, keepdims=True) * vectors
            gradient /= lengths * BATCH
            row_gradient = batch.T.tocsr() @ gradient
            numpy.multiply(rows, ROW_PENALTY / len(embeddings), out=scratch)
            row_gradient += scratch
            momentum *= momentum_decay
            numpy.multiply(row_gradient, 1 - momentum_decay, out=scratch)
            momentum += scratch
            numpy.multiply(row_gradient, row_gradient, out=scratch)
            scratch *= 1 - second_decay
            second *= second_decay
            second += scratch
            numpy.divide(second, 1 - second_decay ** step, out=scratch)
            numpy.sqrt(scratch, out=scratch)
            scratch += 1e-9
            numpy.divide(momentum, scratch, out=scratch)
            # The rate rises over the first fifty steps, then falls to a fiftieth in a straight line.
            rate = LEARNING_RATE * min(1, step / 50) * (1 - 0.98 * step / steps)
            scratch *= rate / (1 - momentum_decay ** step)
            rows -= scratch
        print(f"pass {epoch + 1} of {EPOCHS}: cosine {cosine_sum / len(order):.4f}, {time.time() - began:.0f} s", flush=True)
    return rows


def row_scales(rows):
    """int8 rows, u16 scales and the unit: each row uses all of int8's range, the largest scale all of u16's."""
    steps = numpy.abs(rows).max(1) / 127
    unit = float(steps.max() / 65_535)
    # A row that is all zero needs some scale; 1 does.
    scales = numpy.clip(numpy.rint(steps / unit), 1, 65_535)
    small = numpy.clip(numpy.rint(rows / (scales[:, None] * unit)), -127, 127)
    return small.astype(numpy.int8), scales.astype(numpy.uint16), unit


def write_file(path, vocabulary, occurrences, small_rows, scales, unit):
    # The most frequent token first, so that a compiler which has room for fewer takes them from the front.
    order = numpy.lexsort((numpy.arange(len(vocabulary)), -occurrences))
    tokens = [(kind, piece) for kind, pieces in enumerate((vocabulary.starts, vocabulary.continuations)) for piece in pieces]
    entries = b"".join(
        bytes([kind, byte_length(piece)]) + piece.encode("utf-8") for kind, piece in (tokens[number] for number in order))
    small_rows, scales = small_rows[order], scales[order]
    header = b"ALMPRIOR" + struct.pack("<IIIId", 1, len(vocabulary), DIMENSIONS, len(entries), unit)
    header += EMBEDDING_SPACE.ljust(32, b"\0")
    assert len(header) == 64

    def padded(part):
        return part + b"\0" * (-len(part) % 64)

    contents = header + padded(entries) + padded(scales.astype("<u2").tobytes()) + small_rows.tobytes()
    if len(contents) > MAXIMUM_FILE_BYTES:
        raise SystemExit(f"The file would have {len(contents)} bytes; at most {MAXIMUM_FILE_BYTES} are allowed.")
    with open(path + ".partial", "wb") as file:
        file.write(contents)
    os.replace(path + ".partial", path)
    print(f"{path}: {len(contents)} bytes, {len(vocabulary)} tokens "
          f"({len(vocabulary.starts)} start a word, {len(vocabulary.continuations)} continue one)")


# Data and measurement.


def read_lines(path):
    # Not splitlines: a question may hold a scalar that Python takes for a line's end.
    with open(path, encoding="utf-8", newline="\n") as file:
        return file.read().removesuffix("\n").split("\n")


def read_vectors(path):
    return unit_rows(numpy.load(path).astype(numpy.float32))


def source_weights(names):
    """Weights that lift the small sources: without them dialogue turns, a third of all questions, set the function words."""
    _, members, sizes = numpy.unique(
        [name.split("-")[0] for name in names], return_inverse=True, return_counts=True)
    by_source = numpy.minimum((sizes / sizes.max()) ** -SOURCE_EVENNESS, 20)
    weights = by_source[members]
    return (weights / weights.mean()).astype(numpy.float32)


def measure_set(folder, vocabulary, rows):
    """Shares of answerable queries whose nearest stored vector belongs to the right entry."""
    identifiers, wordings, stored = [], [], []
    for name in ("entries", "variants"):
        if os.path.exists(f"{folder}/{name}.npy"):
            for line in read_lines(f"{folder}/{name}.jsonl"):
                record = json.loads(line)
                identifiers.append(record["id"])
                wordings.append(words_of(record["question"]))
            stored.append(read_vectors(f"{folder}/{name}.npy"))
    identifiers, stored = numpy.array(identifiers), numpy.concatenate(stored)
    queries = [json.loads(line) for line in read_lines(f"{folder}/queries-dev.jsonl")]
    answerable = [number for number, query in enumerate(queries) if query["expect"] is not None]
    expected = numpy.array([queries[number]["expect"] for number in answerable])
    original = read_vectors(f"{folder}/queries-dev.npy")[answerable]
    encoded = unit_rows(vocabulary.counts([words_of(queries[number]["query"]) for number in answerable]) @ rows)
    encoded_stored = unit_rows(vocabulary.counts(wordings) @ rows)

    def share(vectors, among):
        return (identifiers[(vectors @ among.T).argmax(1)] == expected).mean()

    return (len(answerable), share(original, stored), share(encoded, stored), share(encoded, encoded_stored),
            (encoded * original).sum(1).mean())


def measure(data, vocabulary, small_rows, scales, held_out_words, held_out_vectors):
    # What the reader sums: whole numbers, exact in double precision. The unit does not change a direction.
    rows = small_rows.astype(numpy.float64) * scales[:, None].astype(numpy.float64)
    cosines = (unit_rows(vocabulary.counts(held_out_words) @ rows) * held_out_vectors).sum(1)
    print(f"held-out questions: cosine mean {cosines.mean():.4f}, median {numpy.median(cosines):.4f}")
    print("set | queries | MiniLM | table against MiniLM | table against table | cosine of queries")
    for name in MEASURED_SETS:
        if os.path.exists(f"{data}/{name}/queries-dev.npy"):
            number, *shares = measure_set(f"{data}/{name}", vocabulary, rows)
            print(f"{name} | {number} | " + " | ".join(f"{share:.3f}" for share in shares), flush=True)


def main():
    parser = argparse.ArgumentParser(description="Train the general prior.")
    parser.add_argument("data", help="the data folder, with questions/ in it")
    parser.add_argument("--output", required=True, help="the file to write")
    arguments = parser.parse_args()
    questions = f"{arguments.data}/questions"
    began = time.time()

    texts = [words_of(line) for line in read_lines(f"{questions}/questions.txt")]
    embeddings = read_vectors(f"{questions}/embeddings.npy")
    weights = source_weights(read_lines(f"{questions}/sources.txt"))
    assert len(texts) == len(embeddings) == len(weights)
    held_out_words = [words_of(line) for line in read_lines(f"{questions}/queries.txt")]
    held_out_vectors = read_vectors(f"{questions}/queries-embeddings.npy")

    vocabulary = choose_vocabulary(collections.Counter(word for words in texts for word in words))
    counts = vocabulary.counts(texts)
    print(f"{len(texts)} questions, {counts.nnz} counts, {len(vocabulary)} tokens; {time.time() - began:.0f} s", flush=True)
    rows = solve_ridge(counts, embeddings)
    print(f"least squares done; {time.time() - began:.0f} s", flush=True)
    rows = improve(rows, counts, embeddings, weights)
    small_rows, scales, unit = row_scales(rows)
    occurrences = numpy.asarray(counts.sum(axis=0)).ravel()
    write_file(arguments.output, vocabulary, occurrences, small_rows, scales, unit)
    measure(arguments.data, vocabulary, small_rows, scales, held_out_words, held_out_vectors)
    print(f"{time.time() - began:.0f} s in all")


if __name__ == "__main__":
    main()
