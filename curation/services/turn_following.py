"""Follows one text field from a revision to a later one, over turns and calls that were moved, added or removed.

A stored conversation has no turn ids. A turn is recognised by what it says, by the ids of its calls, or by standing
where it stood while no turn moved. Where two answers are possible there is none: text must never land in another turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from curation.errors import NotFoundError
from curation.model.example import Call, Example, Message
from curation.services.text_fields import Spot, content_at, field_text, find_spot


def follow_field(pointer: str, revisions: Sequence[Example]) -> str | None:
    """Where a field of the first revision stands in the last, one revision after the other; None when it is gone."""
    at: str | None = pointer
    for before, after in pairwise(revisions):
        at = _follow_step(at, before, after) if at is not None else None
    return at


def _follow_step(pointer: str, before: Example, after: Example) -> str | None:
    try:
        spot = find_spot(pointer)
    except NotFoundError:
        return None
    turn = follow_turn(spot.turn, before.messages, after.messages)
    if turn is None:
        return None
    if spot.call is None:
        return content_at(turn)
    call = _follow_call(spot.call, before.messages[spot.turn].calls or (), after.messages[turn].calls or ())
    return None if call is None else _rest(spot, turn, call, pointer)


def _rest(spot: Spot, turn: int, call: int, pointer: str) -> str:
    return _call_at(turn, call) + pointer.removeprefix(_call_at(spot.turn, spot.call or 0))


def _call_at(turn: int, call: int) -> str:
    return f"/messages/{turn}/tool_calls/{call}"


def follow_turn(turn: int, before: Sequence[Message], after: Sequence[Message]) -> int | None:
    """The place of a turn after the edits between two revisions."""
    if turn >= len(before):
        return None
    if _no_turn_moved(before, after):
        return turn
    return _only(turn, before, after) if _is_single(before[turn], before) else None


def _no_turn_moved(before: Sequence[Message], after: Sequence[Message]) -> bool:
    """Whether each turn stands where it stood, rewritten or not."""
    return len(before) == len(after) and all(
        old == new or (old.role == new.role and old not in after and new not in before)
        for old, new in zip(before, after, strict=True)
    )


def _only(turn: int, before: Sequence[Message], after: Sequence[Message]) -> int | None:
    """The one turn that says the same, has the same call ids, or is alone in having been rewritten."""
    same = [i for i, message in enumerate(after) if message == before[turn]]
    if not same:
        same = [i for i, message in enumerate(after) if _ids(before[turn]) & _ids(message)]
    if not same:
        same = _rewritten(turn, before, after)
    return same[0] if len(same) == 1 else None


def _is_single(message: Message, among: Sequence[Message]) -> bool:
    return sum(1 for one in among if one == message) == 1


def _ids(message: Message) -> frozenset[tuple[str, str]]:
    """What names a turn: the calls it makes, or the call it answers."""
    if message.role == "tool":
        answered = field_text(message.tool_call_id)
        return frozenset({("answers", answered)} if answered else ())
    calls = {field_text(call.id) for call in message.calls or ()} - {""}
    return frozenset(("calls", one) for one in calls)


def _rewritten(turn: int, before: Sequence[Message], after: Sequence[Message]) -> list[int]:
    """The turn of `after` between the same two neighbours, where only this one differs."""
    first = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(after))
    rest = len(before) - turn - 1
    is_alone = first == turn and tuple(before[turn + 1 :]) == tuple(after[len(after) - rest :])
    return [turn] if is_alone and len(after) - rest == turn + 1 else []


def _follow_call(call: int, before: Sequence[Call], after: Sequence[Call]) -> int | None:
    if call >= len(before):
        return None
    wanted = field_text(before[call].id)
    named = [i for i, one in enumerate(after) if wanted and field_text(one.id) == wanted]
    if named:
        return named[0] if len(named) == 1 else None
    is_same_list = [one.name for one in before] == [one.name for one in after]
    return call if is_same_list else None
