"""A scene in which every tool, value and way of speaking comes up in turn: what whole orders are drafted on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import TypeVar, cast

import msgspec

from curation.execution.world import World
from curation.model.definition import Tool
from curation.model.example import Example, Message
from curation.model.values import Json
from curation.rules.confusable import find_confusable
from curation.rules.outcome import has_failed
from curation.synthesizers.actions import method_action, method_of
from curation.synthesizers.arguments import ArgumentDraws, Drawn
from curation.synthesizers.blanking import IDENTIFIES
from curation.synthesizers.composing import Worded
from curation.synthesizers.consenting import be_sure
from curation.synthesizers.contract import Order
from curation.synthesizers.deck import Deck
from curation.synthesizers.details import Detail, detail, join, label_beside, label_words, say_plainly
from curation.synthesizers.domain import load_pack
from curation.synthesizers.frames import say, slot_name, slots_of
from curation.synthesizers.listing import lists_of
from curation.synthesizers.look_alikes import same_doers
from curation.synthesizers.pack_values import DomainValues
from curation.synthesizers.results import draw_outcome
from curation.synthesizers.scene import Request, Scene
from curation.synthesizers.slips import slip
from curation.synthesizers.speech import AUTOMATIC, find_pack
from curation.synthesizers.tact import GREETING
from curation.synthesizers.together import Fit, Together, load_together
from curation.synthesizers.tongues import Tongue, choose_tongue
from curation.synthesizers.voice import CALM, Manner, draw_manner, go_on, keep_phrases, speak
from curation.synthesizers.wordings import Remark, Speech, ToolWording, parameters_of

Found = TypeVar("Found")
_DOUBLE_MARK = re.compile(r"(?<=[^\s?!;:])([?!;:])(?=\s|$|[?!])")
_FEWEST_OFFERED, _MOST_OFFERED = 3, 8
_ALIKE_SHARE = 0.5
"""How often a tool that may be taken for the right one is offered beside it."""
_SEVERAL = 3
_BEHIND_SHARE = 0.2
"""How often an id stands behind a request of a pack's words instead of inside."""
INNER = "inner"
"""The purpose of a request that stands behind another one."""
_MAY_BE_BARE = frozenset({"missing", "clarified"})
"""Purposes whose requests may be said without any value."""


