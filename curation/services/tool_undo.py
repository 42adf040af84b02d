"""What a person changed on the desk of a tool, kept on the server so that it can be taken back, also after saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from curation.model.people import Actor
from curation.services import drafting
from curation.services.workspace import Workspace

KIND = "tool undo"
_FIELD = "steps"
MOST_STEPS = 40
MOST_CHARACTERS = 300_000
Change = tuple[str, str]
"""The text before and after."""


class Step(msgspec.Struct, frozen=True):
    """One change: its words, and the fields it changed."""

    what: str
    fields: dict[str, Change]


class Undoing(msgspec.Struct, frozen=True):
    """What undoing writes into which fields now."""

    what: str
    fields: dict[str, str]
    is_popped: bool
    """False where something typed since then goes first and the step stays for the next undo."""


def push(ws: Workspace, actor: Actor, object_id: str, what: str, fields: Mapping[str, Change]) -> None:
    """Remember a change; the oldest ones are forgotten where they take too much room."""
    steps = [*list_steps(ws, actor, object_id), Step(what, dict(fields))][-MOST_STEPS:]
    while len(steps) > 1 and sum(_size(step) for step in steps) > MOST_CHARACTERS:
        steps = steps[1:]
    _store(ws, actor, object_id, steps)


def list_steps(ws: Workspace, actor: Actor, object_id: str) -> tuple[Step, ...]:
    """What can be taken back, oldest first."""
    draft = drafting.read_drafts(ws, actor.person_id, KIND, object_id).get(_FIELD)
    return msgspec.json.decode(draft.text, type=tuple[Step, ...]) if draft else ()


def next_step(
    ws: Workspace,
    actor: Actor,
    object_id: str,
    fields: Mapping[str, str],
    is_same: Callable[[str, str, str], bool],
) -> Undoing | None:
    """What to write next. Text typed after the last step, in an editor of its own, is taken back before the step."""
    steps = list_steps(ws, actor, object_id)
    if not steps:
        return None
    last = steps[-1]
    typed = {name: after for name, (_, after) in last.fields.items() if not is_same(name, fields[name], after)}
    if typed:
        return Undoing("what was typed since", typed, is_popped=False)
    return Undoing(last.what, {name: before for name, (before, _) in last.fields.items()}, is_popped=True)


def pop(ws: Workspace, actor: Actor, object_id: str) -> None:
    """Forget the newest step."""
    _store(ws, actor, object_id, list_steps(ws, actor, object_id)[:-1])


def move(ws: Workspace, actor: Actor, object_id: str, to: str) -> None:
    """A new tool was saved and has an id of its own now: its steps go with it."""
    steps = list_steps(ws, actor, object_id)
    drafting.drop_drafts(ws, actor.person_id, KIND, object_id)
    if steps:
        _store(ws, actor, to, steps)


def _store(ws: Workspace, actor: Actor, object_id: str, steps: list[Step] | tuple[Step, ...]) -> None:
    text = msgspec.json.encode(steps).decode()
    # A change too large to be remembered must not keep the change itself from being made.
    text = text if len(text.encode()) <= drafting.TEXT_BYTES else "[]"
    drafting.save_draft(ws, actor.person_id, KIND, object_id, _FIELD, 0, text)


def _size(step: Step) -> int:
    return sum(len(before) + len(after) for before, after in step.fields.values())
