"""Contrast pairs: two requests for tools that are easily confused, alike but for the one fact that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Message
from curation.model.values import Json
from curation.synthesizers import turns
from curation.synthesizers.blanking import IDENTIFIES
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.filling import SYSTEM, WORDINGS, Wanted, fill, open_stage
from curation.synthesizers.frames import plain_words, say
from curation.synthesizers.generic import label_of
from curation.synthesizers.look_alikes import list_pairs, mean_the_same
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.sharing import fits, share
from curation.synthesizers.stage import Stage
from curation.synthesizers.story import deed
from curation.synthesizers.wordings import parameters_of, required_of

NAME = "contrast_pairs"
KIND = "contrast"
_WHYS = {
    KIND: "It takes two tools that need the same values or are named alike, and that a request can tell apart by what "
    "is to be done or by what is given; say in their descriptions when to use which."
}


class _Frames(msgspec.Struct, frozen=True):
    """`contrast_pairs.toml`."""

    frames: tuple[str, ...]


@lru_cache(maxsize=1)
def _frames() -> tuple[str, ...]:
    return msgspec.toml.decode(
        (files("curation.synthesizers") / "contrast_pairs.toml").read_bytes(), type=_Frames
    ).frames


class Side(msgspec.Struct, frozen=True):
    """What one half of a pair asks for."""

    tool: Tool
    action: str
    arguments: dict[str, Json]


def draft(order: Order) -> Iterator[Candidate]:
    """Pairs of requests, both tools offered to both."""
    scene = open_stage(order)
    yield from fill(order, NAME, {"positive": (KIND,)}, _Contrasts(scene).draft, stage=scene, together=2, whys=_WHYS)


class _Contrasts:
    """The pairs of an order being worded."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._pairs = [pair for pair in list_pairs(scene.tools) if self._can_be_told_apart(*pair)]
        self._number = 0

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        pairs = [pair for pair in self._pairs if wanted.tool in ("", pair[0].name, pair[1].name)]
        sides = self._sides(*self._scene.deck.deal(f"pair/{wanted.tool}", pairs)) if pairs else None
        if sides is None:
            return ()
        number = self._scene.deck.deal_number("contrast frame", len(_frames()))
        together = _tell_together(*sides)
        sides = together or sides
        said = [self._say(_frames()[number], side, sides if together else (side,)) for side in sides]
        return self._twins(f"contrast/{number:02}", sides, said) if said[0] != said[1] else ()

    def _can_be_told_apart(self, one: Tool, other: Tool) -> bool:
        """Whether what is asked for differs, or at least what has to be given."""
        mine, theirs = self._scene.wording(one).action, self._scene.wording(other).action
        return not mean_the_same(mine, theirs) or set(required_of(one)) != set(required_of(other))

    def _sides(self, one: Tool, other: Tool) -> tuple[Side, Side] | None:
        first, second = self._needed(one), self._needed(other)
        if first is None or second is None:
            return None
        second = second | {name: first[name] for name in second if name in first and share(one, other, name)}
        mine, theirs = self._scene.wording(one).action, self._scene.wording(other).action
        # Where the acts mean the same, only what is given may decide, so both are asked for in one tool's words.
        sides = Side(one, mine, first), Side(other, mine if mean_the_same(mine, theirs) else theirs, second)
        return sides if fits(other, second) else None

    def _needed(self, tool: Tool) -> dict[str, Json] | None:
        """Values of the required arguments alone, where the validator takes them so."""
        request = self._scene.request(tool, "contrast")
        if request is None:
            return None
        needed = {name: request.arguments[name] for name in required_of(tool)}
        return needed if fits(tool, needed) else request.arguments

    def _say(self, frame: str, side: Side, told_of: Sequence[Side]) -> str:
        facts: dict[str, str] = {}
        for one in told_of:
            facts |= {label_of(name): self._phrase(one, name) for name in one.arguments if label_of(name) not in facts}
        details = phrase_of([f"{label} {phrase}" for label, phrase in facts.items()])
        return say(frame, {"action": plain_words(side.action)} | ({"details": details} if details else {}))

    def _phrase(self, side: Side, name: str) -> str:
        """The value as people say it: always the same words for the same value, as a pair differs in one fact only."""
        ways = self._scene.wording(side.tool).values.get(name, {})
        value = side.arguments[name]
        return f"“{ways[value][0]}”" if isinstance(value, str) and ways.get(value) else phrase_of(value)

    def _twins(self, family: str, sides: tuple[Side, Side], said: Sequence[str]) -> tuple[Candidate, Candidate]:
        self._number += 1
        twin = f"{NAME}/{self._number}"
        desk = self._scene.example(family, (), [side.tool for side in sides])
        first, second = (
            Candidate(
                msgspec.structs.replace(
                    desk,
                    messages=(*desk.messages, *self._spoken(side, text)),
                    tags=("distractor_tools",),
                ),
                "positive",
                KIND,
                side.tool.name,
                deeds=(deed(side.tool, side.arguments),),
                twin=twin,
            )
            for side, text in zip(sides, said, strict=True)
        )
        return first, second

    def _spoken(self, side: Side, text: str) -> list[Message]:
        """One request and its call; both of a pair are spoken alike, as only what decides may differ."""
        call = turns.calling(turns.call(side.tool.name, side.arguments))
        return self._scene.spoken([turns.user(text), call])


def _tell_together(one: Side, other: Side) -> tuple[Side, Side] | None:
    """Both sides where all facts of both stand in both requests, so that the act alone decides; None: they cannot."""
    if one.action == other.action:
        return None
    mine, theirs = _take_over(one, other), _take_over(other, one)
    return (mine, theirs) if mine and theirs else None


def _take_over(side: Side, other: Side) -> Side | None:
    """A side whose tool is given what it can take of the other's facts; None where it would mistake one of them."""
    arguments = dict(side.arguments)
    labels = {label_of(name): name for name in parameters_of(side.tool)}
    for name, value in other.arguments.items():
        if label_of(name) not in labels:
            if label_of(name).split()[-1] in IDENTIFIES:
                return None  # Whoever names one thing wants it to count.
            continue
        if labels[label_of(name)] != name or not share(side.tool, other.tool, name):
            return None
        arguments.setdefault(name, value)
        if arguments[name] != value:
            return None
    return msgspec.structs.replace(side, arguments=arguments) if fits(side.tool, arguments) else None


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Contrast pairs for look-alike tools",
    about="Teaches to tell tools apart that are easily confused: two requests that differ only in what decides.",
    parameters=(WORDINGS, SYSTEM),
    draft=draft,
    shapes=("positive",),
)
