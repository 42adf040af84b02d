"""The scripted assistant: reads the request as the shop's desk would, calls, asks, answers and recovers."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

import msgspec

from curation.execution.drawing import type_of
from curation.execution.failures import kind_of
from curation.model.definition import Definition, Tool
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.generic import label_of
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.scripted_person import AFTER, OR_ELSE, OTHERWISE
from curation.synthesizers.scripted_reading import TOOL, Asked, knows, meaning_of, shop
from curation.synthesizers.situations import describe, situation_words

_NEEDS = "I need this: "
_YES = re.compile(r"\b(?:yes|go ahead)\b", re.I)
_NO_LIMIT = ("^", "$")


class _Call(msgspec.Struct, frozen=True):
    tool: str
    arguments: dict[str, Json]


class _Step(msgspec.Struct, frozen=True):
    """The answer to the assistant's prompt."""

    decision: str
    message: str = ""
    calls: tuple[_Call, ...] = ()
    missing: tuple[str, ...] = ()
    recovery: str = ""


class _Turns(msgspec.Struct, frozen=True):
    """The conversation as the assistant reads it."""

    person: tuple[str, ...]
    calls: tuple[_Call, ...]
    returned: tuple[dict[str, Json], ...]
    """The results at the end, one for each of the last calls."""
    was_unknown: bool
    """Whether an earlier call may or may not have worked."""


def decide(asked: Asked) -> _Step:
    """The next step."""
    tools = {str(tool["name"]): tool for tool in asked.lines("tools")}
    turns = _read_turns(asked)
    request = _Request(asked, tools, turns)
    if not turns.returned:
        return request.begin()
    error = next((str(one["error"]) for one in turns.returned if "error" in one), "")
    return request.recover(error) if error else request.go_on()


def _read_turns(asked: Asked) -> _Turns:
    told = asked.lines("conversation")
    calls = [
        _Call(str(call["tool"]), call["arguments"] if isinstance(call["arguments"], dict) else {})
        for turn in told
        for call in turn.get("calls", ())
    ]
    at_end = list(takewhile(lambda turn: turn.get("by") == "tool", reversed(told)))[::-1]
    return _Turns(
        person=tuple(str(turn.get("says", "")) for turn in told if turn.get("by") == "person"),
        calls=tuple(calls),
        returned=tuple(map(_result, at_end)),
        was_unknown=any("outcome is unknown" in str(turn.get("returns")) for turn in told[: -len(at_end) or None]),
    )


def _result(turn: dict[str, Json]) -> dict[str, Json]:
    value = parse_strict(str(turn.get("returns"))).value
    return value if isinstance(value, dict) else {}


