"""Which acceptable values belong to which call: a row lists one object for each, of all its turns or of the last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import msgspec

from curation.model.example import Call, Example
from curation.model.values import Json

Listed = dict[str, dict[str, list[Json]]]
"""What one call may hold as well: {tool: {argument: [values]}}."""
LEFT_OUT = ""
"""Among the acceptable values of an argument: it may be left out."""


class PlacedCall(NamedTuple):
    """A call with its place in the row."""

    turn: int
    place: int
    """Among the calls of its turn."""
    call: Call

    @property
    def name(self) -> str:
        return self.call.name if isinstance(self.call.name, str) else ""


def calls_in(example: Example) -> list[PlacedCall]:
    """Every call of a row in its order."""
    turns = enumerate(example.messages)
    return [PlacedCall(turn, index, call) for turn, message in turns for index, call in enumerate(message.calls or ())]


def assign_listed(example: Example) -> list[int | None] | None:
    """For every call the place of its object in the row's list, None where it has none.

    None for the whole: the number of objects fits neither all calls nor those of the last turn that calls.
    """
    calls, listed = calls_in(example), example.acceptable or ()
    if not listed or not calls:
        return [None] * len(calls) if not listed else None
    n_last = sum(1 for one in calls if one.turn == calls[-1].turn)
    if len(listed) not in (len(calls), n_last):
        return None
    first = len(calls) - len(listed)
    places: list[int | None] = [None] * first
    for _, turn in groupby(calls[first:], key=attrgetter("turn")):
        names, start = [one.name for one in turn], len(places) - first
        found = match_objects(names, listed[start : start + len(names)])
        places += [None if at is None else start + at for at in found]
    return places


def match_objects(names: Sequence[str], listed: Sequence[Listed]) -> list[int | None]:
    """For every call of one turn, by the name of its tool, the object that is its own.

    The one at its place where that names its tool; else the first that does and that no other call has at its place.
    """
    own = [at if at < len(listed) and name in listed[at] else None for at, name in enumerate(names)]
    free = [at for at in range(len(listed)) if at not in own]
    for at, name in enumerate(names):
        found = next((one for one in free if name in listed[one]), None) if own[at] is None else None
        if found is not None:
            own[at] = found
            free.remove(found)
    return own


def listed_by_call(example: Example) -> list[Listed] | None:
    """One object for every call of the row, in order; None where the row's list fits no calls.

    What names no call of its turn stands at a call of that turn which has no object of its own, in their order.
    """
    places = assign_listed(example)
    if places is None:
        return None
    listed = example.acceptable or ()
    first = len(places) - len(listed)
    turns = [one.turn for one in calls_in(example)]
    objects = [listed[place] if place is not None else {} for place in places]
    bare = [at for at in range(first, len(places)) if places[at] is None]
    for place in sorted(set(range(len(listed))) - set(places)):
        at = next(at for at in bare if turns[at] == turns[first + place])
        bare.remove(at)
        objects[at] = listed[place]
    return objects


def with_listed(example: Example, objects: list[Listed]) -> Example:
    """The example with these acceptable values, one object a call; none at all where all are empty."""
    return msgspec.structs.replace(example, acceptable=tuple(objects) if any(objects) else None)
