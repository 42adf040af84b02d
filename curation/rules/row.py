"""One example laid out for the rules: turns, calls and results linked, arguments parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.values import UNSET, Exact, Field, Json
from curation.reading.strict import Fault, parse_strict
from curation.rules.offer import Offer, OfferedTool, offer_of
from curation.rules.outcome import outcome_of
from curation.schemas import SchemaError

_KNOWN_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


def text_of(field: Field) -> str | None:
    """A field's text; None when it is absent, null or no string."""
    return field if type(field) is str else None


class Missing(NamedTuple):
    """One opaque value of a call that nothing before the call holds."""

    pointer: str
    value: str
    where_later: str | None
    """Inner pointer to the first later turn that holds the value."""
    near: str | None
    """A value before the call that differs by one edit."""


class Turn:
    """One message with its place."""

    __slots__ = ("calls", "index", "message", "role", "row", "text")

    def __init__(self, row: Row, index: int, message: Message) -> None:
        self.row = row
        self.index = index
        self.message = message
        self.role: str = message.role if type(message.role) is str else ""
        """Empty when the role is missing or no string."""
        self.text: str | None = message.content if type(message.content) is str else None
        self.calls: tuple[CallView, ...] = ()

    @property
    def at(self) -> str:
        return f"/messages/{self.index}"

    @property
    def is_weightless(self) -> bool:
        weight = self.message.weight
        return isinstance(weight, Exact) and weight.json in ("0", "0.0")

    @property
    def parts(self) -> Json:
        """The content when it is a list of parts, else None."""
        content = self.message.content
        if not isinstance(content, Exact):
            return None
        value = parse_strict(content.json).value
        return value if isinstance(value, list) else None


class CallView:
    """One tool call with its place, its parsed arguments, the tool it names and the results that answer it."""

    __slots__ = (
        "argument_faults",
        "arguments",
        "call",
        "errors",
        "id",
        "index",
        "missing",
        "name",
        "results",
        "text",
        "tool",
        "turn",
        "value",
    )

    def __init__(self, turn: Turn, index: int, call: Call) -> None:
        self.turn = turn
        self.index = index
        self.call = call
        self.name = call.name if type(call.name) is str else None
        self.id = call.id if type(call.id) is str else None
        self.results: list[ResultView] = []
        self.missing: list[Missing] | None = None
        """Kept by the rules on grounding."""
        arguments = call.arguments
        self.text: str | None = None if arguments is UNSET else arguments.text
        """The arguments' exact text."""
        self.value: Json = UNSET
        """The parsed arguments, whatever they are; UNSET when they are no JSON."""
        self.argument_faults: tuple[Fault, ...] = ()
        if self.text is not None:
            parsed = parse_strict(self.text)
            self.value = parsed.value
            self.argument_faults = parsed.faults
        self.arguments: dict[str, Json] | None = self.value if type(self.value) is dict else None
        self.tool: OfferedTool | None = turn.row.offer.find(self.name)
        self.errors: tuple[SchemaError, ...] = ()
        if self.arguments is not None and self.tool is not None and self.tool.compiled is not None:
            self.errors = self.tool.compiled.errors(self.arguments, size=len(self.text or "") // 2 + 1)

    @property
    def at(self) -> str:
        return f"/messages/{self.turn.index}/tool_calls/{self.index}"

    @property
    def arguments_at(self) -> str:
        return f"/messages/{self.turn.index}/tool_calls/{self.index}/function/arguments"

    @property
    def is_shown_mistake(self) -> bool:
        """A wrong call on purpose: nobody learns it (weight 0) and the tool answers it with an error."""
        return self.turn.is_weightless and any(outcome_of(result.turn.text).failed for result in self.results)

    @property
    def form(self) -> str:
        """How the row holds the arguments: `string` or `object`."""
        return getattr(self.call.arguments, "form", "string")

    @property
    def made_id(self) -> str:
        """The id that a call without one gets: its place in the row."""
        return f"call_{self.turn.index}_{self.index}"


class ResultView:
    """One tool turn and the call it answers."""

    __slots__ = ("call", "id", "problem", "related", "turn")

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.id = text_of(turn.message.tool_call_id)
        self.call: CallView | None = None
        self.problem: str | None = None
        """How the pairing failed: `orphan`, `early`, `repeated`, `late`; None when it is in order."""
        self.related: str | None = None

    @property
    def at(self) -> str:
        return f"/messages/{self.turn.index}"


class Row:
    """One example and what a team knows about its tools."""

    def __init__(self, example: Example, tools: Mapping[str, Tool] | None = None) -> None:
        self.example = example
        self.known = tools or {}
        self.offer: Offer = offer_of(example)
        self.calls: list[CallView] = []
        self.results: list[ResultView] = []
        self.turns: list[Turn] = [self._turn(index, message) for index, message in enumerate(example.messages)]

    def _turn(self, index: int, message: Message) -> Turn:
        turn = Turn(self, index, message)
        if message.calls:
            turn.calls = tuple(CallView(turn, i, call) for i, call in enumerate(message.calls))
            self.calls.extend(turn.calls)
        if turn.role == "tool":
            self.results.append(ResultView(turn))
        return turn

    @cached_property
    def assistant_turns(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.role == "assistant"]

    @cached_property
    def has_failure(self) -> bool:
        """Whether any result reports an error."""
        return any(outcome_of(result.turn.text).failed for result in self.results)

    def text_before(self, index: int) -> list[str]:
        """All texts of the turns before this one, oldest first."""
        return [turn.text for turn in self.turns[:index] if turn.text]


def is_known_role(role: str) -> bool:
    """Whether a role is one that every format knows."""
    return role in _KNOWN_ROLES