class Stage(Scene):
    """One order under way, one candidate after the other."""

    def __init__(self, order: Order, tools: tuple[Tool, ...], *, offers_all: bool) -> None:
        self._order = order
        self._pack_name = str(order.parameters.get("pack") or AUTOMATIC)
        pack = find_pack(tools, self._pack_name)
        system = str(order.parameters.get("system") or "") or (pack.system if pack else None)
        speech = Speech(
            {}, {}, {}, load_pack(pack.name).parts if pack else {}, system, pack.name if pack else "generic"
        )
        super().__init__(tools, order.others, speech, system, Random(order.seed), offers_all=offers_all)
        self._tongues: dict[str, Tongue] = {}
        self._draws = ArgumentDraws(DomainValues(order.values, speech.parts), self.rng, self.deck)
        self.manner = Manner()
        self.together = load_together(pack.name, tuple(tool.name for tool in pack.tools)) if pack else Together()
        self._fit: Fit | None = None
        self.focus: Tool | None = None
        """The tool the next candidate is about."""
        self._kept: list[str] = []
        self._speech_seed = 0
        # By its tools too: orders of one seed for other tools would open in the same words.
        self._around = Deck(Random(f"{order.seed}/{'/'.join(tool.name for tool in tools)}"))
        self._said_around: dict[str, str] = {}
        self._worked_out: dict[str, object] = {}
        self.world = self._make_world()
        """What the calls of the next candidate run in."""

    def begin(self, focus: Tool | None, *, is_chat: bool = False) -> None:
        """Turn to the next candidate; small talk and the like is spoken calmly, unless the order says how."""
        self.focus = focus
        voice = self._order.voice
        if is_chat and not voice.tones:
            voice = msgspec.structs.replace(voice, tones=CALM)
        self.manner = draw_manner(voice, self.rng)
        self._kept = []
        self._said_around = {}
        self._fit = None
        self._speech_seed = self.rng.getrandbits(32)
        self.world = self._make_world()

    def _make_world(self) -> World:
        return World({tool.name: tool for tool in (*self.tools, *self.others)}, draw=self._draw_result)

    def _draw_result(self, tool: Tool, arguments: dict[str, Json], _: int = 0) -> Json:
        drawn = draw_outcome(self._draws, tool, arguments)
        return self._fit.keep_true(drawn, self.rng) if self._fit else drawn

    def settle_on(self, fit: Fit | None) -> None:
        """Let the next candidate's two wishes be spoken, and answered, as they fit each other."""
        self._fit = fit

    def once(self, key: str, work_out: Callable[[], Found]) -> Found:
        """Something that stays the same for the whole order, worked out once."""
        if key not in self._worked_out:
            self._worked_out[key] = work_out()
        return cast("Found", self._worked_out[key])

    @property
    def tongue(self) -> Tongue:
        """The words of the language that is spoken now."""
        language = self.manner.language
        if language not in self._tongues:
            tools = (*self.tools, *self.others)
            self._tongues[language] = choose_tongue(tools, self.tools, self._pack_name, language)
        return self._tongues[language]

    @cached_property
    def alike(self) -> Mapping[str, frozenset[str]]:
        """Tool → those that may be taken for it."""
        found: dict[str, set[str]] = {}
        for pair in find_confusable([tool.definition for tool in (*self.tools, *self.others)]):
            found.setdefault(pair.a, set()).add(pair.b)
            found.setdefault(pair.b, set()).add(pair.a)
        return {name: frozenset(others) for name, others in found.items()}

    def wording(self, tool: Tool) -> ToolWording:
        return self.tongue.wordings[tool.name]

    def next_tool(self, purpose: str, among: Sequence[Tool] | None = None) -> Tool:
        tools = self.tools if among is None else among
        if self.focus is not None and self.focus in tools:
            return self.focus
        return self.deck.deal(f"tool/{purpose}/{'/'.join(tool.name for tool in tools)}", tools)

    def request(self, tool: Tool, purpose: str) -> Request | None:
        wording = self.wording(tool)
        drawn = self._draws.draw(tool, wording, self.manner.language)
        return self.word(tool, drawn, purpose) if drawn else None

    def draw(self, tool: Tool) -> Drawn | None:
        """Arguments for a call, with their phrases."""
        return self._draws.draw(tool, self.wording(tool), self.manner.language)

    def redraw(self, tool: Tool, drawn: Drawn, name: str) -> Drawn | None:
        """The same with another value for one argument."""
        return self._draws.redraw(tool, self.wording(tool), drawn, name, self.manner.language)

    def word(self, tool: Tool, drawn: Drawn, purpose: str) -> Worded:
        """These arguments asked for in the next frame."""
        self._kept += drawn.phrases.values()
        wording = self.wording(tool)
        is_composed = tool.name in self.tongue.composed
        number = self._next_frame(tool, wording, purpose, has_values=bool(drawn.arguments))
        frame = wording.frames[number]
        inside = () if is_composed else slots_of(frame)
        details = self.details(tool, drawn, tuple(name for name in drawn.arguments if slot_name(name) in inside))
        phrases = {slot_name(name): phrase for name, phrase in drawn.phrases.items()}
        action = wording.action if is_composed else ""
        method = method_of(tool) if is_composed and self.manner.language == "en" else ""
        act = method_action(tool, str(drawn.arguments.get(method))) if method in drawn.arguments else ""
        family = f"{wording.family}/{number:02}"
        behind = "" if is_composed else self._name_behind(drawn, inside)
        return Worded(
            tool,
            frame,
            family,
            drawn.arguments,
            phrases,
            details,
            action,
            method=method if act else "",
            method_action=act,
            behind=behind,
            behind_said=self._say_behind(tool, behind, drawn.phrases[behind]) if behind else "",
        )

    def _name_behind(self, drawn: Drawn, inside: Sequence[str]) -> str:
        """Sometimes an id of the frame is named behind it: "my order" alone must not tell that one is left open."""
        if self.manner.language != "en" or self.rng.random() >= _BEHIND_SHARE:
            return ""
        names = [name for name in drawn.arguments if slot_name(name) in inside and name not in drawn.told]
        return next((name for name in names if label_words(name).split()[-1] in IDENTIFIES), "")

    def _say_behind(self, tool: Tool, name: str, phrase: str) -> str:
        return self.say("named_behind", label=label_beside(name, parameters_of(tool)), value=phrase)

    def details(self, tool: Tool, drawn: Drawn, without: tuple[str, ...] = ()) -> tuple[Detail, ...]:
        """The arguments as they are named behind a request."""
        known = parameters_of(tool)
        return tuple(
            detail(name, label_beside(name, known), value, drawn.phrases[name], self.manner.language)
            for name, value in drawn.arguments.items()
            if name not in without
        )

    def _next_frame(self, tool: Tool, wording: ToolWording, purpose: str, *, has_values: bool) -> int:
        """The frame whose turn it is: of the shorter half for the short-spoken, of the longer for the talkative."""
        allowed = list(range(len(wording.frames)))
        if tool.name in self.tongue.composed:
            if not has_values or purpose in _MAY_BE_BARE:
                allowed = [number for number in allowed if number not in self.tongue.with_values]
            if purpose == INNER and self.tongue.inner:
                allowed = [number for number in allowed if number in self.tongue.inner]
        elif purpose == INNER:
            allowed = [number for number in allowed if not GREETING.search(wording.frames[number])] or allowed
        parts = self._fit.frames_of(tool.name) if self._fit else ()
        if parts:
            allowed = [one for one in allowed if any(part in wording.frames[one] for part in parts)] or allowed
        by_length = sorted(allowed, key=lambda number: (len(wording.frames[number].split()), number))
        half = (len(by_length) + 1) // 2
        cards = {"short": by_length[:half], "long": by_length[-half:]}.get(self.manner.length, by_length)
        return self.deck.deal(
            f"frame/{wording.family}/{tool.name}/{self.manner.length}/{len(cards)}/{purpose == INNER}{parts or ''}",
            cards,
        )

    def simulate(self, tool: Tool, arguments: dict[str, Json]) -> Json:
        """What the tool answers, in keeping with what was answered before."""
        answered = self.world.run(tool.name, arguments)
        return self._draw_result(tool, arguments) if has_failed(answered) else json.loads(answered)

    def say(self, name: str, **phrases: str) -> str:
        """One of the language's sayings with its slots filled."""
        saying = self.next_saying(name)
        for slot, phrase in phrases.items():
            saying = saying.replace(f"{{{slot}}}", phrase).replace(
                f"{{{slot[:1].upper()}{slot[1:]}}}", phrase[:1].upper() + phrase[1:]
            )
        return saying

    def next_saying(self, name: str) -> str:
        """One of the language's sayings as it is written, for what is said several times alike."""
        return self.deck.deal(f"saying/{self.manner.language}/{name}", self.tongue.sayings[name])

    def ask_for(self, request: Request) -> str:
        return be_sure(self, super().ask_for(request), (request.tool, request.arguments))

    def ask(self, tool: Tool, missing: tuple[str, ...]) -> str:
        """The question for what is open; several things are asked for in one sentence."""
        # Two questions one behind the other are said in one where nobody wrote words for each.
        if len(missing) < (_SEVERAL - (tool.name in self.tongue.composed)):
            return super().ask(tool, missing)
        labels = [label_beside(name, parameters_of(tool)) for name in missing]
        return self.say("ask_all", labels=join(labels, self.manner.language))

    def reply(self, usual: str, saying: str) -> str:
        return self.say(saying) or usual

    def cannot(self, tool: Tool) -> str:
        return self.say("cannot", action=self.wording(tool).action)

    def remark(self, reason: str) -> tuple[str, Remark] | None:
        """A remark for a no-tool reason with its family: about the tool in focus where words for that exist."""
        tongue = self.tongue
        about = tongue.about.get(reason, ()) if self.focus else ()
        lines = (*tongue.remarks.get(reason, ()), *(one for one in about if one not in tongue.remarks.get(reason, ())))
        if not lines:
            return None
        number = self.deck.deal_number(f"remark/{self.manner.language}/{reason}/{bool(about)}", len(lines))
        family = f"{tongue.family}/{reason}/{number:02}"
        return family, lines[number]

    def fill(self, remark: str) -> dict[str, str]:
        slots = self.tongue.slots
        known = {slot: self.rng.choice(slots[slot]) for slot in slots_of(remark) if slot in slots}
        return {**known, "action": self.wording(self.next_tool("action")).action}

    def speak_remark(self, remark: Remark) -> tuple[str, str]:
        """What is said and what is replied."""
        phrases = self.fill(remark.say + remark.reply)
        return say(remark.say, phrases), say(remark.reply, phrases)

    def keep(self, phrase: str) -> None:
        """A phrase that slips and small letters must leave alone."""
        self._kept.append(phrase)

    def example(
        self, family: str, turns_: Sequence[Message], needed: Sequence[Tool], without: Sequence[Tool] = ()
    ) -> Example:
        """The turns, spoken as this person speaks."""
        return super().example(family, self.spoken(turns_), needed, without)

    def spoken(self, turns_: Sequence[Message]) -> list[Message]:
        """The turns as this person speaks: whatever belongs to one candidate is spoken in one manner, word for word."""
        kept = [*self._kept, *_values_in(turns_)]
        first = next((turn for turn in turns_ if turn.role == "user" and isinstance(turn.content, str)), None)
        spoken = [self._speak(turn, kept) if turn is first else self._go_on(turn, kept) for turn in turns_]
        return [_space(turn, kept) for turn in spoken] if self.manner.language == "fr" else spoken

    def _speak(self, turn: Message, kept: Sequence[str]) -> Message:
        rng = Random(self._speech_seed)
        slips = rng.random() < self._order.voice.typo_share
        text = speak(str(turn.content), self.manner, rng, kept, self._choose_around)
        return msgspec.structs.replace(turn, content=slip(text, rng, kept) if slips else text)

    def _go_on(self, turn: Message, kept: Sequence[str]) -> Message:
        if turn.role != "user" or not isinstance(turn.content, str):
            return turn
        return msgspec.structs.replace(turn, content=go_on(turn.content, self.manner, kept))

    def _choose_around(self, place: str, lines: Sequence[str]) -> str:
        """A sentence around a request: every one equally often, and the same in all that belongs to one candidate."""
        name = f"{self.manner.language}/{place}"
        if name not in self._said_around:
            self._said_around[name] = self._around.deal(name, lines)
        return self._said_around[name]

    def _offer(self, needed: Sequence[Tool], without: Sequence[Tool]) -> list[Tool]:
        if without:
            # What may be taken for the missing tool could be called with some right.
            gone = {name for tool in without for name in (tool.name, *self.alike.get(tool.name, ()))}
            gone |= self._same_doers(without)
            gone |= {one.name for tool in without for one in lists_of(tool, (*self.tools, *self.others))}
            without = [tool for tool in (*self.tools, *self.others) if tool.name in gone]
        if self.offers_all:
            return super()._offer(needed, without)
        same = self._same_doers(needed)
        pool = [
            tool for tool in (*self.tools, *self.others) if tool not in (*needed, *without) and tool.name not in same
        ]
        alike = [tool for tool in pool if any(tool.name in self.alike.get(one.name, ()) for one in needed)]
        beside = [tool for tool in alike[:2] if self.rng.random() < _ALIKE_SHARE]
        if self.focus is not None and self.focus in pool:
            beside.insert(0, self.focus)
        n_beside = max(0, self.count_offered() - len(needed))
        beside = beside[:n_beside]
        rest = [tool for tool in pool if tool not in beside]
        chosen = [*needed, *beside, *self.rng.sample(rest, min(len(rest), n_beside - len(beside)))]
        return self.rng.sample(chosen, len(chosen))

    def _same_doers(self, tools: Sequence[Tool]) -> set[str]:
        """The tools that do the very same as one of these, so that to call them would be as right."""
        known = self.once("same doers", lambda: same_doers((*self.tools, *self.others)))
        return {name for tool in tools for name in known.get(tool.name, ())}

    def count_offered(self) -> int:
        """How many tools one conversation offers.

        One always stays away: were all of them ever offered, their number alone would tell that none is missing.
        """
        most = max(1, min(_MOST_OFFERED, len(self.tools) + len(self.others) - 1))
        return self.rng.randint(min(_FEWEST_OFFERED, most), most)


def _space(turn: Message, kept: Sequence[str]) -> Message:
    """Double marks stand apart from their words in French."""
    if turn.role not in ("user", "assistant") or not isinstance(turn.content, str):
        return turn
    spaced = keep_phrases(turn.content, kept, lambda piece: _DOUBLE_MARK.sub(r" \1", piece))
    return msgspec.structs.replace(turn, content=spaced)


def _values_in(messages: Sequence[Message]) -> list[str]:
    """Everything that is called with, as it may stand in a request."""
    found: list[str] = []
    for message in messages:
        for call in message.calls or ():
            arguments = json.loads(call.arguments.text) if isinstance(call.arguments, msgspec.Struct) else {}
            found += [say_plainly(value) for value in _leaves(arguments)]
    return found


def _leaves(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [value]


def shared_names(first: Tool, second: Tool) -> tuple[str, ...]:
    """Parameters that two tools have in common, with the same schema."""
    known = parameters_of(first)
    return tuple(name for name, schema in parameters_of(second).items() if known.get(name, ...) == schema)
