"""What the checks of a data set need of each example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from sys import intern
from typing import TypeVar

import msgspec

from curation.model.envelope import normal_hash
from curation.model.example import Example
from curation.model.values import Json
from curation.rules.decisions import AssistantTurn, assistant_turns
from curation.rules.offer import offer_of
from curation.rules.row import said_in, text_of

T = TypeVar("T")
HASH_BYTES = 16


class Digest(msgspec.Struct, frozen=True, gc=False):
    """What the checks keep of one example."""

    id: str
    split: str
    group: str | None
    normal: bytes
    """The hash that duplicates share."""
    choices: tuple[bytes, ...]
    """One for each assistant turn: a hash of what the model sees before it, and behind it one of what it calls."""
    called: tuple[str, ...]
    """Names of the tools that are called."""
    n_decisions: int
    n_without: int
    """Decisions that call nothing."""
    shape: str
    """What near-duplicates are told by: what was asked, and what is called."""
    tools: tuple[tuple[str, str], ...]
    """Name and definition text of each offered tool."""


def digest(identifier: str, example: Example, split: str) -> Digest:
    """What the checks need of one example."""
    calls = _calls_of(example)
    flat = tuple(call for turn in calls for call in turn)
    offer = offer_of(example)
    turns = tuple(assistant_turns(example))
    decided = [turn.kind for turn in turns if turn.is_decision]
    return Digest(
        id=identifier,
        split=split,
        group=example.group,
        normal=bytes.fromhex(normal_hash(example)),
        choices=tuple(_choices(example, sorted(offer.names), calls, _learnt_of(turns))),
        called=_shared(tuple(sorted({name for name, _ in flat}))),
        n_decisions=len(decided),
        n_without=decided.count("abstains"),
        shape=_shape(example, flat),
        tools=_shared(tuple((tool.name or "", intern(tool.definition.text)) for tool in offer.tools)),
    )


def choices_of(example: Example) -> tuple[bytes, ...]:
    """One for each assistant turn that is learnt: a hash of what the model sees before it, one of what it calls."""
    learnt = _learnt_of(assistant_turns(example))
    return tuple(_choices(example, sorted(offer_of(example).names), _calls_of(example), learnt))


def asked_of(example: Example) -> str:
    """What was asked: every turn of the user."""
    return " ".join(_asked(example))


def shape_of(example: Example) -> str:
    """What near-duplicates are told by: what was asked, and what is called."""
    return _shape(example, tuple(call for turn in _calls_of(example) for call in turn))


def _calls_of(example: Example) -> list[list[tuple[str, str]]]:
    return [[(text_of(c.name) or "", _arguments(c)) for c in m.calls or ()] for m in example.messages]


def _learnt_of(turns: Iterable[AssistantTurn]) -> set[int]:
    return {turn.place for turn in turns if turn.is_decision or turn.kind == "reports"}


@lru_cache(maxsize=4096)
def _shared(value: tuple[T, ...]) -> tuple[T, ...]:
    """One object for equal values: most rows of a file offer the same tools."""
    return value


def _choices(
    example: Example, names: list[str], calls: list[list[tuple[str, str]]], learnt: set[int]
) -> Iterator[bytes]:
    """Seen are the tools' names, what was asked, called and answered; how the assistant words a turn is not."""
    seen = blake2b(_written(names), digest_size=HASH_BYTES)
    for place, message in enumerate(example.messages):
        if message.role == "assistant":
            called = _written(calls[place])
            if place in learnt:
                yield seen.digest() + blake2b(called, digest_size=HASH_BYTES).digest()
            seen.update(b"called" + called)
        else:
            role = "result" if message.role == "tool" else "asked"
            seen.update(_written((role, said_in(message.content) or "")))


def _written(value: Json) -> bytes:
    # Through `backslashreplace`: a text may hold half a surrogate pair, which has no UTF-8.
    return repr(value).encode("utf-8", "backslashreplace")


def _arguments(call: Json) -> str:
    text = getattr(call.arguments, "text", "")
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted").decode()
    except (msgspec.DecodeError, ValueError, RecursionError):
        return str(text)


def _shape(example: Example, calls: tuple[tuple[str, str], ...]) -> str:
    return " ".join([*_asked(example), *(f"{name} {arguments}" for name, arguments in calls)])


def _asked(example: Example) -> list[str]:
    return [said_in(message.content) or "" for message in example.messages if message.role == "user"]
