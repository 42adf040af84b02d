"""Hard cases from templates: a conversation drafted from the chosen tools' own schemas, to be put into one's own words.

One file of `hard_case_templates` is one case; its turns are data, and its slots are filled from the schemas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Literal

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.execution.mocks import list_answers
from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.contract import Order
from curation.synthesizers.failing import fail, sentence
from curation.synthesizers.frames import say, slot_name
from curation.synthesizers.generic import label_of
from curation.synthesizers.outcomes import draw_outcome, tell_outcome
from curation.synthesizers.reframing import word_request
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.sharing import share
from curation.synthesizers.stage import INNER, Stage
from curation.synthesizers.wordings import required_of

_TRIES = 20
_NAMES = ("Ada", "Milan", "Yusuf", "Ingrid", "Chloe", "Tomasz", "Priya", "Hugo", "Noor", "Emil", "Rosa", "Kofi", "Mei")
_FOLDER = files("curation.synthesizers") / "hard_case_templates"


class TurnTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a template."""

    role: Literal["user", "assistant", "tool"]
    text: str | tuple[str, ...] = ""
    """Several: ways to say it; the turns of one conversation take the same one, counted round."""
    calls: tuple[int, ...] = ()
    """The chosen tools it calls, by number."""
    reason: str | None = None
    recovery: str | None = None
    names_missing: bool = False
    """Whether the label names the argument that is open."""
    leaves_open: bool = False
    """Whether the request is said without the value of that argument."""
    hides: str | tuple[str, ...] = ""
    """Words put into the result."""
    fails: bool = False
    """Whether the call fails for good."""


class HardCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One template."""

    title: str
    tag: str
    """One of HARD_CASES; empty where the label says it already."""
    teaches: str
    turns: tuple[TurnTemplate, ...]
    tools: int = 1
    """How many tools it takes."""
    prefers: Literal["", "write"] = ""
    """What the first tool should do, where there is a choice."""
    offers: Literal["chosen", "all"] = "chosen"
    withholds_help: bool = False
    """Whether tools that pass something on to a person may not be offered."""

    @property
    def n_ways(self) -> int:
        """How many conversations are worded differently."""
        said = (ways for turn in self.turns for ways in (turn.text, turn.hides) if isinstance(ways, tuple))
        return math.lcm(*(len(ways) for ways in said))


@lru_cache(maxsize=1)
def hard_cases() -> dict[str, HardCase]:
    """Name → template, by title."""
    found = {
        path.name.removesuffix(".toml"): msgspec.toml.decode(path.read_bytes(), type=HardCase)
        for path in _FOLDER.iterdir()
        if path.name.endswith(".toml")
    }
    return dict(sorted(found.items(), key=lambda pair: pair[1].title))


def draft_hard_case(name: str, tools: Sequence[Tool], others: Sequence[Tool] = (), *, seed: int = 0) -> Example:
    """The template's conversation with the chosen tools; the same seed gives the same one."""
    template = hard_cases().get(name)
    if template is None:
        raise NotFoundError(f"There is no template `{name}`.")
    if len(tools) < template.tools:
        raise BlockedError(
            f"“{template.title}” takes {template.tools} tools, {len(tools)} chosen.", hint="Choose another tool."
        )
    ordered = _ordered(template, tools)
    scene = Stage(Order(ordered, 1, seed=seed), ordered, offers_all=False)
    scene.system = None
    beside = others if template.offers == "all" else ()
    return tell_hard_case(template, ordered, beside, scene, Random(seed).randrange(template.n_ways)).example


def tell_hard_case(
    template: HardCase, tools: Sequence[Tool], others: Sequence[Tool], scene: Stage, way: int
) -> ToldCase:
    """A template's conversation with these tools in this order.

    Args:
        others: what is offered beside.
        way: which of the wordings, counted round.
    """
    return _Case(template, tuple(tools), tuple(others), scene, way).tell()


def _ordered(template: HardCase, tools: Sequence[Tool]) -> tuple[Tool, ...]:
    """The tools as chosen; one that the case prefers goes first."""
    if template.prefers != "write":
        return tuple(tools)
    return tuple(sorted(tools, key=lambda tool: tool.side_effect not in ("write", "destructive")))


class ToldCase(msgspec.Struct, frozen=True):
    """A conversation with what was asked for in it."""

    example: Example
    requests: tuple[Request, ...]