class _Request:
    """What the person wants, as far as the script understands it."""

    def __init__(self, asked: Asked, tools: dict[str, dict[str, Json]], turns: _Turns) -> None:
        self._asked = asked
        self._tools = tools
        self._turns = turns
        self._in_shop = knows(list(tools))
        self._text = " ".join(turns.person)
        self._first, self._then, self._is_otherwise = _part(turns.person[0] if turns.person else "")

    def begin(self) -> _Step:
        """Nothing has come back yet, or the person has just answered."""
        meaning, reply = self._meaning(self._first)
        name = meaning.removeprefix(TOOL)
        if not meaning.startswith(TOOL):
            return _Step(meaning or "cannot_be_done", reply or "I am sorry, that is nothing I can do here.")
        if name not in self._tools:
            return _Step(
                "cannot_be_done",
                f"I am sorry, there is nothing here with which I could {shop().wordings[name].action}.",
            )
        values, clash, missing = self._values(name)
        if clash:
            question = f"You gave two values: {clash[0]} and {clash[1]}. Which one is right?"
            return _Step("missing_information", question, missing=(clash[2],))
        if missing:
            return _Step("missing_information", " ".join(map(self._question(name), missing)), missing=missing)
        if situation_words().standing["approval"] in self._asked.parts.get("standing", "") and not self._has_yes():
            said = ", ".join(f"{label_of(key)} {phrase_of(value)}" for key, value in values[0].items())
            return _Step("missing_information", f"I am about to {self._action(name)}: {said}. Shall I go ahead?")
        return _Step("call", calls=tuple(_Call(name, one) for one in values))

    def go_on(self) -> _Step:
        """A result has come."""
        made = [call.tool for call in self._turns.calls]
        second = self._named(self._then) if self._then and not self._is_otherwise else ""
        if second and second not in made:
            return _Step("call", calls=(self._call_again(second),))
        results = self._turns.returned
        told = [
            self._tell(call, result) for call, result in zip(self._turns.calls[-len(results) :], results, strict=True)
        ]
        return _Step("answer_directly", " ".join(told))

    def recover(self, error: str) -> _Step:
        """An error has come."""
        last = self._turns.calls[-1]
        if error.startswith("Invalid arguments"):
            values, _, missing = self._values(last.tool)
            if not missing:
                return _Step("call", calls=(_Call(last.tool, values[0]),), recovery="corrected_argument")
        kind = kind_of(error)
        if kind == "transient":
            return _Step("call", calls=(last,), recovery="retry_after_wait")
        if kind == "unknown_outcome" and (reading := self._reading_tool(last.tool)):
            return _Step("call", calls=(self._call_again(reading),), recovery="read_before_retry")
        if kind == "needs_person":
            return _Step("escalate", f"{error} I hand it to a colleague.", recovery="escalate")
        other = self._named(self._then) if self._is_otherwise else ""
        if other:
            return _Step("call", calls=(self._call_again(other),), recovery="alternative_tool")
        return _Step("cannot_be_done", f"I could not do it: {error}", recovery="give_up")

    def _meaning(self, text: str) -> tuple[str, str]:
        if _NEEDS not in text:
            return meaning_of(text, in_shop=True)
        described = text.partition(_NEEDS)[2]
        fitting = (
            f"{TOOL}{name}"
            for name, tool in self._tools.items()
            if described.startswith(str(tool["description"]).strip())
        )
        return next(fitting, "cannot_be_done"), ""

    def _values(self, name: str) -> tuple[list[dict[str, Json]], tuple[str, str, str] | None, tuple[str, ...]]:
        """The arguments (of each call), two values that contradict each other, and what is missing."""
        schema = self._tools[name]["parameters"]
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        required = schema.get("required", []) if isinstance(schema, dict) else []
        found = {key: self._find(name, key, inner) for key, inner in properties.items()}
        clash = next((key for key, values in found.items() if len(values) > 1 and OR_ELSE in self._text), "")
        if clash and len(self._turns.person) == 1:
            return [], (phrase_of(found[clash][0]), phrase_of(found[clash][1]), clash), ()
        missing = tuple(key for key in required if not found[key])
        answered = {key: self._find(name, key, inner, self._turns.person[-1]) for key, inner in properties.items()}
        one = {key: ((clash and answered[key]) or values)[0] for key, values in found.items() if values}
        doubled = next((key for key, values in found.items() if len(values) > 1 and not clash), "")
        return [one] + [one | {doubled: value} for value in found.get(doubled, [])[1:]], None, missing

    def _find(self, tool: str, key: str, schema: Json, text: str = "") -> list[Json]:
        """The values that were said for a parameter, in order."""
        text = text or self._text
        known = schema if isinstance(schema, dict) else {}
        ways = shop().wordings[tool].values.get(key, {}) if self._in_shop else {}
        if ways:
            said = text.casefold()
            return [value for value, words in ways.items() if any(word.casefold() in said for word in words)][:1]
        pattern = _value_pattern(key, str(known.get("pattern", "")))
        if self._in_shop and pattern:
            return list(dict.fromkeys(re.findall(pattern, text)))
        return self._find_labelled(key, known)

    def _find_labelled(self, key: str, schema: dict[str, Json]) -> list[Json]:
        """The plain words `order id: B4821; …`, or an answer to a question for it."""
        pattern = rf"(?:(?<=[.;] )|\A){re.escape(label_of(key))}: (.+?)(?=; |\.\s*\Z|\. [A-Z])"
        texts = re.findall(pattern, self._text)
        if not texts and len(self._turns.person) > 1:
            texts = [re.sub(r"^(?:It is|Here it is:|Oh,) ", "", self._turns.person[-1])]
        return [_typed(text.strip().rstrip("."), schema) for text in dict.fromkeys(texts)]

    def _question(self, name: str):  # type: ignore[no-untyped-def]
        asks = shop().wordings[name].ask if self._in_shop else {}
        return lambda key: self._asked.choose(asks.get(key) or (f"What is the {label_of(key)}?",), key)

    def _has_yes(self) -> bool:
        return len(self._turns.person) > 1 and _YES.search(self._turns.person[-1]) is not None

    def _action(self, name: str) -> str:
        return shop().wordings[name].action if self._in_shop else label_of(name)

    def _named(self, text: str) -> str:
        """The tool on offer whose action or description a text names."""
        for name, tool in self._tools.items():
            if self._in_shop and shop().wordings[name].action in text:
                return name
            if _description(tool).rstrip(".") in text:
                return name
        return ""

    def _call_again(self, name: str) -> _Call:
        """Another tool with what this request already gave."""
        schema = self._tools[name]["parameters"]
        required = schema.get("required", []) if isinstance(schema, dict) else []
        known = self._turns.calls[-1].arguments
        return _Call(name, {key: known[key] for key in required if key in known})

    def _reading_tool(self, failed: str) -> str:
        known = set(self._turns.calls[-1].arguments)
        reading = (tool.name for tool in shop().tools if tool.side_effect == "read")
        return next((name for name in reading if name in self._tools and name != failed and known), "")

    def _tell(self, call: _Call, returned: dict[str, Json]) -> str:
        """What came of a call, with values of it and its result only."""
        if self._turns.was_unknown:
            return f"I could not make sure that it was done. What I see now:{_news(returned)}"
        known = {slot_name(key): phrase_of(value) for key, value in (call.arguments | returned).items()}
        sayings = shop().wordings[call.tool].done.get("say", ()) if self._in_shop else ()
        fitting = [text for text in sayings if set(slots_of(text)) <= set(known)]
        # Of two parcels, one has to hear which is meant.
        if len(self._turns.returned) > 1:
            fitting = [text for text in fitting if set(map(slot_name, call.arguments)) & set(slots_of(text))] or fitting
        if fitting:
            return say(self._asked.choose(fitting), known)
        return self._asked.choose(("That is done.", "Done, it worked.", "It went through.")) + _news(returned)


