"""Recipes of any size: real question embeddings while there are some, then perturbed copies of them."""

import json

import numpy

# Rows made at once.
BLOCK = 32_768
SEED = 0x5CA1E
# A copy's cosine with the vector it was made from is drawn evenly from this range. The nearest stored question of a held-out
# question has 0.78 to 0.99, so copies lie about as near as other wordings do.
NEAREST, FARTHEST = 0.97, 0.80
RECIPE = """name: scale
version: 1
entries: [entries.jsonl]
ambiguous: fallback
embeddings:
  model: all-MiniLM-L6-v2
  entries: [entries.npy]
"""


def write_recipe(data, folder, count):
    """Writes recipe.yaml, entries.jsonl and entries.npy for `count` questions with tiny answers into `folder`.

    Row `i` is that of real question `i` modulo their number. From the second time on it is moved towards the difference of
    two other real vectors and brought back to its length: what is added has the shape of the data, unlike even noise. The
    text of a copy names the copy, so that no two are equal. The same count gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored = numpy.load(data / "questions/embeddings.npy", mmap_mode="r")
    texts = (data / "questions/questions.txt").read_text(encoding="utf-8").splitlines()
    rows = numpy.lib.format.open_memmap(
        folder / "entries.npy", mode="w+", dtype=numpy.int8, shape=(count, stored.shape[1]))
    with open(folder / "entries.jsonl", "w", encoding="utf-8") as entries:
        for start in range(0, count, BLOCK):
            numbers = numpy.arange(start, min(start + BLOCK, count))
            rows[start : start + len(numbers)] = _block(stored, numbers)
            for number in numbers.tolist():
                copy, origin = divmod(number, len(stored))
                text = f"{texts[origin]} (copy {copy})" if copy else texts[origin]
                row = {"id": f"q{number}", "question": text, "answer": f"Answer {number}."}
                entries.write(json.dumps(row, ensure_ascii=False) + "\n")
    rows.flush()
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")


def _block(stored, numbers):
    origins = numbers % len(stored)
    block = stored[origins]
    copies = numbers >= len(stored)
    if not copies.any():
        return block
    generator = numpy.random.default_rng([SEED, int(numbers[0])])
    first, second = generator.integers(0, len(stored), size=(2, len(numbers)))
    cosine = generator.uniform(FARTHEST, NEAREST, size=len(numbers)).astype(numpy.float32)
    own = block.astype(numpy.float32)
    length = numpy.linalg.norm(own, axis=1, keepdims=True)
    own /= length
    away = stored[first].astype(numpy.float32) - stored[second].astype(numpy.float32)
    # Only what stands at right angles to the vector turns it, so the cosine comes out as drawn.
    away -= (away * own).sum(axis=1, keepdims=True) * own
    away /= numpy.maximum(numpy.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    moved = cosine[:, None] * own + numpy.sqrt(1 - cosine * cosine)[:, None] * away
    moved = numpy.clip(numpy.rint(moved * length), -127, 127).astype(numpy.int8)
    return numpy.where(copies[:, None], moved, block)
