"""Examples as an export asked for them: failed calls that are not learnt, and the system turn they begin with."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from curation.formats.context import NOT_LEARNT
from curation.formats.contract import Format, Loss, Written
from curation.formats.options import Options, SystemTurn, has_failed_calls
from curation.formats.pairs import MISTAKEN_CALLS, find_mistake
from curation.model.example import Example, Label, Message

MARKED = "a failed call; it has weight 0, so it is shown and not learnt"
UNHEEDED = "a failed call; it has weight 0, which the usual reader of this format does not look at"
LEFT_OUT = "a failed call and its error; they are left out, as this format would teach them"
CANNOT_MARK = "It has a failed call that is not to be learnt, and this format would teach it."
_SYSTEM = ("system", "developer")
_REPLACING = MISTAKEN_CALLS | {"retry_after_wait"}


class Adapted(NamedTuple):
    """An example as it was written, and what was done to it because somebody asked."""

    written: Written
    changes: tuple[Loss, ...] = ()


class _Turns(NamedTuple):
    """An example whose turns are not all its own, with the place of each in the example as it is stored."""

    example: Example
    places: tuple[int, ...]


def write_adapted(fmt: Format, example: Example, options: Options) -> Adapted:
    """Write an example with the options of the export; losses and changes stand at the example's own places."""
    if fmt.write is None:
        return Adapted(Written(refused=f"The format `{fmt.name}` cannot be written."))
    begun, changes = _begin(example, options.system)
    if options.failed_calls == "learn" or not has_failed_calls(fmt):
        return _finish(fmt, example, begun, changes)
    mistakes, shown = list_mistakes(begun.example), list_shown(begun.example)
    if not mistakes and not shown:
        return _finish(fmt, example, begun, changes)

    def tell(what: str, places: tuple[int, ...]) -> tuple[Loss, ...]:
        return (*changes, *(Loss(f"/messages/{begun.places[at]}", what) for at in places))

    marked = begun._replace(example=mark_mistakes(begun.example, mistakes))
    found = _finish(fmt, example, marked, tell(MARKED if fmt.heeds_weight else UNHEEDED, mistakes))
    if found.written.refused is None and (fmt.heeds_weight or options.failed_calls == "weight_0"):
        return found
    out = tuple(sorted({*mistakes, *shown}))
    dropped = _finish(fmt, example, drop_mistakes(begun, out), tell(LEFT_OUT, out))
    if options.failed_calls == "mask" or dropped.written.refused is not None:
        return dropped
    return Adapted(Written(refused=CANNOT_MARK))


def _finish(fmt: Format, example: Example, turns: _Turns, changes: tuple[Loss, ...]) -> Adapted:
    """What the format makes of the turns, told in the places of the example as it is stored."""
    assert fmt.write is not None  # noqa: S101
    written = fmt.write(turns.example)
    if written.refused is not None:
        # The sentence may count turns, and those of the example itself are the ones a person sees.
        return Adapted(Written(refused=fmt.write(example).refused or written.refused))
    losses = tuple(Loss(_place(loss.at, turns.places), loss.what) for loss in written.losses)
    return Adapted(msgspec.structs.replace(written, losses=losses), changes)


def _place(at: str, places: tuple[int, ...]) -> str:
    head, slash, rest = at.removeprefix("/messages/").partition("/")
    if not at.startswith("/messages/") or not head.isdecimal() or int(head) >= len(places):
        return at
    return f"/messages/{places[int(head)]}{slash}{rest}"


# -- failed calls ------------------------------------------------------------------------------------------------------


def list_mistakes(example: Example) -> tuple[int, ...]:
    """The turns with a call that a later turn puts right, and that are learnt so far."""
    found = (find_mistake(example, at) for at in range(len(example.messages)))
    return tuple(dict.fromkeys(at for at in found if at is not None and example.messages[at].weight != NOT_LEARNT))


def list_shown(example: Example) -> tuple[int, ...]:
    """The turns with a failed call that is not learnt already, where the call after it stands as well without it.

    Who gives up or asks a person must have tried before, so what these recover from is never left out.
    """
    found = (_find_replaced(example.messages, at) for at in range(len(example.messages)))
    return tuple(dict.fromkeys(at for at in found if at is not None and example.messages[at].weight == NOT_LEARNT))


def _find_replaced(turns: tuple[Message, ...], at: int) -> int | None:
    """The turn whose calls failed and are made again, or otherwise, in the turn at a place."""
    label = turns[at].label
    if label is None or label.recovery not in _REPLACING or not turns[at].calls:
        return None
    before = at - 1
    while before > 0 and turns[before].role == "tool":
        before -= 1
    return before if 0 < before < at - 1 and turns[before].calls else None


def mark_mistakes(example: Example, mistakes: tuple[int, ...]) -> Example:
    """The example with weight 0 on these turns."""
    turns = tuple(
        msgspec.structs.replace(turn, weight=NOT_LEARNT) if at in mistakes else turn
        for at, turn in enumerate(example.messages)
    )
    return msgspec.structs.replace(example, messages=turns)


def drop_mistakes(turns: _Turns, mistakes: tuple[int, ...]) -> _Turns:
    """The turns without these and their results: the corrected call stands in their place."""
    kept: list[Message] = []
    places: list[int] = []
    is_out = was_out = False
    for at, turn in enumerate(turns.example.messages):
        is_out = at in mistakes or (is_out and turn.role == "tool")
        if not is_out:
            kept.append(_without_recovery(turn) if was_out else turn)
            places.append(turns.places[at])
        was_out = is_out
    return _Turns(msgspec.structs.replace(turns.example, messages=tuple(kept)), tuple(places))


def _without_recovery(turn: Message) -> Message:
    """A turn that recovers from nothing any more."""
    if turn.label is None:
        return turn
    label = msgspec.structs.replace(turn.label, recovery=None)
    return msgspec.structs.replace(turn, label=None if label == Label() else label)


# -- the system turn ---------------------------------------------------------------------------------------------------


def _begin(example: Example, wanted: SystemTurn | None) -> tuple[_Turns, tuple[Loss, ...]]:
    """The example with the system turn that was asked for, and what changed."""
    own = tuple(range(len(example.messages)))
    if wanted is None or example.whole is not None or not example.messages:
        return _Turns(example, own), ()
    first = example.messages[0]
    if first.role not in _SYSTEM:
        turns = (Message("system", wanted.text), *example.messages)
        change = Loss("/messages/0", f"a system turn that the row did not have; prompt {wanted.n} is added")
        return _Turns(msgspec.structs.replace(example, messages=turns), (0, *own)), (change,)
    text, what = wanted.text, f"the row's own system turn; prompt {wanted.n} stands in its place"
    if wanted.place == "add" and isinstance(first.content, str) and first.content.strip():
        text = f"{wanted.text}\n\n{first.content}"
        what = f"the beginning of the system turn; prompt {wanted.n} stands before its text"
    if isinstance(first.content, str) and _begins_so(first.content, wanted):
        return _Turns(example, own), ()
    turns = (msgspec.structs.replace(first, content=text), *example.messages[1:])
    return _Turns(msgspec.structs.replace(example, messages=turns), own), (Loss("/messages/0", what),)


def _begins_so(content: str, wanted: SystemTurn) -> bool:
    """Whether a system turn says it already."""
    return content == wanted.text or (wanted.place == "add" and content.startswith(f"{wanted.text}\n\n"))
