"""One example and the tools as they are now: why it waits for repair, and taking the new definitions by itself."""

from __future__ import annotations

import msgspec

from curation.errors import StateError
from curation.migrations import move_example
from curation.model.people import Actor
from curation.services.tool_moves import normal_text, read_plan
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, save_example
from db import catalogue, repairs


class Waiting(msgspec.Struct, frozen=True):
    """A tool whose change broke an example, and what is still wrong."""

    tool: str
    reason: str
    is_behind: bool
    """Whether the example still offers the tool as it was."""


def list_waiting(ws: Workspace, view: ExampleView) -> tuple[Waiting, ...]:
    """Why an example waits for repair; () for one that does not."""
    tools = view.example.tools if isinstance(view.example.tools, tuple) else ()
    offered = {normal_text(one.text) for one in tools}
    found = []
    with ws.reading() as connection:
        for one in repairs.list_repairs_of(connection, view.id):
            record = catalogue.find_tool(connection, one.tool_id)
            if record is not None:
                now = None if record.archived else normal_text(record.tool.definition.text)
                found.append(Waiting(record.name, one.reason, now not in offered))
    return tuple(found)


def take_definitions(ws: Workspace, actor: Actor, view: ExampleView, *, nonce: str) -> ExampleView:
    """Put the tools as they are now into one example, its calls converted where that is exact, as one revision."""
    with ws.reading() as connection:
        plan = read_plan(connection, view.project_id)
    moved = move_example(view.example, plan.by_text()).example
    if moved == view.example:
        raise StateError(
            f"Example {view.number} offers the tools as they are now.", hint="Mend what the findings say, then save."
        )
    return save_example(ws, actor, view.id, view.head_rev, moved, why="took the new definitions", nonce=nonce)
