"""What the checks of a data set keep of each example: little, for all of them are held at once."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from sys import intern
from typing import TypeVar

import msgspec

from curation.model.envelope import normal_hash
from curation.model.example import Example
from curation.model.values import Json
from curation.rules.decisions import assistant_turns
from curation.rules.near import Sketch, sketch
from curation.rules.offer import offer_of
from curation.rules.row import text_of

T = TypeVar("T")
_HASH_BYTES = 16


class Digest(msgspec.Struct, frozen=True, gc=False):
    """What the checks keep of one example."""

    id: str
    split: str
    group: str | None
    normal: str
    request: bytes
    """A hash of the user and system texts and the names of the tools: what the model sees before it decides."""
    calls: bytes
    """A hash of the names and arguments of all calls."""
    called: tuple[str, ...]
    """Names of the tools that are called."""
    n_decisions: int
    n_without: int
    """Decisions that call nothing."""
    sketch: Sketch
    tools: tuple[tuple[str, str], ...]
    """Name and definition text of each offered tool."""


def digest(identifier: str, example: Example, split: str) -> Digest:
    """What the checks need of one example."""
    calls = tuple((text_of(c.name) or "", _arguments(c)) for m in example.messages for c in m.calls or ())
    offer = offer_of(example)
    decided = [turn.kind for turn in assistant_turns(example) if turn.is_decision]
    asked = [text_of(m.content) or "" for m in example.messages if m.role in ("user", "system", "developer")]
    return Digest(
        id=identifier,
        split=split,
        group=example.group,
        normal=normal_hash(example),
        request=_hash([*asked, *sorted(offer.names)]),
        calls=_hash(calls),
        called=_shared(tuple(sorted({name for name, _ in calls}))),
        n_decisions=len(decided),
        n_without=decided.count("abstains"),
        sketch=sketch(_shape(example, calls)),
        tools=_shared(tuple((tool.name or "", intern(tool.definition.text)) for tool in offer.tools)),
    )


@lru_cache(maxsize=4096)
def _shared(value: tuple[T, ...]) -> tuple[T, ...]:
    """One object for equal values: most rows of a file offer the same tools."""
    return value


def _hash(value: Json) -> bytes:
    # Through `backslashreplace`: a text may hold half a surrogate pair, which has no UTF-8.
    return blake2b(repr(value).encode("utf-8", "backslashreplace"), digest_size=_HASH_BYTES).digest()


def _arguments(call: Json) -> str:
    text = getattr(call.arguments, "text", "")
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted").decode()
    except (msgspec.DecodeError, ValueError, RecursionError):
        return str(text)


def _shape(example: Example, calls: tuple[tuple[str, str], ...]) -> str:
    texts = [text_of(m.content) or "" for m in example.messages if m.role == "user"]
    return " ".join([*texts, *(f"{name} {arguments}" for name, arguments in calls)])
