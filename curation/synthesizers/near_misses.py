"""Near-misses: conversations that call nothing, each close to one that does call.

With examples to start from, each of them is turned into its near-misses. Without any, the positive is drafted too and
stands beside its near-miss as a twin in the same group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Example, Label, NoToolReason
from curation.synthesizers import seed_misses, turns
from curation.synthesizers.composing import Worded
from curation.synthesizers.consenting import get_a_yes
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.filling import OFFER, SYSTEM, WORDINGS, Wanted, fill, open_stage, tools_for
from curation.synthesizers.look_alikes import distinct_pairs, stand_ins
from curation.synthesizers.near_words import Near, word_gone, word_outside, word_question
from curation.synthesizers.scene import Request, phrase_of
from curation.synthesizers.sharing import can_be_missed
from curation.synthesizers.stage import Stage
from curation.synthesizers.story import deed
from curation.synthesizers.subjects import are_kin
from curation.synthesizers.wordings import required_of

NAME = "near_misses"
_KINDS: dict[str, tuple[NoToolReason, ...]] = {
    "no_tool": ("missing_information", "answer_directly", "cannot_be_done", "cannot_be_done", "cannot_be_done")
}
"""Three of the five near-misses are things that cannot be done."""
_DIRECT, _IMPOSSIBLE = Label(reason="answer_directly"), Label(reason="cannot_be_done")


def draft(order: Order) -> Iterator[Candidate]:
    """Near-misses of the order's examples; without any, pairs of a positive and its near-miss."""
    scene = open_stage(order)
    if order.seeds:
        misses = seed_misses.SeedMisses(scene, order.seeds)
        yield from fill(order, NAME, _KINDS, misses.draft, stage=scene)
        return
    yield from fill(order, NAME, _KINDS, _Pairs(scene).draft, stage=scene, together=2)


