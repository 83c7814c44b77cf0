"""Answers from an almanac bundle, by libalmanac.so.

    import almanac

    with almanac.Bundle("dev-faq.almanac") as bundle, bundle.session() as session:
        reply = session.ask("how do I use curl with a proxy?")
        print(reply.answer if reply.is_hit else reply.reason)

The library is loaded when the first bundle is opened: the file that the environment variable ALMANAC_LIBRARY names, or
what the dynamic linker finds as libalmanac.so.1. A bundle may be used by all threads at once and by processes forked
later; a session serves one thread at a time.
"""

from __future__ import annotations

import ctypes
import enum
import os
from dataclasses import dataclass
from types import TracebackType
from typing import Mapping, Optional, Sequence, Tuple, Type, Union

__all__ = ["AlmanacError", "Bundle", "Mode", "Properties", "Reply", "Session", "Statistics", "Suggestion"]
__version__ = "0.1.0"

_REASON_COUNT = 15
_LATENCY_STEPS = 24
_MAXIMUM_SUGGESTIONS = 3
_MAXIMUM_MODEL = 256
_UNKNOWN_SHARE = 0xFFFFFFFF
_MAXIMUM_SCORE_STEPS = 33
_NEVER = 2**63 - 1
_CANNOT_OPEN = 2
_OLD_VERSION = 12
_HIT = 1
_EXACT = 1

_Path = Union[str, "os.PathLike[str]"]