class _Case:
    """One template being filled."""

    def __init__(
        self, template: HardCase, tools: tuple[Tool, ...], others: tuple[Tool, ...], scene: Stage, way: int
    ) -> None:
        self._template = template
        self._tools = tools
        self._others = others
        self._scene = scene
        self._rng = scene.rng
        self._way = way
        self._requests = self._draw_requests()
        self._open = self._open_argument()
        self._said = self._slots()
        self._calls: list[Call] = []

    def tell(self) -> ToldCase:
        told: list[Message] = [turns.system(self._scene.system)] if self._scene.system else []
        for turn in self._template.turns:
            told += self._messages(turn)
        offered = (*self._tools, *self._others)
        definitions = tuple(tool.definition for tool in self._rng.sample(offered, len(offered)))
        tags = (self._template.tag,) if self._template.tag else ()
        spoken = tuple(self._scene.spoken(told))
        example = Example(messages=spoken, tools=definitions, tags=tags, group=self._requests[0].family)
        return ToldCase(example, tuple(self._requests))

    def _draw_requests(self) -> list[Request]:
        requests = [self._request(tool) for tool in self._tools[: self._template.tools]]
        return [requests[0], *(about_the_same(self._scene, requests[0], other) for other in requests[1:])]

    def _request(self, tool: Tool) -> Request:
        leaves_open = any(turn.leaves_open for turn in self._template.turns)
        for _ in range(_TRIES):
            request = self._scene.request(tool, "missing" if leaves_open else "hard case")
            if request is not None:
                return request
        raise BlockedError(
            f"No arguments can be drawn for `{tool.name}` from its schema.",
            hint="Choose another tool, or write it by hand.",
        )

    def _open_argument(self) -> str:
        """The argument a question is about: a required one that the request can leave out."""
        request = self._requests[0]
        openable = [*request.openable(), *required_of(request.tool), *request.arguments]
        if not openable and self._needs_argument():
            raise BlockedError(
                f"`{request.tool.name}` takes no argument that could be asked for.", hint="Choose another tool."
            )
        plain = [name for name in openable if not self._is_paraphrased(request, name)]
        return (plain or openable or [""])[0]

    def _is_paraphrased(self, request: Request, name: str) -> bool:
        """Whether people say the value in other words than the call."""
        return bool(self._scene.wording(request.tool).values.get(name))

    def _needs_argument(self) -> bool:
        return any(turn.names_missing for turn in self._template.turns)

    def _slots(self) -> dict[str, str]:
        first, name = self._requests[0], self._open
        asked = self._scene.wording(first.tool).ask.get(name, ())
        slots = {
            "label": label_of(name),
            "question": self._rng.choice(asked) if asked else f"Which {label_of(name)} shall I use?",
            "value": self._phrase(first, name) if name in first.arguments else "",
            "other_value": self._other_value(first, name),
            "values": ", ".join(f"{label_of(key)} {self._phrase(first, key)}" for key in first.arguments)
            or "nothing else",
            "name": self._rng.choice(_NAMES),
        }
        for number, request in enumerate(self._requests, 1):
            suffix = "" if number == 1 else f"_{number}"
            slots |= {f"request{suffix}": request.text(), f"action{suffix}": self._scene.wording(request.tool).action}
        return slots

    def _other_value(self, request: Request, name: str) -> str:
        """A second value of the argument, another than the first where its schema has one."""
        other: Json = None
        for _ in range(_TRIES):
            drawn = self._scene.draw(request.tool)
            other = drawn.arguments.get(name) if drawn else None
            if other not in (None, request.arguments.get(name)):
                break
        return _as_said(phrase_of(other))

    def _phrase(self, request: Request, name: str) -> str:
        """A value as the person said it; in quotation marks where it is a sentence, or its first letter counts."""
        said = request.phrases.get(slot_name(name))
        return _as_said(said if said and self._is_paraphrased(request, name) else phrase_of(request.arguments[name]))

    def _messages(self, turn: TurnTemplate) -> list[Message]:
        if turn.role == "tool":
            return [self._result(call, turn) for call in self._calls]
        text = self._text(turn)
        if turn.role == "user":
            return [turns.user(text)]
        if turn.calls:
            self._calls = [self._call(number) for number in turn.calls]
            return [msgspec.structs.replace(turns.calling(*self._calls), content=text or None)]
        missing = (self._open,) if turn.names_missing else ()
        label = Label(reason=turn.reason, recovery=turn.recovery, missing=missing)
        return [turns.answer(text, label if turn.reason else None)]

    def _text(self, turn: TurnTemplate) -> str:
        said: Mapping[str, str] = self._said
        if turn.leaves_open:
            said = {**said, "request": self._requests[0].text((self._open,))}
        lines = self._worded(turn.text).split("\n")
        return "\n".join(say(line, said) if line else "" for line in lines)

    def _worded(self, ways: str | tuple[str, ...]) -> str:
        return ways if isinstance(ways, str) else ways[self._way % len(ways)]

    def _call(self, number: int) -> Call:
        request = self._requests[number - 1]
        return turns.call(request.tool.name, request.arguments, number)

    def _result(self, call: Call, turn: TurnTemplate) -> Message:
        request = next(one for one in self._requests if one.tool.name == call.name)
        if turn.fails:
            failure = fail(self._scene, request.tool, "refused")
            self._said["error"] = sentence(failure.message)
            return Message(role="tool", content=failure.text, tool_call_id=call.id)
        value = self._draw_result(request)
        self._said["done"] = tell_outcome(self._scene, request, value)
        if turn.hides and isinstance(value, dict):
            place = _place_for_words(request.tool, value)
            value |= {place: say(self._worded(turn.hides), self._said)}
        return Message(role="tool", content=msgspec.json.encode(value).decode(), tool_call_id=call.id)

    def _draw_result(self, request: Request) -> Json:
        samples = list_answers(request.tool, request.arguments, 0)
        if samples:
            return msgspec.json.decode(self._rng.choice(samples).text)
        return draw_outcome(self._scene, request.tool, request.arguments)


def _as_said(phrase: str) -> str:
    """A small first letter would be made a capital at the start of a sentence; quotation marks keep it."""
    return f"“{phrase}”" if phrase[:1].islower() else phrase


def about_the_same(scene: Stage, first: Request, other: Request) -> Request:
    """Another request that speaks of the same things as the first, where both tools take them."""
    shared = {name: first.arguments[name] for name in other.arguments if name in first.arguments}
    shared = {name: value for name, value in shared.items() if share(first.tool, other.tool, name)}
    reworded = word_request(scene, other.tool, other.arguments | shared, INNER) if shared else None
    return reworded or other


def _place_for_words(tool: Tool, result: dict[str, Json]) -> str:
    """A note of its own where the result may have one; else the result's first text."""
    schema = msgspec.json.decode(tool.result_schema) if tool.result_schema else {}
    if not isinstance(schema, dict) or schema.get("additionalProperties") in (None, True):
        return "note"
    return next((key for key, value in result.items() if isinstance(value, str)), "note")
