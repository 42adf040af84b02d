"""What every drafter draws from: the tools, the words, and chance."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import msgspec

from curation.execution.drawing import draw
from curation.model.definition import Tool
from curation.model.example import Example, Message
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.synthesizers import turns
from curation.synthesizers.deck import Deck
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.wordings import Speech, ToolWording, parameters_of, required_of

_TRIES = 12
_OPTIONAL_SHARE = 0.4


class Request(msgspec.Struct, frozen=True):
    """One thing a person asks of one tool, with the frame it is said in and the arguments that fit."""

    tool: Tool
    frame: str
    family: str
    arguments: dict[str, Json]
    phrases: dict[str, str]
    """Slot → how the person says the value."""

    def text(self, left_open: tuple[str, ...] = ()) -> str:
        """The request in words, without the arguments left open."""
        gone = {slot_name(name) for name in left_open}
        return say(self.frame, {slot: phrase for slot, phrase in self.phrases.items() if slot not in gone})

    def openable(self) -> tuple[str, ...]:
        """The required arguments that this frame can leave open."""
        return tuple(name for name in required_of(self.tool) if self.text() != self.text((name,)))


class Scene:
    """One order under way."""

    def __init__(
        self,
        tools: tuple[Tool, ...],
        others: tuple[Tool, ...],
        speech: Speech,
        system: str | None,
        rng: Random,
        *,
        offers_all: bool = False,
    ) -> None:
        self.tools = tools
        self.others = others
        """Offered beside, never called."""
        self.speech = speech
        self.system = system
        self.offers_all = offers_all
        """Every conversation offers all tools in one order, as one desk's prompt does; else some of them, shuffled."""
        self.rng = rng
        self.deck = Deck(rng)

    def wording(self, tool: Tool) -> ToolWording:
        return self.speech.tools[tool.name]

    def next_tool(self, purpose: str, among: Sequence[Tool] | None = None) -> Tool:
        """The tool whose turn it is for this purpose."""
        tools = self.tools if among is None else among
        return self.deck.deal(f"tool/{purpose}/{len(tools)}", tools)

    def request(self, tool: Tool, purpose: str) -> Request | None:
        """A request in the next frame, with arguments the validator accepts; None when none can be drawn."""
        wording = self.wording(tool)
        number = self.deck.deal_number(f"frame/{purpose}/{tool.name}", len(wording.frames))
        frame = wording.frames[number]
        compiled = compile_schema(tool.definition.view.parameters_text or "{}")
        for _ in range(_TRIES):
            arguments, phrases = self._draw_arguments(tool, wording, slots_of(frame))
            if compiled.fault is None and not compiled.errors(arguments):
                return Request(tool, frame, f"{wording.family}/{number:02}", arguments, phrases)
        return None

    def _draw_arguments(
        self, tool: Tool, wording: ToolWording, slots: tuple[str, ...]
    ) -> tuple[dict[str, Json], dict[str, str]]:
        required = required_of(tool)
        arguments: dict[str, Json] = {}
        phrases: dict[str, str] = {}
        for name, schema in parameters_of(tool).items():
            is_said = slot_name(name) in slots
            if name in required or (is_said and self.rng.random() < _OPTIONAL_SHARE):
                arguments[name], phrases[slot_name(name)] = self._draw_value(tool, wording, name, schema)
        return arguments, phrases

    def _draw_value(self, tool: Tool, wording: ToolWording, name: str, schema: Json) -> tuple[Json, str]:
        ways = wording.values.get(name)
        if ways:
            value = self.deck.deal(f"value/{tool.name}/{name}", tuple(ways))
            return value, self.deck.deal(f"way/{tool.name}/{name}/{value}", ways[value])
        parts = self.speech.parts.get(name)
        drawn = "".join(self.rng.choice(part) for part in parts) if parts else draw(schema, self.rng, name=name)
        return drawn, phrase_of(drawn)

    def ask_for(self, request: Request) -> str:
        """The words that a request is made with."""
        return request.text()

    def cannot(self, tool: Tool) -> str:
        """What is answered when the tool for a request is not here."""
        return f"I am sorry, I cannot {self.wording(tool).action} here."

    def ask(self, tool: Tool, missing: tuple[str, ...]) -> str:
        """The question for what a request leaves open."""
        return " ".join(self.rng.choice(self.wording(tool).ask[name]) for name in missing)

    def reply(self, usual: str, saying: str) -> str:  # noqa: ARG002
        """Words around an answer; a scene with sayings of its own takes one of this name instead."""
        return usual

    def fill(self, remark: str) -> dict[str, str]:
        """A phrase for every slot a remark uses."""
        known = {
            slot: self.rng.choice(self.speech.slots[slot]) for slot in slots_of(remark) if slot in self.speech.slots
        }
        return {**known, "action": self.wording(self.next_tool("action")).action}

    def example(
        self, family: str, turns_: Sequence[Message], needed: Sequence[Tool], without: Sequence[Tool] = ()
    ) -> Example:
        """The turns as an example that offers the needed tools among others, in any order."""
        opening = (turns.system(self.system),) if self.system else ()
        offered = self._offer(needed, without)
        return Example(messages=(*opening, *turns_), tools=tuple(tool.definition for tool in offered), group=family)

    def _offer(self, needed: Sequence[Tool], without: Sequence[Tool]) -> list[Tool]:
        if self.offers_all:
            return [tool for tool in (*self.tools, *self.others) if tool not in without]
        others = [tool for tool in (*self.tools, *self.others) if tool not in needed and tool not in without]
        fewest = min(len(others), max(1, 3 - len(needed)))
        chosen = [*needed, *self.rng.sample(others, self.rng.randint(fewest, len(others)))]
        return self.rng.sample(chosen, len(chosen))


def phrase_of(value: Json) -> str:
    """A value as a person says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nothing"
    if isinstance(value, list):
        said = [phrase_of(part) for part in value]
        return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {phrase_of(part)}" for name, part in value.items())
    return str(value)