class AlmanacError(Exception):
    """A call that the library refused. The message says what to do."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        #: The ``almanac_status`` of almanac.h; 0 if the library could not be loaded.
        self.status = status


class Mode(enum.IntEnum):
    """How a bundle is brought into memory."""

    #: Mapped; each part is checked when it is first used.
    LAZY = 0
    #: Mapped, and all of it checked at once.
    ALL = 1
    #: Read into private memory and checked, for files that may be overwritten.
    COPY = 2
    #: Mapped, and what every query needs checked at once.
    HOT = 3


@dataclass(frozen=True)
class Suggestion:
    """A stored question that is near the query, for a person to choose from."""

    entry: str
    question: str
    #: What it would have had as an answer, 0 to 1.
    confidence: float


@dataclass(frozen=True)
class Reply:
    """What became of a question."""

    #: Whether there is an answer.
    is_hit: bool
    #: The answer; None for a fallback.
    answer: Optional[str]
    #: Why there is no answer, such as "no-match"; None for a hit.
    reason: Optional[str]
    #: The id of the entry that answers, or would ("expired", "not-yet-valid", "missing-variable").
    entry: Optional[str]
    #: The stored wording that matched.
    question: Optional[str]
    #: Where the answer comes from, if the bundle says.
    source: Optional[str]
    #: What the answer cost when a model made it, as JSON, if the bundle says.
    usage: Optional[str]
    #: The model tier recommended for a fallback, if the bundle says.
    route: Optional[str]
    #: One less the share of wrong answers measured at this score; 0 for a fallback.
    confidence: float
    #: "exact" or "semantic"; None for a fallback.
    via: Optional[str]
    #: The nearest stored questions after a fallback, best first.
    suggestions: Tuple[Suggestion, ...]
    #: The version of the bundle that decided.
    bundle_version: int
    #: The step of ``Properties.expected_scores``, from 1, in which the score lies; None if there is no score to compare.
    score_step: Optional[int]
    #: How long the library took, in microseconds.
    micros: float
    #: The variable for want of which there is no answer ("missing-variable").
    variable: Optional[str] = None


@dataclass(frozen=True)
class Properties:
    """What an open bundle is."""

    version: int
    #: The first second since 1970 at which the bundle is no longer valid; None for never.
    expiry: Optional[int]
    entry_count: int
    question_count: int
    dimensions: int
    vector_model: str
    #: The share of requests that the compiler expects to be hits; None if it could not tell.
    expected_hits: Optional[float]
    #: The share of scores that it expects in each step; empty if it could not tell.
    expected_scores: Tuple[float, ...]


@dataclass(frozen=True)
class Statistics:
    """What the sessions of a bundle have counted in this process."""

    bundle_version: int
    exact_hits: int
    semantic_hits: int
    #: Fallbacks by the name of their reason.
    fallbacks: Mapping[str, int]
    errors: int
    nanoseconds: int
    #: [i]: queries that took less than 2^(i+8) nanoseconds and are not counted before.
    latency: Tuple[int, ...]
    reloads: int
    failed_reloads: int


class _Text(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    def text(self) -> Optional[str]:
        if self.length == 0:
            return None
        return ctypes.string_at(self.start, self.length).decode("utf-8", "replace")


class _OpenOptions(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("path", ctypes.c_char_p),
        ("mode", ctypes.c_int),
        ("reserved", ctypes.c_uint32),
        ("public_key", ctypes.c_char_p),
        ("public_key_length", ctypes.c_size_t),
        ("minimum_version", ctypes.c_uint64),
        ("layer", ctypes.c_char_p),
    ]


class _Properties(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("version", ctypes.c_uint64),
        ("expiry", ctypes.c_int64),
        ("entry_count", ctypes.c_uint64),
        ("question_count", ctypes.c_uint64),
        ("dimensions", ctypes.c_uint64),
        ("vector_model", ctypes.c_char * _MAXIMUM_MODEL),
        ("expected_hits", ctypes.c_uint32),
        ("score_step_count", ctypes.c_uint32),
        ("expected_scores", ctypes.c_uint32 * _MAXIMUM_SCORE_STEPS),
        ("reserved", ctypes.c_uint32),
    ]


class _Request(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("text", ctypes.c_char_p),
        ("text_length", ctypes.c_size_t),
        ("vector", ctypes.c_char_p),
        ("vector_length", ctypes.c_size_t),
        ("vector_model", ctypes.c_char_p),
        ("vector_model_length", ctypes.c_size_t),
        ("scope", ctypes.c_char_p),
        ("scope_length", ctypes.c_size_t),
        ("now", ctypes.c_int64),
        ("turn", ctypes.c_uint32),
        ("maximum_wrong", ctypes.c_uint32),
        ("variables", ctypes.c_char_p),
        ("variables_length", ctypes.c_size_t),
        ("prompt", ctypes.c_char_p),
        ("prompt_length", ctypes.c_size_t),
    ]


class _Suggestion(ctypes.Structure):
    _fields_ = [
        ("entry", _Text),
        ("question", _Text),
        ("confidence", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


class _Result(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("outcome", ctypes.c_int),
        ("reason", ctypes.c_int),
        ("match", ctypes.c_int),
        ("confidence", ctypes.c_uint32),
        ("entry", _Text),
        ("question", _Text),
        ("answer", _Text),
        ("source", _Text),
        ("route", _Text),
        ("suggestion_count", ctypes.c_uint64),
        ("suggestions", _Suggestion * _MAXIMUM_SUGGESTIONS),
        ("bundle_version", ctypes.c_uint64),
        ("nanoseconds", ctypes.c_uint64),
        ("usage", _Text),
        ("score_step", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("variable", _Text),
    ]


class _Statistics(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("bundle_version", ctypes.c_uint64),
        ("exact_hits", ctypes.c_uint64),
        ("semantic_hits", ctypes.c_uint64),
        ("fallbacks", ctypes.c_uint64 * _REASON_COUNT),
        ("errors", ctypes.c_uint64),
        ("nanoseconds", ctypes.c_uint64),
        ("latency", ctypes.c_uint64 * _LATENCY_STEPS),
        ("reloads", ctypes.c_uint64),
        ("failed_reloads", ctypes.c_uint64),
    ]


_library: Optional[ctypes.CDLL] = None


def _load() -> ctypes.CDLL:
    global _library
    if _library is not None:
        return _library
    path = os.environ.get("ALMANAC_LIBRARY") or "libalmanac.so.1"
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise AlmanacError(f"{path} cannot be loaded ({error}); install it, or name it in ALMANAC_LIBRARY") from None
    pointer = ctypes.c_void_p
    signatures = {
        "almanac_open_with": [
            ctypes.POINTER(_OpenOptions), ctypes.POINTER(pointer), ctypes.POINTER(ctypes.c_uint64)
        ],
        "almanac_reload_layer": [
            pointer, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_uint64)
        ],
        "almanac_replaced": [pointer],
        "almanac_describe": [pointer, ctypes.POINTER(_Properties)],
        "almanac_stats": [pointer, ctypes.POINTER(_Statistics)],
        "almanac_session_new": [pointer, ctypes.POINTER(pointer)],
        "almanac_query": [pointer, ctypes.POINTER(_Request), ctypes.POINTER(_Result)],
    }
    try:
        for name, arguments in signatures.items():
            function = getattr(library, name)
            function.argtypes = arguments
            function.restype = ctypes.c_int
        for name in ("almanac_close", "almanac_session_free"):
            function = getattr(library, name)
            function.argtypes = [pointer]
            function.restype = None
        for name in ("almanac_status_text", "almanac_reason_name"):
            function = getattr(library, name)
            function.argtypes = [ctypes.c_int]
            function.restype = ctypes.c_char_p
        library.almanac_version.argtypes = []
        library.almanac_version.restype = ctypes.c_char_p
    except AttributeError as error:
        raise AlmanacError(f"{path} is no libalmanac of this version ({error}); install both anew") from None
    version = library.almanac_version().decode()
    if version.split(".")[:2] != __version__.split(".")[:2]:
        raise AlmanacError(f"{path} is version {version}, almanac.py is for {__version__}; install both anew")
    _library = library
    return library


def _error(what: str, status: int, detail: int = 0) -> AlmanacError:
    text = _load().almanac_status_text(status).decode()
    if status == _CANNOT_OPEN:
        text += f" ({os.strerror(detail)})"
    if status == _OLD_VERSION:
        text += f" (version {detail})"
    return AlmanacError(f"{what}: {text}", status)


def _files(path: _Path, layer: Optional[_Path]) -> str:
    """The files that an error is about."""
    return os.fspath(path) if layer is None else f"{os.fspath(path)} with the layer {os.fspath(layer)}"


class Bundle:
    """An open bundle, which :meth:`reload` replaces by a newer one while sessions go on asking."""

    def __init__(
        self,
        path: _Path,
        mode: Mode = Mode.LAZY,
        public_key: Optional[str] = None,
        minimum_version: int = 0,
        layer: Optional[_Path] = None,
    ) -> None:
        """Opens the bundle at ``path``, and the layer at ``layer`` over it, whose entries replace the bundle's by id, add to
        them and delete them.

        With ``public_key``, the text of a minisign .pub file or its line of base64, both and all that replace them must be
        signed with that key; with ``minimum_version`` they must not be older (of a bundle with a layer, the layer). Raises
        AlmanacError if a file is refused; nothing stays open then.
        """
        if not 0 <= minimum_version < 2**64:
            raise AlmanacError("minimum_version is out of range; give a whole number from 0 to 18446744073709551615")
        self._handle: Optional[int] = None
        self._library = _load()
        self._path = os.fspath(path)
        self._layer = None if layer is None else os.fspath(layer)
        handle, detail = ctypes.c_void_p(), ctypes.c_uint64()
        key = None if public_key is None else public_key.encode()
        options = _OpenOptions(
            size=ctypes.sizeof(_OpenOptions),
            path=os.fsencode(self._path),
            mode=int(mode),
            public_key=key,
            public_key_length=0 if key is None else len(key),
            minimum_version=minimum_version,
            layer=None if self._layer is None else os.fsencode(self._layer),
        )
        status = self._library.almanac_open_with(ctypes.byref(options), ctypes.byref(handle), ctypes.byref(detail))
        if status != 0:
            raise _error(_files(self._path, self._layer), status, detail.value)
        self._handle = handle.value

    def reload(self, path: Optional[_Path] = None, mode: Mode = Mode.HOT) -> None:
        """Makes the file at ``path`` (None: at the current path) the current bundle; its layer is opened again over it.

        Sessions turn to it with their next question. Raises AlmanacError if a file is refused; the old bundle then goes
        on answering.
        """
        self.reload_layer(self._layer, path, mode)

    def reload_layer(
        self, layer: Optional[_Path], path: Optional[_Path] = None, mode: Mode = Mode.HOT
    ) -> None:
        """As :meth:`reload`, with the layer at ``layer`` (None: without one) from now on."""
        detail = ctypes.c_uint64()
        status = self._library.almanac_reload_layer(
            self._open(),
            None if path is None else os.fsencode(path),
            None if layer is None else os.fsencode(layer),
            int(mode),
            ctypes.byref(detail),
        )
        if status != 0:
            raise _error(_files(self._path if path is None else path, layer), status, detail.value)
        self._layer = None if layer is None else os.fspath(layer)
        if path is not None:
            self._path = os.fspath(path)

    @property
    def is_replaced(self) -> bool:
        """Whether another file lies at the path, or at the layer's, than was opened, or refused, last."""
        return bool(self._library.almanac_replaced(self._open()))

    @property
    def properties(self) -> Properties:
        """What the current bundle is."""
        found = _Properties(size=ctypes.sizeof(_Properties))
        status = self._library.almanac_describe(self._open(), ctypes.byref(found))
        if status != 0:
            raise _error(self._path, status)
        return Properties(
            version=found.version,
            expiry=None if found.expiry == _NEVER else found.expiry,
            entry_count=found.entry_count,
            question_count=found.question_count,
            dimensions=found.dimensions,
            vector_model=found.vector_model.decode("utf-8", "replace"),
            expected_hits=None if found.expected_hits == _UNKNOWN_SHARE else found.expected_hits / 1e6,
            expected_scores=tuple(share / 1e6 for share in found.expected_scores[: found.score_step_count]),
        )

    @property
    def statistics(self) -> Statistics:
        """What the sessions of this process have counted since the bundle was opened."""
        found = _Statistics(size=ctypes.sizeof(_Statistics))
        status = self._library.almanac_stats(self._open(), ctypes.byref(found))
        if status != 0:
            raise _error(self._path, status)
        return Statistics(
            bundle_version=found.bundle_version,
            exact_hits=found.exact_hits,
            semantic_hits=found.semantic_hits,
            fallbacks={
                self._library.almanac_reason_name(reason).decode(): found.fallbacks[reason]
                for reason in range(1, _REASON_COUNT)
            },
            errors=found.errors,
            nanoseconds=found.nanoseconds,
            latency=tuple(found.latency),
            reloads=found.reloads,
            failed_reloads=found.failed_reloads,
        )

    def session(self) -> Session:
        """Makes a session, which keeps the bundle open."""
        return Session(self)

    def close(self) -> None:
        """Closes the bundle. Its sessions go on answering until they are closed too."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._library.almanac_close(handle)

    def _open(self) -> int:
        if self._handle is None:
            raise AlmanacError(f"{self._path}: the bundle was closed; open it anew")
        return self._handle

    def __enter__(self) -> Bundle:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self.close()


class Session:
    """Asks a bundle, one question at a time. Give each thread its own, and make it after ``fork``."""

    def __init__(self, bundle: Bundle) -> None:
        """Makes a session on ``bundle``."""
        self._handle: Optional[int] = None
        self._library = _load()
        handle = ctypes.c_void_p()
        status = self._library.almanac_session_new(bundle._open(), ctypes.byref(handle))
        if status != 0:
            raise _error("session", status)
        self._handle = handle.value

    def ask(
        self,
        question: Optional[str] = None,
        *,
        now: Optional[int] = None,
        turn: int = 1,
        scope: Optional[Mapping[str, object]] = None,
        variables: Optional[Mapping[str, object]] = None,
        prompt: Optional[str] = None,
        max_wrong: Optional[float] = None,
        vector: Union[bytes, Sequence[int], None] = None,
        vector_model: Optional[str] = None,
    ) -> Reply:
        """Asks ``question`` and returns what became of it.

        now: the time at which the answer must be valid, in seconds since 1970; None: the clock.
        turn: the number of the message in its conversation, from 1.
        scope: what the answer must be valid for, such as {"language": "en"}.
        variables: the values for the slots of answers, such as {"customer": "Ada"}.
        prompt: the name of a prompt of the bundle, filled with variables instead of question.
        max_wrong: the share of wrong answers accepted, 0 to 1; it can only make the bundle stricter.
        vector: the question as embedded by the bundle's model, int8 components; with vector_model, that model's name.

        Raises AlmanacError if the request is at fault. That there is no answer is a reply, not an error.
        """
        if self._handle is None:
            raise AlmanacError("the session was closed; make another")
        if max_wrong is not None and not 0 <= max_wrong <= 1:
            raise AlmanacError("max_wrong is out of range; give a number from 0 to 1")
        if not 1 <= turn < 2**32:
            raise AlmanacError("turn is out of range; give a whole number from 1 to 4294967295")
        if now is not None and not -(2**63) <= now < 2**63:
            raise AlmanacError("now is out of range; give seconds since 1970")
        request = _Request(size=ctypes.sizeof(_Request), now=0 if now is None else now, turn=turn)
        if question is not None:
            # A lone surrogate is not UTF-8; the library says so.
            text = question.encode("utf-8", "surrogatepass")
            request.text, request.text_length = text, len(text)
        if prompt is not None:
            encoded = prompt.encode("utf-8", "surrogatepass")
            request.prompt, request.prompt_length = encoded, len(encoded)
        if max_wrong is not None:
            request.maximum_wrong = max(int(max_wrong * 1e6), 1)
        if vector is not None:
            components = vector if isinstance(vector, bytes) else _components(vector)
            request.vector, request.vector_length = components, len(components)
        if vector_model is not None:
            encoded = vector_model.encode()
            request.vector_model, request.vector_model_length = encoded, len(encoded)
        if scope is not None:
            encoded = _pairs("scope", scope)
            request.scope, request.scope_length = encoded, len(encoded)
        if variables is not None:
            encoded = _pairs("variables", variables)
            request.variables, request.variables_length = encoded, len(encoded)
        found = _Result(size=ctypes.sizeof(_Result))
        status = self._library.almanac_query(self._handle, ctypes.byref(request), ctypes.byref(found))
        if status != 0:
            raise _error("request", status)
        return self._reply(found)

    def _reply(self, found: _Result) -> Reply:
        is_hit = found.outcome == _HIT
        # A reason that a later library may give means the same to whoever asked.
        reason = None if is_hit else self._library.almanac_reason_name(found.reason).decode() or "no-match"
        return Reply(
            is_hit=is_hit,
            answer=(found.answer.text() or "") if is_hit else None,
            reason=reason,
            entry=found.entry.text(),
            question=found.question.text(),
            source=found.source.text(),
            usage=found.usage.text(),
            route=found.route.text(),
            confidence=found.confidence / 1e6,
            via=None if not is_hit else "exact" if found.match == _EXACT else "semantic",
            suggestions=tuple(
                Suggestion(each.entry.text() or "", each.question.text() or "", each.confidence / 1e6)
                for each in found.suggestions[: found.suggestion_count]
            ),
            bundle_version=found.bundle_version,
            score_step=found.score_step or None,
            micros=found.nanoseconds / 1000,
            variable=found.variable.text(),
        )

    def close(self) -> None:
        """Gives the session back."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._library.almanac_session_free(handle)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self.close()


def _components(vector: Sequence[int]) -> bytes:
    try:
        return b"".join(value.to_bytes(1, "little", signed=True) for value in vector)
    except OverflowError:
        raise AlmanacError("vector has a component out of range; give whole numbers from -128 to 127") from None


def _pairs(name: str, pairs: Mapping[str, object]) -> bytes:
    parts = []
    for key, value in sorted(pairs.items()):
        # JSON writes truth in lower case, and the bundle's own pairs were JSON.
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if "\0" in key or "\0" in text:
            raise AlmanacError(f"{name}: a key or value has a zero byte; leave it out")
        parts += [key.encode(), b"\0", text.encode(), b"\0"]
    return b"".join(parts)
