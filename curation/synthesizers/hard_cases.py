"""Hard cases from templates: a conversation drafted from the chosen tools' own schemas, to be put into one's own words.

One file of `hard_case_templates` is one case; its turns are data, and its slots are filled from the schemas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from random import Random
from typing import Literal

import msgspec

from curation.errors import BlockedError, NotFoundError
from curation.execution.drawing import draw
from curation.execution.mocks import list_answers
from curation.model.definition import Tool
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.frames import say
from curation.synthesizers.generic import generic_words, label_of
from curation.synthesizers.scene import Request, Scene, phrase_of
from curation.synthesizers.speech import choose_speech
from curation.synthesizers.wordings import parameters_of, required_of

_TRIES = 20
_FOLDER = files("curation.synthesizers") / "hard_case_templates"


class TurnTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a template."""

    role: Literal["user", "assistant", "tool"]
    text: str = ""
    calls: tuple[int, ...] = ()
    """The chosen tools it calls, by number."""
    reason: str | None = None
    names_missing: bool = False
    """Whether the label names the argument that is open."""
    leaves_open: bool = False
    """Whether the request is said without the value of that argument."""
    hides: str = ""
    """Words put into the result's first text."""


class HardCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One template."""

    title: str
    tag: str
    """One of HARD_CASES."""
    teaches: str
    turns: tuple[TurnTemplate, ...]
    tools: int = 1
    """How many tools it takes."""
    prefers: Literal["", "write"] = ""
    """What the first tool should do, where there is a choice."""
    offers: Literal["chosen", "all"] = "chosen"


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
    return _Case(template, _ordered(template, tools), tuple(others), Random(seed)).example()


def _ordered(template: HardCase, tools: Sequence[Tool]) -> tuple[Tool, ...]:
    """The tools as chosen; one that the case prefers goes first."""
    if template.prefers != "write":
        return tuple(tools)
    return tuple(sorted(tools, key=lambda tool: tool.side_effect not in ("write", "destructive")))


class _Case:
    """One template being filled."""

    def __init__(self, template: HardCase, tools: tuple[Tool, ...], others: tuple[Tool, ...], rng: Random) -> None:
        self._template = template
        self._tools = tools
        self._others = others
        self._rng = rng
        self._scene = Scene(tools, (), choose_speech(tools), None, rng)
        self._requests = [self._request(tool) for tool in tools[: template.tools]]
        self._open = self._open_argument()
        self._said = self._slots()
        self._calls: list[Call] = []

    def example(self) -> Example:
        told: list[Message] = []
        for turn in self._template.turns:
            told += self._messages(turn)
        offered = (*self._tools, *self._others) if self._template.offers == "all" else self._tools
        definitions = tuple(tool.definition for tool in self._rng.sample(offered, len(offered)))
        return Example(
            messages=tuple(told), tools=definitions, tags=(self._template.tag,), group=self._requests[0].family
        )

    def _request(self, tool: Tool) -> Request:
        for _ in range(_TRIES):
            request = self._scene.request(tool, "hard case")
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
        return openable[0] if openable else ""

    def _needs_argument(self) -> bool:
        return any(turn.names_missing for turn in self._template.turns)

    def _slots(self) -> dict[str, str]:
        first, name = self._requests[0], self._open
        asked = self._scene.wording(first.tool).ask.get(name, ())
        value = phrase_of(first.arguments[name]) if name in first.arguments else ""
        slots = {
            "label": label_of(name),
            "question": self._rng.choice(asked) if asked else f"Which {label_of(name)} shall I use?",
            "value": value,
            "other_value": self._other_value(first, name),
            "values": ", ".join(f"{label_of(key)} {phrase_of(one)}" for key, one in first.arguments.items()) or "none",
            "done": self._rng.choice(generic_words().done),
        }
        for number, request in enumerate(self._requests, 1):
            suffix = "" if number == 1 else f"_{number}"
            slots |= {f"request{suffix}": request.text(), f"action{suffix}": self._scene.wording(request.tool).action}
        return slots

    def _other_value(self, request: Request, name: str) -> str:
        """A second value of the argument, another than the first where its schema has one."""
        schema = parameters_of(request.tool).get(name, {})
        drawn: Json = None
        for _ in range(_TRIES):
            drawn = draw(schema, self._rng, name=name)
            if drawn != request.arguments.get(name):
                break
        return phrase_of(drawn)

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
        return [turns.answer(text, Label(reason=turn.reason, missing=missing) if turn.reason else None)]

    def _text(self, turn: TurnTemplate) -> str:
        said: Mapping[str, str] = self._said
        if turn.leaves_open:
            said = {**said, "request": self._requests[0].text((self._open,))}
        lines = turn.text.split("\n")
        return "\n".join(say(line, said) if line else "" for line in lines)

    def _call(self, number: int) -> Call:
        request = self._requests[number - 1]
        return turns.call(request.tool.name, request.arguments, number)

    def _result(self, call: Call, turn: TurnTemplate) -> Message:
        request = next(one for one in self._requests if one.tool.name == call.name)
        answers = list_answers(request.tool, request.arguments, 1)
        text = answers[0].text if answers else '{"ok": true}'
        value = msgspec.json.decode(text)
        if turn.hides and isinstance(value, dict):
            value[_place_for_words(value, request.arguments)] = say(turn.hides, self._said)
            text = msgspec.json.encode(value).decode()
        return Message(role="tool", content=text, tool_call_id=call.id)


def _place_for_words(result: dict[str, Json], arguments: dict[str, Json]) -> str:
    """The result's first text of its own; `note` where it has none."""
    return next((key for key, value in result.items() if isinstance(value, str) and key not in arguments), "note")
