"""Pairs of a preferred and a rejected answer: read into an example, and found in one.

An example holds one pair: its last turn is the preferred answer, the rejected one stands to the letter under
`non_preferred_output`, as a list of turns. Where the preferred answer is not exactly one turn, `preferred_turns` says
how many turns it has. An example without either has a pair in each recovery whose first call was the mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from curation.formats.composing import Compose, Composition, read_composed
from curation.formats.context import compose_turns, drop_weight, is_learnt, mark_context
from curation.formats.contract import NO_OBJECT, Loss
from curation.formats.losses import take_off_labels
from curation.formats.own_keys import N_PREFERRED, PAIR_KEYS, REJECTED
from curation.formats.slices import Members, write_list
from curation.model.example import Example, Message
from curation.model.reading import Reading, Reject
from curation.model.values import UNSET, UnsetType
from curation.reading.exact import build_example

MISTAKEN_CALLS = frozenset({"corrected_argument", "alternative_tool"})
"""Recoveries that make another call in the place of the first one. After a time-out, say, the first call was right."""


class Pair(NamedTuple):
    """One request with two answers."""

    prompt: tuple[Message, ...]
    preferred: tuple[Message, ...]
    rejected: tuple[Message, ...]


class Pairs(msgspec.Struct, frozen=True):
    """The pairs of an example without its labels, what they do not hold, and why there are none."""

    example: Example
    pairs: tuple[Pair, ...] = ()
    losses: tuple[Loss, ...] = ()
    refused: str | None = None


def find_pairs(example: Example) -> Pairs:
    """The pairs to write for an example."""
    if example.whole is not None:
        return Pairs(example, refused=NO_OBJECT)
    bare, losses = take_off_labels(example, keep=PAIR_KEYS)
    pairs = _find_stated(bare) if REJECTED in example.extra else _find_recoveries(example, bare)
    rest = {key: source for key, source in bare.extra.items() if key not in PAIR_KEYS}
    bare = msgspec.structs.replace(bare, extra=rest)
    return msgspec.structs.replace(pairs, example=bare, losses=(*losses, *pairs.losses))


# -- the pair that an example states -----------------------------------------------------------------------------------


def _find_stated(example: Example) -> Pairs:
    rejected = read_turns(example.extra[REJECTED])
    count, count_loss = _count_preferred(example)
    start = len(example.messages) - count
    prompt, preferred = example.messages[:start], example.messages[start:]
    if not rejected:
        return Pairs(example, refused=f"`{REJECTED}` holds no turns, so there is nothing to reject.")
    if not preferred or not any(message.role == "assistant" for message in preferred):
        return Pairs(example, refused="The last turn is not the assistant's, so there is nothing to prefer.")
    if not prompt:
        return Pairs(example, refused="No turn stands before the preferred answer, so there is nothing to answer.")
    pair = Pair(tuple(map(drop_weight, prompt)), tuple(map(_without_weight, preferred)), rejected)
    losses = [*_list_weights(example.messages, start), *count_loss]
    return Pairs(example, (pair,), tuple(losses))


def _count_preferred(example: Example) -> tuple[int, list[Loss]]:
    """How many turns at the end are the preferred answer."""
    source = example.extra.get(N_PREFERRED)
    if source is None:
        return 1, []
    is_known = source.isascii() and source.isdecimal() and len(source) < 4 and source == str(int(source)) != "1"
    if is_known and int(source) <= len(example.messages):
        return int(source), []
    return 1, [Loss(f"/{N_PREFERRED}", f"unknown key {N_PREFERRED}")]


def _list_weights(messages: Sequence[Message], start: int) -> Iterator[Loss]:
    for i, message in enumerate(messages):
        if i < start and is_learnt(message):
            yield Loss(f"/messages/{i}/weight", "answer before the pair; it is not learnt")
        elif i >= start and not isinstance(message.weight, UnsetType):
            yield Loss(f"/messages/{i}/weight", "weight")


def _without_weight(message: Message) -> Message:
    return message if isinstance(message.weight, UnsetType) else msgspec.structs.replace(message, weight=UNSET)


def read_turns(source: str) -> tuple[Message, ...]:
    """The turns in a source that is a list of objects; none for any other."""
    if not source.startswith("["):
        return ()
    turns = build_example(b'{"messages":' + source.encode() + b"}").messages
    return () if any(message.whole is not None for message in turns) else turns


# -- the pairs in recoveries -------------------------------------------------------------------------------------------


def _find_recoveries(example: Example, bare: Example) -> Pairs:
    """A pair for each call that was corrected: what stood before the mistake, with both calls as its answer."""
    found = [(failed, i) for i in range(len(example.messages)) if (failed := find_mistake(example, i)) is not None]
    if not found:
        return Pairs(example, refused="It has no rejected answer and no recovery that corrects a call.")
    turns = bare.messages
    pairs = [
        Pair(tuple(map(drop_weight, turns[:failed])), (_without_weight(turns[i]),), (_without_weight(turns[failed]),))
        for failed, i in found
    ]
    first = found[0][0]
    losses = [
        Loss(f"/messages/{first}", "the recovery as a conversation; its two calls become a pair"),
        Loss(f"/{REJECTED}", "the pair that is made of the recovery"),
    ]
    if N_PREFERRED in example.extra:
        losses.append(Loss(f"/{N_PREFERRED}", f"unknown key {N_PREFERRED}"))
    return Pairs(example, tuple(pairs), (*_list_weights(turns[:first], first), *losses))


def find_mistake(example: Example, at: int) -> int | None:
    """The turn with the one call that the recovery at a turn puts right."""
    message = example.messages[at]
    if message.label is None or message.label.recovery not in MISTAKEN_CALLS or not message.calls:
        return None
    before = at - 1
    while before >= 0 and example.messages[before].role == "tool":
        before -= 1
    if before < 1 or before == at - 1:
        return None
    failed = example.messages[before]
    return before if failed.role == "assistant" and len(failed.calls or ()) == 1 else None


# -- reading -----------------------------------------------------------------------------------------------------------


class GivenPair(NamedTuple):
    """The lists of a preference row, each with its pointer in the row as given."""

    prompt: tuple[str, Sequence[str]]
    preferred: tuple[str, Sequence[str]]
    rejected: tuple[str, Sequence[str]]
    n_shared: int = 0
    """How many turns at the start of both answers are the prompt itself."""


def compose_pair(given: GivenPair, rest: Members) -> Composition:
    """The inner row of a pair: the conversation with its preferred end, and the rejected one beside it."""
    composition = compose_turns([given.prompt, given.preferred])
    at, rejected = given.rejected
    answer = rejected[given.n_shared :]
    composition.moved[f"/{REJECTED}"] = at
    if given.n_shared:
        composition.moved |= {f"/{REJECTED}/{n}": f"{at}/{n + given.n_shared}" for n in range(len(answer))}
    composition.rest = {REJECTED: write_list(list(answer)), **rest}
    if len(given.preferred[1]) != 1:
        composition.rest[N_PREFERRED] = str(len(given.preferred[1]))
    return composition


def read_pair(raw: bytes, compose: Compose) -> Reading | Reject:
    """Read a preference row through `compose`; what leads up to the pair is context."""
    reading = read_composed(raw, compose)
    if isinstance(reading, Reject) or not reading.places.moved:
        return reading
    return mark_context(reading, len(reading.example.messages) - _count_preferred(reading.example)[0])
