"""Contrast pairs: two requests for tools that are easily confused, alike but for what decides.

A pack's own pairs come first: what two customers would write with the same facts in mind. Other tools are asked for
in one and the same sentence each, with the same values for what both must be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.acting import acted_on, needs_content
from curation.synthesizers.arguments import Drawn
from curation.synthesizers.composing import Worded
from curation.synthesizers.conditions import is_needed
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.filling import OFFER, SYSTEM, WORDINGS, Wanted, fill, open_stage
from curation.synthesizers.frames import say, slot_name
from curation.synthesizers.lesson_words import WrittenPair, written_pairs
from curation.synthesizers.look_alikes import list_pairs, mean_equal, stand_ins
from curation.synthesizers.sharing import fits
from curation.synthesizers.stage import INNER, Stage
from curation.synthesizers.story import deed
from curation.synthesizers.subjects import are_kin
from curation.synthesizers.wordings import required_of

NAME = "contrast_pairs"
KIND = "contrast"
_WHYS = {
    KIND: "It takes two tools that need the same values or are named alike, and that a request can tell apart by what "
    "is to be done or by what is given; say in their descriptions when to use which."
}


class Side(msgspec.Struct, frozen=True):
    """One half of a pair."""

    tool: Tool
    arguments: dict[str, Json]
    said: str


class Pair(msgspec.Struct, frozen=True):
    """Both halves, and the words they are said in."""

    family: str
    sides: tuple[Side, Side]


def draft(order: Order) -> Iterator[Candidate]:
    """Pairs of requests, both tools offered to both."""
    scene = open_stage(order)
    yield from fill(order, NAME, {"positive": (KIND,)}, _Contrasts(scene).draft, stage=scene, together=2, whys=_WHYS)


class _Contrasts:
    """The pairs of an order being worded."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._tools = {tool.name: tool for tool in scene.tools}
        written = written_pairs(scene.speech.remark_family)
        self._written = [one for one in written if self._tools.keys() >= set(one.tools)]
        apart = [pair for pair in list_pairs(scene.tools) if self._can_be_told_apart(*pair)]
        # In a small catalogue no two tools may be about the same; then the same facts are all they have in common.
        self._pairs = _nearest([pair for pair in apart if are_kin(*pair)]) or apart
        self._number = 0

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        written = [one for one in self._written if wanted.tool in ("", *one.tools)]
        pairs = [pair for pair in self._pairs if wanted.tool in ("", pair[0].name, pair[1].name)]
        pair = None
        if written:
            pair = self._say_written(self._scene.deck.deal(f"written/{wanted.tool}", written))
        elif pairs:
            pair = self._say_alike(*self._scene.deck.deal(f"pair/{wanted.tool}", pairs))
        return self._twins(pair) if pair and pair.sides[0].said != pair.sides[1].said else ()

    def _can_be_told_apart(self, one: Tool, other: Tool) -> bool:
        """Whether what is asked for differs, or at least what has to be given."""
        mine, theirs = self._scene.wording(one).action, self._scene.wording(other).action
        return not mean_equal(mine, theirs) or set(required_of(one)) != set(required_of(other))

    def _say_written(self, pair: WrittenPair) -> Pair | None:
        """A pack's pair with values drawn for it, the same in both halves."""
        values: dict[str, Json] = dict(pair.given)
        phrases = self._scene.fill(" ".join(pair.say))
        asked: list[tuple[Tool, dict[str, Json]]] = []
        for tool in (self._tools[name] for name in pair.tools):
            drawn = self._scene.draw(tool)
            if drawn is None:
                return None
            values = drawn.arguments | values
            phrases = {slot_name(name): phrase for name, phrase in drawn.phrases.items()} | phrases
            asked.append((tool, {name: values[name] for name in required_of(tool)}))
        if not all(fits(*one) for one in asked):
            return None
        first, second = (
            Side(tool, given, say(text, phrases)) for (tool, given), text in zip(asked, pair.say, strict=True)
        )
        return Pair(pair.family, (first, second))

    def _say_alike(self, one: Tool, other: Tool) -> Pair | None:
        """Two tools asked for in the same sentence, each with what it needs."""
        first, second = self._draw_needed(one), self._draw_needed(other)
        if first is None or second is None:
            return None
        second = _take_over(first, second, other)
        mine, theirs = self._word_alike(self._scene.word(one, first, INNER), self._scene.word(other, second, INNER))
        return Pair(
            mine.family,
            (Side(one, first.arguments, mine.text()), Side(other, second.arguments, theirs.text())),
        )

    def _word_alike(self, mine: Worded, theirs: Worded) -> tuple[Worded, Worded]:
        """Both in the sentence of one of them; of two names for one act, both in the words of the first."""
        like = mine if theirs.arguments else theirs
        mine, theirs = (msgspec.structs.replace(one, frame=like.frame, family=like.family) for one in (mine, theirs))
        needed, others = set(required_of(mine.tool)), set(required_of(theirs.tool))
        # With one thing more to be given, one of many is asked for, and the words have to say so.
        is_one_act = not (needed <= others or others <= needed) and bool(stand_ins(mine.tool, [theirs.tool]))
        return mine, msgspec.structs.replace(theirs, action=mine.action) if is_one_act else theirs

    def _draw_needed(self, tool: Tool) -> Drawn | None:
        """Values of what the tool must be told alone, where the validator takes them so and they say what to do."""
        drawn = self._scene.draw(tool)
        if drawn is None or needs_content(tool):
            return drawn
        if not required_of(tool):
            is_filter = " by " in f" {self._scene.wording(tool).action} "
            return None if is_filter and not drawn.arguments else drawn  # By no status, pets by their status are none.
        names = {*required_of(tool), *acted_on(tool)}
        needed = {
            name: value
            for name, value in drawn.arguments.items()
            if name in names or is_needed(tool, name, drawn.arguments)
        }
        return drawn._replace(arguments=needed) if fits(tool, needed) else drawn

    def _twins(self, pair: Pair) -> tuple[Candidate, Candidate]:
        self._number += 1
        twin = f"{NAME}/{self._number}"
        desk = self._scene.example(pair.family, (), [side.tool for side in pair.sides])
        first, second = (
            Candidate(
                msgspec.structs.replace(
                    desk,
                    messages=(*desk.messages, *self._spoken(side)),
                    tags=("distractor_tools",),
                ),
                "positive",
                KIND,
                side.tool.name,
                deeds=(deed(side.tool, side.arguments),),
                twin=twin,
            )
            for side in pair.sides
        )
        return first, second

    def _spoken(self, side: Side) -> list[Message]:
        """One request and its call; both of a pair are spoken alike, as only what decides may differ."""
        call = turns.calling(turns.call(side.tool.name, side.arguments))
        return self._scene.spoken([turns.user(side.said), call])


def _nearest(pairs: Sequence[tuple[Tool, Tool]]) -> list[tuple[Tool, Tool]]:
    """The pairs with a value in common, and others for the tools that have none such."""
    near = [pair for pair in pairs if set(required_of(pair[0])) & set(required_of(pair[1]))]
    known = {tool.name for pair in near for tool in pair}
    return near + [pair for pair in pairs if pair not in near and not known >= {tool.name for tool in pair}]


def _take_over(first: Drawn, second: Drawn, tool: Tool) -> Drawn:
    """The second with the values of the first wherever both are told the same and the tool takes them."""
    for name in [one for one in second.arguments if one in first.arguments]:
        arguments = second.arguments | {name: first.arguments[name]}
        if fits(tool, arguments):
            second = second._replace(arguments=arguments, phrases=second.phrases | {name: first.phrases[name]})
    return second


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Contrast pairs for look-alike tools",
    about="Teaches to tell tools apart that are easily confused: two requests that differ only in what decides.",
    parameters=(WORDINGS, OFFER, SYSTEM),
    draft=draft,
    shapes=("positive",),
)
