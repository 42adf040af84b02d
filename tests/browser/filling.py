"""Fills a workspace for the journeys, through the services, as another process beside the server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.model.definition import Definition, Tool, ToolError
from curation.model.example import Call, Example, Label, Message
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.values import Arguments
from curation.services import cataloguing, freezing, people, projects, reviewing, writing
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace, open_workspace
from curation.services.writing import ExampleView
from tests.ready_homes import make_ready

PARAMETERS = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string", "pattern": "^[A-Z][0-9]{4}$", "description": "Order number."},
        "priority": {"type": "string", "enum": ["low", "high"], "description": "How urgent it is."},
    },
    "required": ["order_id"],
    "additionalProperties": False,
}


def make_tool(name: str = "track_order", description: str = "Say where an order is.") -> Tool:
    function = {"name": name, "description": description, "parameters": PARAMETERS}
    text = json.dumps({"type": "function", "function": function})
    return Tool(Definition(text), side_effect="read", errors=(ToolError("No order has this number."),))


def make_example(question: str, *, order_id: str = "B4821", answer: str = "It is on its way.") -> Example:
    call = Call(
        name="track_order", arguments=Arguments(json.dumps({"order_id": order_id})), id="call_1", type="function"
    )
    return Example(
        messages=(
            Message(role="user", content=question),
            Message(role="assistant", content=None, calls=(call,)),
            Message(role="tool", content='{"status": "on its way"}', tool_call_id="call_1"),
            Message(role="assistant", content=answer),
        ),
        tools=(make_tool().definition,),
    )


def make_answer(question: str, answer: str = "You are welcome.") -> Example:
    return Example(
        messages=(
            Message(role="user", content=question),
            Message(role="assistant", content=answer, label=Label(reason="small_talk")),
        ),
        tools=(make_tool().definition,),
    )


class Filling:
    """An open workspace with its person, and one project in it."""

    def __init__(self, ws: Workspace, name: str) -> None:
        self.ws = ws
        self.actor: Actor = people.local_actor(ws)
        self.project: ProjectView = projects.create_project(ws, self.actor, name, nonce=uuid.uuid4().hex)
        cataloguing.import_tools(ws, self.actor, self.project.id, [make_tool()], nonce=uuid.uuid4().hex)
        cataloguing.publish(ws, self.actor, self.project.id, nonce=uuid.uuid4().hex)

    def write(self, example: Example) -> ExampleView:
        return writing.new_example(self.ws, self.actor, self.project.id, example, nonce=uuid.uuid4().hex)

    def read(self, example_id: str) -> ExampleView:
        return writing.open_example(self.ws, example_id)


def freeze(filling: Filling) -> None:
    """Thirty accepted examples, frozen as version 1."""
    for number in range(30):
        filling.write(make_example(f"Where is order B48{number:02}?", order_id=f"B48{number:02}"))
    ws, actor, project = filling.ws, filling.actor, filling.project
    reviewing.accept_batch(ws, actor, project.id, states=[ExampleState.DRAFT], nonce=f"accept {project.id}")
    freezing.freeze(ws, actor, project.id, nonce=f"freeze {project.id}")


@contextmanager
def filled(home: Path, name: str = "") -> Iterator[Filling]:
    ws = open_workspace(make_ready(home))
    try:
        yield Filling(ws, name or f"Project {uuid.uuid4().hex[:8]}")
    finally:
        ws.close()