def _news(returned: dict[str, Json]) -> str:
    plain = {key: value for key, value in returned.items() if isinstance(value, str | int) and key != "note"}
    told = ", ".join(f"{label_of(key)} {phrase_of(value)}" for key, value in list(plain.items())[:3])
    return f" {told}." if told else ""


def _description(tool: dict[str, Json]) -> str:
    """What the person was told of a tool."""
    function = {"type": "function", "function": tool}
    return describe(Tool(Definition(msgspec.json.encode(function).decode())))


def _part(text: str) -> tuple[str, str, bool]:
    """A request, what is wanted next, and whether that is only wanted if the first fails."""
    for sign in (AFTER, OTHERWISE):
        first, found, then = text.partition(f" {sign}")
        if found:
            return first, then, sign == OTHERWISE
    return text.partition(f" {OR_ELSE}")[0], "", False


@lru_cache(maxsize=64)
def _value_pattern(key: str, pattern: str) -> str:
    """What values of a parameter of the shop look like in running text."""
    if key in shop().parts:
        return "".join(f"(?:{'|'.join(map(re.escape, part))})" for part in shop().parts[key])
    inner = pattern.removeprefix(_NO_LIMIT[0]).removesuffix(_NO_LIMIT[1])
    return rf"(?<!\w){inner}(?!\w)" if inner else ""


def _typed(text: str, schema: dict[str, Json]) -> Json:
    """A plain word as the type that its parameter has."""
    kind = type_of(schema)
    if kind == "boolean":
        return text == "yes"
    if kind in ("integer", "number"):
        value = parse_strict(text).value
        return value if isinstance(value, int | float) else text
    return [part.strip() for part in re.split(r", | and ", text)] if kind == "array" else text
