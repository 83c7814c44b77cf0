"""The reference's transformer, for texts whose vectors are not given."""

import hashlib
import subprocess

import reference
from datasets import REPOSITORY, write_rows


class Transformer:
    """Embeds texts with `tools/embed` and keeps the vectors in the work folder: it takes minutes."""

    def __init__(self, work):
        self.folder = work / "vectors"
        self.folder.mkdir(parents=True, exist_ok=True)

    def embed(self, texts):
        """The unit vectors of the texts."""
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        vectors = self.folder / f"{digest}.npy"
        if not vectors.exists():
            asked = self.folder / f"{digest}.jsonl"
            write_rows(asked, [{"query": text} for text in texts])
            # One scale for all, that of the sets' own vectors.
            finished = subprocess.run(
                [REPOSITORY / "tools/embed", asked, "-o", vectors, "--field", "query", "--scale", "403"],
                capture_output=True, text=True, check=False)
            asked.unlink()
            if finished.returncode != 0:
                raise SystemExit(finished.stderr.strip())
        return reference.unit(vectors)
