"""What is in the way of a tool, one place after the other: texts that were not taken, its name, then what lint says."""

from __future__ import annotations

from typing import NamedTuple

from curation.model.finding import Judged, Severity
from curation.services.tool_desk import Desk, Unread
from ui.state import Slot
from ui.tool_inspector import find_line
from ui.tool_place import PART, SCHEMAS, Place, field_key, live_key, move_cursor, place_of, show_parameter


class Stop(NamedTuple):
    """One place the cursor is led to."""

    part: str = ""
    """The part of the tool that has to be open; "" where it does not matter."""
    pointer: str = ""
    """The parameter it is about."""
    key: str = ""
    """The field; "" for the first one of the parameter's form."""


_LAST: Slot[Stop | None] = Slot("catalogue.stop", None)


def list_stops(desk: Desk, judged: tuple[Judged, ...]) -> tuple[tuple[Stop, ...], bool]:
    """Where the cursor goes in turn, and whether errors wait there; warnings are shown once there are none."""
    place = place_of(desk)
    stops = [_of_unread(desk, one) for one in desk.unread]
    if not desk.fields["name"].strip() and (desk.drafted or desk.unread):
        stops.append(Stop(key=live_key(place, "name")))
    errors = [one for one in judged if one.severity is Severity.ERROR]
    stops += _of_findings(desk, errors)
    if stops:
        return tuple(dict.fromkeys(stops)), True
    warnings = [one for one in judged if one.severity is Severity.WARNING]
    return tuple(dict.fromkeys(_of_findings(desk, warnings))), False


def go_on(place: Place, stops: tuple[Stop, ...]) -> None:
    """Callback: to the stop behind the last one, in a circle."""
    slot = _LAST.of(place.object_id)
    last = slot.get()
    stop = stops[(stops.index(last) + 1) % len(stops)] if last in stops else stops[0]
    slot.set(stop)
    if stop.part:
        PART.of(place.object_id).set(stop.part)
    if stop.pointer:
        show_parameter(Place(place.project_id, place.object_id, stop.part), stop.pointer)
    if stop.key:
        move_cursor(stop.key)


def _of_unread(desk: Desk, unread: Unread) -> Stop:
    if unread.schema not in SCHEMAS:
        return Stop(unread.schema, "", unread.key)
    key = field_key(place_of(desk, unread.schema), unread.field, unread.pointer)
    return Stop(unread.schema, unread.pointer, key)


def _of_findings(desk: Desk, judged: list[Judged]) -> list[Stop]:
    found = []
    for one in judged:
        line = find_line(desk, one)
        field = one.finding.at.rpartition("/")[2]
        if line is not None:
            found.append(Stop("parameters", line.pointer))
        elif field in ("name", "description") and "/parameters" not in one.finding.at:
            found.append(Stop(key=live_key(place_of(desk), field)))
    return found
