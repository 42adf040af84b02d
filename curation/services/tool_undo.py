"""What a person changed on the desk of a tool, kept on the server so that it can be taken back, also after saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from curation.model.people import Actor
from curation.model.texts import is_too_long
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
    revision: int = 0
    """The tool's revision this person had before them, or saved since; 0: nobody noted it."""
    at: str = ""
    """When it was done."""


class Undoing(msgspec.Struct, frozen=True):
    """What undoing writes into which fields now."""

    what: str
    fields: dict[str, str]
    is_popped: bool
    """False where something typed since then goes first and the step stays for the next undo."""
    revision: int = 0
    """What the texts are a change of: where somebody else has saved since, that is asked about."""


def push(
    ws: Workspace, actor: Actor, object_id: str, what: str, fields: Mapping[str, Change], revision: int = 0
) -> None:
    """Remember a change of a revision; the oldest ones are forgotten where they take too much room."""
    steps = [*list_steps(ws, actor, object_id), Step(what, dict(fields), revision, ws.now())][-MOST_STEPS:]
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
    is_own: Callable[[str, int], bool],
) -> Undoing | None:
    """What to write next. Text typed after the last step, in an editor of its own, is taken back before the step.

    Args:
        ws: the workspace.
        actor: whose steps.
        object_id: the tool, or the id a new one's drafts are kept under.
        fields: the texts as they are now.
        is_same: whether a field's two texts say the same.
        is_own: whether this person made a field what it is now, after a revision.
    """
    steps = list_steps(ws, actor, object_id)
    if not steps:
        return None
    last = steps[-1]
    typed = {
        name: after
        for name, (_, after) in last.fields.items()
        if not is_same(name, fields[name], after) and is_own(name, last.revision)
    }
    if typed:
        return Undoing("what was typed since", typed, is_popped=False, revision=last.revision)
    before = {name: before for name, (before, _) in last.fields.items()}
    return Undoing(last.what, before, is_popped=True, revision=last.revision)


def pop(ws: Workspace, actor: Actor, object_id: str) -> None:
    """Forget the newest step."""
    _store(ws, actor, object_id, list_steps(ws, actor, object_id)[:-1])


def settle(ws: Workspace, actor: Actor, object_id: str, base_revision: int, revision: int) -> None:
    """What this person did to one revision is part of the next one now: they saved it, or put theirs on top of it."""
    steps = list_steps(ws, actor, object_id)
    if any(step.revision == base_revision for step in steps):
        _store(ws, actor, object_id, [_settled(step, base_revision, revision) for step in steps])


def _settled(step: Step, base_revision: int, revision: int) -> Step:
    return msgspec.structs.replace(step, revision=revision) if step.revision == base_revision else step


def move(ws: Workspace, actor: Actor, object_id: str, to: str, revision: int) -> None:
    """A new tool was saved and has an id of its own now: its steps go with it."""
    steps = [_settled(step, 0, revision) for step in list_steps(ws, actor, object_id)]
    drafting.drop_drafts(ws, actor.person_id, KIND, object_id)
    if steps:
        _store(ws, actor, to, steps)


def _store(ws: Workspace, actor: Actor, object_id: str, steps: list[Step] | tuple[Step, ...]) -> None:
    text = msgspec.json.encode(steps).decode()
    # A change too large to be remembered must not keep the change itself from being made.
    text = "[]" if is_too_long(text) else text
    drafting.save_draft(ws, actor.person_id, KIND, object_id, _FIELD, 0, text)


def _size(step: Step) -> int:
    return sum(len(before) + len(after) for before, after in step.fields.values())
