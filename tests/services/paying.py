"""A tool that pays, the calls of it, and the acts that change it and move its examples along."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from curation.migrations import Step
from curation.model.definition import Definition, Tool
from curation.model.example import Arguments, Call, Example, Message
from curation.services import (
    cataloguing,
    migrating,
    reviewing,
    writing,
)
from curation.services.cataloguing import ToolView
from curation.services.impact import Impact, measure
from curation.services.migrating import MoveReport
from curation.services.writing import ExampleView
from tests.shop_rows import Desk

PAY = {
    "amount": {"type": "string", "description": "How much, in the currency of the account."},
    "account": {"type": "string", "description": "Number of the account."},
    "speed": {"type": "string", "enum": ["slow", "fast"], "description": "How soon."},
}


def pay_tool(properties: dict[str, object] = PAY, required: Sequence[str] = ("amount",), name: str = "pay") -> Tool:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    function = {"name": name, "description": "Pays an amount to an account.", "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})), side_effect="read")


def pay_example(arguments: str, tool: Tool | None = None) -> Example:
    call = Call(name="pay", arguments=Arguments(arguments), id="call_1", type="function")
    return Example(
        messages=(
            Message(role="user", content=f"Please pay: {arguments}"),
            Message(role="assistant", calls=(call,)),
            Message(role="tool", content='{"done":true}', tool_call_id="call_1"),
            Message(role="assistant", content="It is paid."),
        ),
        tools=((tool or pay_tool()).definition,),
    )


def save(desk: Desk, tool: Tool, before: ToolView | None = None) -> ToolView:
    return cataloguing.save_tool(
        desk.ws,
        desk.actor,
        desk.project_id,
        tool,
        tool_id=before.id if before else None,
        base_revision=before.revision if before else 0,
        nonce=desk.nonce(),
    )


def publish(desk: Desk) -> None:
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


def move(desk: Desk, steps: Sequence[Step] | None = None) -> MoveReport:
    seen = measure(desk.ws, desk.project_id, steps=steps)
    return migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce=desk.nonce()
    )


def with_value(seen: Impact, source: str) -> list[Step]:
    return [msgspec.structs.replace(one, value=source) if one.kind == "default" else one for one in seen.steps]


def arguments_of(view: ExampleView) -> str:
    (call,) = view.example.messages[1].calls or ()
    assert isinstance(call.arguments, Arguments)
    return call.arguments.text


def read(desk: Desk, view: ExampleView) -> ExampleView:
    return writing.open_example(desk.ws, view.id)


def accept(desk: Desk, view: ExampleView) -> None:
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())


CURRENCY = {"type": "string", "description": "ISO code of the currency."}


def add_currency(desk: Desk, pay: ToolView) -> ToolView:
    return save(desk, pay_tool({**PAY, "currency": CURRENCY}, ("amount", "currency")), pay)


def leave(desk: Desk) -> MoveReport:
    digest = measure(desk.ws, desk.project_id).digest
    return migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=(), digest=digest, is_leaving=True, nonce=desk.nonce()
    )
