"""One example laid out for the rules: turns, calls and results linked, arguments parsed once."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import orjson

from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.values import UNSET, Exact, Field, Json
from curation.reading.strict import Fault, parse_strict
from curation.rules.offer import Offer, OfferedTool, offer_of
from curation.rules.outcome import has_failed
from curation.schemas import Allowance, SchemaError
from curation.schemas.pointers import escape_step

if TYPE_CHECKING:
    from curation.rules.context import Heard

_DEEPEST_LEAF = 20
_NO_NUMBER = "null"
"""What the fast writer makes of numbers that JSON does not have."""
_KNOWN_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


def text_of(field: Field) -> str | None:
    """A field's text; None when it is absent, null or no string."""
    return field if type(field) is str else None


def said_in(content: Field) -> str | None:
    """What a content says: its text, or the texts of its parts, joined; None where it is neither or holds a picture."""
    if type(content) is not Exact:
        return text_of(content)
    parts = parse_strict(content.json).value
    texts = [_text_of_part(part) for part in parts] if type(parts) is list else []
    said = [text for text in texts if text is not None]
    return "\n".join(said) if said and len(said) == len(texts) else None


def _text_of_part(part: Json) -> str | None:
    """The text of a part that is nothing else."""
    text = part.get("text") if type(part) is dict and part.get("type") == "text" else None
    return text if type(text) is str else None


class Missing(NamedTuple):
    """One opaque value of a call that nothing before the call holds."""

    pointer: str
    value: str
    where_later: str | None
    """Inner pointer to the first later turn that holds the value."""
    near: str | None
    """A value before the call that differs by one edit."""
    kind: str = "id"
    """What the value is, in words."""


class Turn:
    """One message with its place."""

    __slots__ = ("calls", "index", "message", "result", "role", "row", "text")

    def __init__(self, row: Row, index: int, message: Message) -> None:
        self.row = row
        self.index = index
        self.message = message
        self.role: str = message.role if type(message.role) is str else ""
        """Empty when the role is missing or no string."""
        self.text: str | None = said_in(message.content)
        self.calls: tuple[CallView, ...] = ()
        if message.calls:
            self.calls = tuple([CallView(self, i, call) for i, call in enumerate(message.calls)])
            row.calls += self.calls
        self.result: ResultView | None = None
        if self.role == "tool":
            self.result = ResultView(self)
            row.results.append(self.result)

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
        "found_key",
        "found_leaves",
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
        self.found_key: str | None = None
        self.found_leaves: list[tuple[str, Json]] | None = None
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
            self.errors = self.tool.compiled.errors(
                self.arguments, size=len(self.text or "") // 2 + 1, allowance=turn.row.allowance
            )

    @property
    def at(self) -> str:
        return f"/messages/{self.turn.index}/tool_calls/{self.index}"

    @property
    def arguments_at(self) -> str:
        return f"/messages/{self.turn.index}/tool_calls/{self.index}/function/arguments"

    @property
    def is_shown_mistake(self) -> bool:
        """A wrong call on purpose: nobody learns it (weight 0) and the tool answers it with an error."""
        return self.turn.is_weightless and any(has_failed(result.turn.text) for result in self.results)

    @property
    def has_function(self) -> bool:
        """Whether anything at all stands in `function`."""
        call = self.call
        return call.name is not UNSET or call.arguments is not UNSET or bool(call.function_extra)

    @property
    def form(self) -> str:
        """How the row holds the arguments: `string` or `object`."""
        return getattr(self.call.arguments, "form", "string")

    @property
    def leaves(self) -> list[tuple[str, Json]]:
        """Every value in the arguments that is no list and no object, with its pointer inside them."""
        if self.found_leaves is None:
            self.found_leaves = []
            _collect_leaves(self.arguments, "", 0, self.found_leaves)
        return self.found_leaves

    @property
    def form_key(self) -> str:
        """The same text for calls of one name with equal arguments."""
        if self.found_key is None:
            self.found_key = f"{self.name}\n{_sorted_text(self)}"
        return self.found_key

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


class ResultsAfter(NamedTuple):
    """A run of results."""

    n_results: int
    has_orphan: bool
    """Whether one of them answers no call."""


