"""Plain factories: a shop's tool and conversations about orders, for tests of storage and services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.model.definition import Definition, Tool
from curation.model.example import Arguments, Call, Example, Label, Message
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import batching, people, projects, reviewing
from curation.services.workspace import Workspace, open_workspace
from curation.services.writing import ExampleView, new_example
from tests.ready_homes import make_ready

TRACK_ORDER = Definition(
    '{"type":"function","function":{"name":"track_order","description":"Look up where an order is now.",'
    '"parameters":{"type":"object","properties":{"order_id":{"type":"string",'
    '"description":"The order number, such as A-77.","minLength":3}},'
    '"required":["order_id"],"additionalProperties":false}}}'
)


def make_tool(name: str = "track_order", parameters: str | None = None) -> Tool:
    """A tool that reads; `parameters` is the JSON text of its schema."""
    text = TRACK_ORDER.text.replace("track_order", name)
    if parameters is not None:
        start = text.index('"parameters":') + len('"parameters":')
        text = text[:start] + parameters + "}}"
    return Tool(Definition(text), side_effect="read")


def make_example(order: str = "A-77", *, group: str | None = None) -> Example:
    """One call, its result, one answer; without errors."""
    call = Call(name="track_order", arguments=Arguments(f'{{"order_id":"{order}"}}'), id="call_1", type="function")
    return Example(
        messages=(
            Message(role="user", content=f"Where is my order {order}?"),
            Message(role="assistant", calls=(call,)),
            Message(role="tool", content='{"status":"sent"}', tool_call_id="call_1"),
            Message(role="assistant", content=f"Order {order} was sent."),
        ),
        tools=(TRACK_ORDER,),
        group=group,
    )


def make_no_tool_example(words: str = "Thank you!", *, group: str | None = None) -> Example:
    """Small talk that calls nothing; without errors."""
    return Example(
        messages=(
            Message(role="user", content=words),
            Message(role="assistant", content="You are welcome.", label=Label(reason="small_talk")),
        ),
        tools=(TRACK_ORDER,),
        group=group,
    )


def make_broken_example(order: str = "A-77") -> Example:
    """A call to a tool nobody offers: an error."""
    call = Call(name="find_parcel", arguments=Arguments("{}"), id="call_1", type="function")
    return Example(
        messages=(Message(role="user", content=f"Where is {order}?"), Message(role="assistant", calls=(call,))),
        tools=(TRACK_ORDER,),
    )


class Desk:
    """A workspace with one project and one person, and nonces that are never used twice."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.actor: Actor = people.local_actor(ws)
        self._used = 0
        self.project_id = projects.create_project(ws, self.actor, "Shop", nonce=self.nonce()).id

    def nonce(self) -> str:
        self._used += 1
        return f"nonce {self._used}"

    def write(self, example: Example | None = None, state: ExampleState = ExampleState.DRAFT) -> ExampleView:
        return new_example(
            self.ws, self.actor, self.project_id, example or make_example(), state=state, nonce=self.nonce()
        )

    def bring_in(self, examples: Iterable[Example], state: ExampleState = ExampleState.CANDIDATE) -> str:
        """Store many as one batch; returns its id."""
        report = batching.add_examples(
            self.ws, self.actor, self.project_id, examples, origin="x", name="x", state=state, nonce=self.nonce()
        )
        return report.batch_id

    def accept_candidates(self) -> None:
        reviewing.accept_batch(self.ws, self.actor, self.project_id, states=["candidate"], nonce=self.nonce())


@contextmanager
def open_desk(home: Path) -> Iterator[Desk]:
    ws = open_workspace(make_ready(home))
    try:
        yield Desk(ws)
    finally:
        ws.close()