class _Pairs:
    """Positives and their near-misses, drafted together."""

    def __init__(self, scene: Stage) -> None:
        self._scene = scene
        self._number = 0
        self._open = ""
        """The value that the next request leaves out, where it can."""
        actions = {tool.name: scene.wording(tool).action for tool in scene.tools}
        distinct = distinct_pairs(scene.tools, actions)
        self._pairs = [pair for pair in distinct if are_kin(*pair)] or distinct
        self._ways: dict[str, tuple[Callable[[Request, Example], Example | None], ...]] = {
            "missing_information": (self._leave_open,),
            "answer_directly": (self._only_ask,),
            # Where one desk always offers all its tools, none can be missing.
            "cannot_be_done": (self._ask_outside,)
            if scene.offers_all
            else (self._remove, self._ask_outside, self._want_look_alike),
        }

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        way = self._scene.deck.deal(f"way/{wanted.kind}", self._ways[wanted.kind])
        tools = [tool for tool in tools_for(self._scene, wanted) if self._is_fit(tool, wanted.kind)]
        if not tools:
            return ()
        if wanted.kind == "missing_information":
            tools = self._next_open(tools)
        tool = self._scene.next_tool(f"miss/{way.__name__}/{self._open}", tools)
        # Some wordings only make sense with a value in them.
        purpose = "missing" if wanted.kind == "missing_information" else "near miss"
        request = self._scene.request(tool, purpose)
        if request is None:
            return ()
        positive = self._positive(request)
        negative = way(request, positive)
        return self._twins(wanted, request, positive, self._spoken(negative)) if negative else ()

    def _is_fit(self, tool: Tool, kind: str) -> bool:
        return kind != "missing_information" or bool(required_of(tool))

    def _next_open(self, tools: Sequence[Tool]) -> list[Tool]:
        """The tools that need the value whose turn it is: an order number is no oftener left out than a reason."""
        names = list(dict.fromkeys(name for tool in tools for name in required_of(tool)))
        self._open = self._scene.deck.deal(f"open/{'/'.join(names)}", names)
        return [tool for tool in tools if self._open in required_of(tool)]

    def _positive(self, request: Request) -> Example:
        call = turns.calling(turns.call(request.tool.name, request.arguments))
        agreed = get_a_yes(self._scene, request.tool, request)
        return self._scene.example(request.family, [turns.user(request.text()), *agreed, call], [request.tool])

    def _spoken(self, example: Example) -> Example:
        """As the positive is spoken, so that no tone tells the two apart."""
        return msgspec.structs.replace(example, messages=tuple(self._scene.spoken(example.messages)))

    def _twins(
        self, wanted: Wanted, request: Request, positive: Example, negative: Example
    ) -> tuple[Candidate, Candidate]:
        self._number += 1
        twin = f"{NAME}/{self._number}"
        deeds = (deed(request.tool, request.arguments),)
        return (
            Candidate(positive, "positive", tool=request.tool.name, deeds=deeds, twin=twin),
            Candidate(negative, "no_tool", wanted.kind, request.tool.name, deeds=(), twin=twin),
        )

    def _leave_open(self, request: Request, positive: Example) -> Example | None:
        """The same request without a required value, and the question for it."""
        asks = self._scene.wording(request.tool).ask
        openable = [name for name in request.openable() if asks.get(name) and _is_gone(request, name)]
        if not openable:
            return None
        turn = f"open/{request.tool.name}/{len(openable)}"
        name = self._open if self._open in openable else self._scene.deck.deal(turn, openable)
        label = Label(reason="missing_information", missing=(name,))
        return told(positive, request.text((name,)), self._scene.rng.choice(asks[name]), label)

    def _only_ask(self, request: Request, positive: Example) -> Example:
        """A question about the request instead of the request."""
        return told(positive, *word_question(self._scene, self._near(request, positive)), _DIRECT)

    def _remove(self, request: Request, positive: Example) -> Example | None:
        """The same request word for word where the tool is not offered."""
        left = exchange(self._scene, positive, request.tool) if can_be_missed(request.tool) else None
        reply = word_gone(self._scene, self._near(request, positive))
        return told(left, request.text(), reply, _IMPOSSIBLE) if left else None

    def _ask_outside(self, request: Request, positive: Example) -> Example:
        """Something of the same matter that none of the tools does, asked of the same desk."""
        return told(positive, *word_outside(self._scene, self._near(request, positive)), _IMPOSSIBLE)

    def _want_look_alike(self, request: Request, positive: Example) -> Example | None:
        """What a tool does that is like the one called, and is not offered."""
        absent = [one for one, other in self._pairs if other.name == request.tool.name and can_be_missed(one)]
        if not absent:
            return None
        wanted = self._scene.deck.deal(f"absent/{request.tool.name}", absent)
        asked = self._scene.request(wanted, "look-alike")
        left = exchange(self._scene, positive, wanted)
        if asked is None or left is None or request.tool.definition not in (left.tools or ()):
            return None
        reply = word_gone(self._scene, self._near(asked, positive), instead=request.tool)
        return told(left, asked.text(), reply, _IMPOSSIBLE)

    def _near(self, request: Request, positive: Example) -> Near:
        names = {one.view.name for one in positive.tools or ()}
        beside = tuple(tool for tool in self._scene.tools if tool.name in names)
        worded = request if isinstance(request, Worded) else None
        return Near(request.tool, request.text(), request.arguments, beside, worded)


def _is_gone(request: Request, name: str) -> bool:
    """Whether the value is not said in some other place of the request."""
    return phrase_of(request.arguments[name]).lower() not in request.text((name,)).lower()


def told(like: Example, said: str, reply: str, label: Label) -> Example:
    """A conversation at the same desk: one request and one reply."""
    opening = [turn for turn in like.messages if turn.role in ("system", "developer")]
    return msgspec.structs.replace(like, messages=(*opening, turns.user(said), turns.answer(reply, label)))


def exchange(scene: Stage, example: Example, *gone: Tool) -> Example | None:
    """The example with other tools in the place of these and of those that may stand in for them.

    As many as before are offered, as their number must not tell that one is missing; None where there are too few.
    """
    away = {one.name for tool in gone for one in (tool, *stand_ins(tool, scene.tools))}
    offered = [one.view.name for one in example.tools or ()]
    free = [tool.definition for tool in (*scene.tools, *scene.others) if tool.name not in {*away, *offered}]
    places = [place for place, name in enumerate(offered) if name in away]
    if len(places) > len(free):
        return None
    tools = list(example.tools or ())
    for place, definition in zip(places, scene.rng.sample(free, len(places)), strict=True):
        tools[place] = definition
    return msgspec.structs.replace(example, tools=tuple(tools))


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Near-misses: requests that call for no tool",
    about="Teaches when not to call: the right tool is gone, a value is missing, it is only a question, nothing fits. "
    "Starts from your examples; without any, each near-miss comes with the request that does call.",
    parameters=(WORDINGS, OFFER, SYSTEM),
    draft=draft,
)
