"""Making a tool strict: what would change and which examples would break, and then the act itself."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.errors import BlockedError
from curation.model.definition import Definition
from curation.model.example import Example
from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.schemas.strict import BrokenCall, Change, StrictSchema, find_broken, make_definition_strict
from curation.services import cataloguing, drafting, tool_desk
from curation.services.cataloguing import ToolView
from curation.services.judging import read_body
from curation.services.tool_desk import Desk
from curation.services.workspace import Workspace
from db import examples, filtering

MOST_EXAMPLES = 2_000
"""The newest examples that are looked at; more would keep the dialog waiting."""

__all__ = ["BrokenCall", "Change", "StrictPreview", "accept_strict", "preview_strict"]


class StrictPreview(msgspec.Struct, frozen=True):
    """The strict form of the tool on a desk."""

    definition: str
    changes: tuple[Change, ...]
    left: tuple[str, ...]
    """What keeps it out of the strict subset still."""
    broken: tuple[BrokenCall, ...]
    """Calls of examples that no longer fit."""
    n_calls: int
    """How many calls were looked at."""


def preview_strict(ws: Workspace, desk: Desk, *, for_tuning: bool = False) -> StrictPreview:
    """What accepting would do; nothing is stored."""
    before = _need_definition(desk)
    made = make_definition_strict(before.text, for_tuning=for_tuning)
    calls = tuple(_calls(ws, desk.project_id, before.view.name or ""))
    old, new = (Definition(text).view.parameters_text or "{}" for text in (before.text, made.text))
    return StrictPreview(made.text, made.changes, made.left, find_broken(old, new, calls), len(calls))


def accept_strict(ws: Workspace, actor: Actor, desk: Desk, *, for_tuning: bool = False, nonce: str) -> ToolView:
    """Save the strict form as the tool's next revision, with whatever else is on the desk."""
    made: StrictSchema = make_definition_strict(_need_definition(desk).text, for_tuning=for_tuning)
    tool, why_not = tool_desk.preview(desk)
    if tool is None or made.left:
        raise BlockedError("This tool cannot be made strict.", hint=why_not or made.left[0])
    saved = cataloguing.save_tool(
        ws,
        actor,
        desk.project_id,
        msgspec.structs.replace(tool, definition=Definition(made.text)),
        tool_id=desk.view.id if desk.view else None,
        base_revision=desk.base_revision,
        nonce=nonce,
    )
    drafting.drop_read(ws, actor.person_id, desk.read)
    return saved


def _need_definition(desk: Desk) -> Definition:
    tool, why_not = tool_desk.preview(desk)
    if tool is None:
        raise BlockedError("This tool cannot be made strict yet.", hint=why_not)
    return tool.definition


def _calls(ws: Workspace, project_id: str, name: str) -> Iterator[tuple[str, Json]]:
    """The arguments of every call of a tool, each with the example it stands in."""
    with ws.reading() as connection:
        heads = filtering.page(connection, project_id, ExampleFilter(tool=name), "", after=None, limit=MOST_EXAMPLES)
        bodies = {head.number: examples.read_body(connection, head.head_hash) for head in heads}
    for number, body in bodies.items():
        for arguments in _arguments(read_body(body).example, name):
            yield f"Example {number}", arguments


def _arguments(example: Example, name: str) -> Iterator[Json]:
    for message in example.messages:
        for call in message.calls or ():
            if call.name == name and call.arguments is not UNSET:
                value = parse_strict(call.arguments.text).value
                if isinstance(value, dict):
                    yield value