class Row:
    """One example and what a team knows about its tools."""

    def __init__(self, example: Example, tools: Mapping[str, Tool] | None = None) -> None:
        self.example = example
        self.known = tools or {}
        self.offer: Offer = offer_of(example)
        self.allowance = Allowance()
        self.calls: list[CallView] = []
        self.results: list[ResultView] = []
        self.turns: list[Turn] = [Turn(self, index, message) for index, message in enumerate(example.messages)]
        self.heard: Heard | None = None
        """Kept by the rules on grounding."""
        self.changes: list[int] | None = None
        """The turn of every call that may change something; kept by the rules on repetitions."""
        self.assistant_turns: list[Turn] = [turn for turn in self.turns if turn.role == "assistant"]

    @cached_property
    def blob(self) -> str:
        """All texts of the row in one, for tests that mostly find nothing."""
        parts = [turn.text for turn in self.turns if turn.text]
        parts += [call.text for call in self.calls if call.text]
        return "\n".join(parts)

    def results_after(self, index: int) -> ResultsAfter:
        """The results that stand directly behind a turn."""
        if index not in self._blocks:
            count, has_orphan = 0, False
            # By place: to skip what stands before would read a long row once for each of its turns.
            for at in range(index + 1, len(self.turns)):
                turn = self.turns[at]
                if turn.result is None:
                    break
                count += 1
                has_orphan = has_orphan or turn.result.problem == "orphan"
            self._blocks[index] = ResultsAfter(count, has_orphan)
        return self._blocks[index]

    @cached_property
    def _blocks(self) -> dict[int, ResultsAfter]:
        return {}

    def request_before(self, index: int) -> str:
        """What the user said last before a turn; "" where nothing was said yet."""
        place = bisect_left(self._requests, index, key=attrgetter("index"))
        return (self._requests[place - 1].text or "") if place else ""

    @cached_property
    def _requests(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.role == "user" and turn.text]

    @cached_property
    def user_turns(self) -> list[int]:
        """The places of the user's turns."""
        return [turn.index for turn in self.turns if turn.role == "user"]

    @cached_property
    def same_calls(self) -> dict[str, list[CallView]]:
        """Calls that are the same in name and arguments, in order."""
        found: dict[str, list[CallView]] = {}
        for call in self.calls:
            if call.arguments is not None:
                found.setdefault(call.form_key, []).append(call)
        return found

    @cached_property
    def calls_of(self) -> dict[str | None, list[CallView]]:
        """The calls of each name, in order."""
        found: dict[str | None, list[CallView]] = {}
        for call in self.calls:
            found.setdefault(call.name, []).append(call)
        return found

    def only_open_call_before(self, index: int) -> CallView | None:
        """The call with an id before a turn that has no result, where it is the only one."""
        return self._open_calls[0] if bisect_left(self._open_calls, index, key=_turn_of) == 1 else None

    @cached_property
    def _open_calls(self) -> list[CallView]:
        return [call for call in self.calls if not call.results and call.id]

    def first_of(self, identifier: str) -> CallView | None:
        """The first call of an id."""
        return self._first_by_id.get(identifier)

    @cached_property
    def _first_by_id(self) -> dict[str, CallView]:
        found: dict[str, CallView] = {}
        for call in self.calls:
            if call.id is not None:
                found.setdefault(call.id, call)
        return found

    def call_before(self, call: CallView) -> CallView | None:
        """The latest call of the same name in an earlier turn."""
        same = self.calls_of[call.name]
        place = bisect_left(same, call.turn.index, key=_turn_of)
        return same[place - 1] if place else None

    def call_after(self, call: CallView) -> CallView | None:
        """The first call of the same name in a later turn."""
        same = self.calls_of[call.name]
        place = bisect_right(same, call.turn.index, key=_turn_of)
        return same[place] if place < len(same) else None

    @cached_property
    def has_failure(self) -> bool:
        """Whether any result reports an error."""
        return any(has_failed(result.turn.text) for result in self.results)

    def release(self) -> None:
        """Cut every ring of references, so that memory is free at once and the collector has nothing to look for."""
        for turn in self.turns:
            for call in turn.calls:
                call.results = []
            turn.calls = ()
            turn.result = None
        self.__dict__.clear()

    def text_before(self, index: int) -> list[str]:
        """All texts of the turns before this one, oldest first."""
        return [turn.text for turn in self.turns[:index] if turn.text]


def _turn_of(call: CallView) -> int:
    return call.turn.index


def _sorted_text(call: CallView) -> str:
    """The arguments with their names in order, as text."""
    try:
        text = orjson.dumps(call.arguments, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:
        text = _NO_NUMBER
    if _NO_NUMBER not in text:
        return text
    # A number too long or endless, half a character, or an honest null.
    try:
        return json.dumps(call.arguments, sort_keys=True)
    except ValueError:
        return call.text or ""


def _collect_leaves(value: Json, pointer: str, depth: int, out: list[tuple[str, Json]]) -> None:
    if type(value) is dict:
        pairs: Iterable[tuple[str | int, Json]] = value.items()
    elif type(value) is list:
        pairs = enumerate(value)
    else:
        out.append((pointer, value))
        return
    if depth > _DEEPEST_LEAF:
        return
    for step, child in pairs:
        place = f"{pointer}/{step if type(step) is int else escape_step(step)}"
        if type(child) is dict or type(child) is list:
            _collect_leaves(child, place, depth + 1, out)
        else:
            out.append((place, child))


def is_known_role(role: str) -> bool:
    """Whether a role is one that every format knows."""
    return role in _KNOWN_ROLES
