"""Where an act was refused because a schema's JSON is broken, the cursor goes to the place where it breaks."""

from __future__ import annotations

import uuid

import msgspec

from curation.services.parameter_forms import place_of_fault
from curation.services.tool_desk import Desk
from ui.state import Slot


class Aim(msgspec.Struct, frozen=True):
    """A line and a column of one of the tool's schemas, and a word that is new for every move."""

    field: str = ""
    caret: tuple[int, int] = (1, 1)
    word: str = ""


_AIM: Slot[Aim] = Slot("catalogue.aim", Aim())


def aim_at_fault(desk: Desk, field: str) -> None:
    """Move the cursor to where the JSON of this field breaks; nowhere while it is whole."""
    caret = place_of_fault(desk.fields[field]) if desk.fields[field].strip() else None
    if caret is not None:
        _AIM.of(desk.object_id).set(Aim(field, caret, uuid.uuid4().hex))


def aim_of(object_id: str, field: str) -> Aim:
    """Where the cursor of this field goes; a word already followed moves nothing."""
    aim = _AIM.of(object_id).get()
    return aim if aim.field == field else Aim()
