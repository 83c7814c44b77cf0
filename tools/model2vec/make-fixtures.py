"""Makes the small Model2Vec models that the tests read, and what the model2vec library makes of some texts.

    python3 -m venv /tmp/m2v && /tmp/m2v/bin/pip install model2vec==0.10.0 tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    /tmp/m2v/bin/python tools/model2vec/make-fixtures.py Tests/Fixtures/model2vec

Two folders in the form of real models, with random vectors: `wordpiece`, whose tokeniser is like those of English models
(BertNormalizer, BertPreTokenizer, WordPiece), and `unigram`, like those of multilingual ones (Precompiled charsmap,
Metaspace, Unigram; int8 vectors with weights and a mapping). Each has `expected.json`: texts, their token ids without unknown ones, and
their vectors by the library. The tokenisers are trained on the questions of bundles/dev-faq and on sentences below.
"""

import io
import json
import pathlib
import sys

import numpy as np
import sentencepiece
import tokenizers
from model2vec import StaticModel
from safetensors.numpy import save_file
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, trainers

DIMENSIONS = 16
ROOT = pathlib.Path(__file__).resolve().parents[2]
SENTENCES = [
    "Wie setze ich mein Passwort zurück?", "Wo finde ich die Rechnung für den letzten Monat?",
    "¿Cómo cambio mi contraseña?", "¿Dónde está la factura del mes pasado?",
    "Comment changer mon mot de passe ?", "Où est la facture du mois dernier ?",
    "Как изменить пароль?", "Где счёт за прошлый месяц?", "パスワードを変更するには", "先月の請求書はどこですか",
    "如何更改密码", "上个月的账单在哪里", "비밀번호를 어떻게 바꾸나요", "지난달 청구서는 어디에 있나요",
    "كيف أغير كلمة المرور", "أين فاتورة الشهر الماضي", "איך משנים סיסמה", "मैं अपना पासवर्ड कैसे बदलूँ",
]
TEXTS = [
    "how do i call a function", "why is my loop so slow", "unbelievably misspeled wrds", "curl proxy", "c++", "what's up",
    "naïve café", "x-ray of a file", "10² and 3.5", "passwort", "la factura del mes pasado", "где счёт", "密码", "パスワード",
    "비밀번호", "كلمة المرور", "पासवर्ड", "ﬁle ｗｉｄｅ", "emoji 👩‍👩‍👧 here", "e\u0301tude", "a, b; (c) - d!", "zzqqxxyy",
]


def questions() -> list[str]:
    lines = open(ROOT / "bundles/dev-faq/entries.jsonl", encoding="utf-8")
    return [json.loads(line)["question"] for line in lines]


def wordpiece() -> tokenizers.Tokenizer:
    tokenizer = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=700, special_tokens=["[PAD]", "[UNK]"], show_progress=False)
    tokenizer.train_from_iterator(questions(), trainer)
    return tokenizer


def unigram() -> tokenizers.Tokenizer:
    rules = "\n".join(
        [f"{0xFF41 + i:X}\t{0x61 + i:X}" for i in range(26)]
        + ["FB01\t66 69", "B2\t32", "65 301\tE9", "3A9\t3C9", "3000\t20"]
    )
    path = pathlib.Path("/tmp/almanac-rules.tsv")
    path.write_text(rules + "\n", encoding="utf-8")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([q.lower() for q in questions()] + SENTENCES * 5), model_writer=model, vocab_size=900,
        model_type="unigram", normalization_rule_tsv=str(path), character_coverage=1.0, num_threads=1, minloglevel=2,
        pad_id=0, unk_id=1, bos_id=-1, eos_id=-1,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    vocabulary = [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size())]
    tokenizer = tokenizers.Tokenizer(models.Unigram(vocabulary, unk_id=1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(["<pad>", "<unk>"])
    return tokenizer


def save(folder: pathlib.Path, tokenizer: tokenizers.Tokenizer, tensors: dict[str, np.ndarray]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    save_file(tensors, str(folder / "model.safetensors"))
    config = {"model_type": "model2vec", "architectures": ["StaticModel"], "normalize": True, "hidden_dim": DIMENSIONS}
    (folder / "config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
    model = StaticModel.from_pretrained(str(folder))
    rows = []
    for text in TEXTS:
        ids = [int(i) for i in model.tokenize([text])[0]]
        vector = model.encode([text])[0]
        rows.append({"text": text, "ids": ids, "vector": [round(float(v), 6) for v in vector]})
    (folder / "expected.json").write_text(
        json.dumps({"texts": rows}, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    target = pathlib.Path(sys.argv[1])
    source = np.random.default_rng(7)
    first = wordpiece()
    save(target / "wordpiece", first, {
        "embeddings": source.standard_normal((first.get_vocab_size(), DIMENSIONS)).astype(np.float32)})
    second = unigram()
    size = second.get_vocab_size()
    rows = size - 100
    save(target / "unigram", second, {
        "embeddings": np.clip(source.standard_normal((rows, DIMENSIONS)) * 40, -127, 127).astype(np.int8),
        "weights": source.uniform(0.2, 1.5, size),
        "mapping": np.concatenate([np.arange(rows), source.integers(0, rows, size - rows)]).astype(np.int64)})


if __name__ == "__main__":
    main()
