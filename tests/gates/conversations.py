"""Plain factories for candidates: a few tools and conversations about them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from curation.gates import Bench
from curation.model.candidate import Candidate, Deed
from curation.model.definition import Definition, SideEffect, Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Arguments, Exact, Json


def tool(
    name: str,
    about: str,
    properties: dict[str, Json],
    *,
    required: Sequence[str] | None = None,
    effect: SideEffect | None = None,
    result: Json = None,
) -> Tool:
    """A tool; all its arguments are required unless it is said."""
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        "additionalProperties": False,
    }
    function = {"name": name, "description": about, "parameters": schema}
    text = json.dumps({"type": "function", "function": function})
    return Tool(Definition(text), side_effect=effect, result_schema=json.dumps(result) if result else None)


def text(about: str) -> Json:
    return {"type": "string", "description": about}


ORDER: dict[str, Json] = {"order_id": text("The order number.")}
USER: dict[str, Json] = {"user_id": text("The user's number.")}
STATUS: Json = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "status": {"enum": ["packed", "shipped", "delivered", "cancelled"]}},
    "required": ["status"],
}
TOOLS = (
    tool("get_order", "Say how an order stands.", ORDER, effect="read", result=STATUS),
    tool("cancel_order", "Cancel an order for good.", ORDER, effect="destructive"),
    tool("pause_order", "Hold an order back until further notice.", ORDER, effect="write"),
    tool(
        "request_refund",
        "Ask for the money back.",
        ORDER
        | {"reason": {"type": "string", "enum": ["damaged", "late", "unwanted"], "description": "Why it goes back."}},
        effect="write",
    ),
    tool(
        "send_money",
        "Send money to a person.",
        {
            "recipient": text("Who gets it."),
            "amount": {"type": "number", "description": "How much."},
            "currency": text("Currency code, such as EUR."),
        },
        required=("recipient", "amount"),
        effect="write",
    ),
    tool(
        "book_table",
        "Reserve a table.",
        {
            "date": {"type": "string", "format": "date", "description": "The day."},
            "people": {"type": "integer", "description": "How many guests."},
            "duration_minutes": {"type": "integer", "description": "How long, in minutes."},
        },
        required=("date", "people"),
        effect="write",
    ),
    tool(
        "create_ticket",
        "Open a ticket.",
        {"subject": text("What it is about.")},
        effect="write",
        result={"type": "object", "properties": {"ticket_id": {"type": "string"}}, "required": ["ticket_id"]},
    ),
    tool("get_ticket", "Show a ticket.", {"ticket_id": text("The ticket's number.")}, effect="read"),
    tool(
        "update_order_address",
        "Send an order to another place.",
        ORDER | {"address": text("Where it goes.")},
        effect="write",
    ),
    tool("show_parcel", "Show where an order goes.", ORDER, effect="read"),
    tool("issue_refund", "Pay the money for an order back.", ORDER, effect="destructive"),
    tool("reset_password", "Set a new password.", USER, effect="destructive"),
    tool("get_user", "Show a user.", USER, effect="read"),
    tool("delete_ticket", "Delete a ticket.", {"ticket_id": text("The ticket's number.")}, effect="destructive"),
)
BENCH = Bench(tools={one.name: one for one in TOOLS})


class Talk:
    """Puts a conversation together turn by turn."""

    def __init__(self, *said: str, system: str = "") -> None:
        self._messages: list[Message] = [Message(role="system", content=system)] if system else []
        self._ids: list[str] = []
        self.says(*said)

    def says(self, *said: str) -> Talk:
        """What the person says; the assistant's words between."""
        for number, words in enumerate(said):
            role, label = ("user", None) if number % 2 == 0 else ("assistant", Label(reason="answer_directly"))
            self._messages.append(Message(role=role, content=words, label=label))
        return self

    def calls(self, name: str, *given: dict[str, Json], weight: int = 1) -> Talk:
        """One turn that calls a tool once for each set of arguments."""
        first = sum(len(message.calls or ()) for message in self._messages) + 1
        self._ids = [f"call_{first + number}" for number in range(len(given))]
        calls = tuple(
            Call(name=name, arguments=Arguments(json.dumps(one)), id=call_id, type="function")
            for one, call_id in zip(given, self._ids, strict=True)
        )
        turn = Message(role="assistant", calls=calls)
        self._messages.append(turn if weight else Message(role="assistant", calls=calls, weight=Exact("0")))
        return self

    def gives(self, *results: Json) -> Talk:
        """What the calls bring back."""
        for call_id, result in zip(self._ids, results, strict=True):
            self._messages.append(Message(role="tool", content=json.dumps(result), tool_call_id=call_id))
        return self

    def ends(self, words: str) -> Talk:
        """What the assistant says of it."""
        self._messages.append(Message(role="assistant", content=words, label=Label(reason="answer_directly")))
        return self

    def candidate(self, *, deeds: Sequence[tuple[str, dict[str, Json]]] | None = None, twin: str = "") -> Candidate:
        """The conversation as a candidate that offers every tool."""
        asked = None if deeds is None else tuple(Deed(name, given) for name, given in deeds)
        example = Example(messages=tuple(self._messages), tools=tuple(one.definition for one in TOOLS))
        return Candidate(example, "positive", deeds=asked, twin=twin)
