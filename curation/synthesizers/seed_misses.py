"""Turns examples that call into near-misses that do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Example, Label, Message
from curation.synthesizers import near_misses, turns
from curation.synthesizers.blanking import leave_out
from curation.synthesizers.filling import Wanted
from curation.synthesizers.frames import plain_words
from curation.synthesizers.near_words import Near, word_gone, word_outside, word_question
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.seeds import Seed, read_seeds
from curation.synthesizers.sharing import can_be_missed
from curation.synthesizers.stage import Stage
from curation.synthesizers.wordings import required_of


class SeedMisses:
    """Near-misses of given examples, each in the group of its example."""

    def __init__(self, scene: Stage, seeds: Sequence[Example]) -> None:
        self._scene = scene
        self._seeds = read_seeds(seeds, {tool.name: tool for tool in scene.tools})
        self._ways: dict[str, tuple[Callable[[Seed, Tool], Example | None], ...]] = {
            "missing_information": (self._leave_open,),
            "answer_directly": (self._only_ask,),
            # Where one desk always offers all its tools, none can be missing.
            "cannot_be_done": (self._ask_outside,) if scene.offers_all else (self._remove, self._ask_outside),
        }

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        seeds = [seed for seed in self._seeds if wanted.tool in ("", seed.tool.name)]
        if not seeds:
            return ()
        way = self._scene.deck.deal(f"way/{wanted.kind}", self._ways[wanted.kind])
        seed = self._scene.deck.deal(f"seed/{wanted.tool}/{way.__name__}", seeds)
        example = way(seed, seed.tool)
        if example is None:
            return ()
        twin = f"{near_misses.NAME}/{seed.group}"
        return (Candidate(example, "no_tool", wanted.kind, seed.tool.name, deeds=(), twin=twin),)

    def _leave_open(self, seed: Seed, tool: Tool) -> Example | None:
        asks = self._scene.wording(tool).ask
        if len(seed.example.messages[len(seed.before)].calls or ()) != 1:
            return None
        openable = [name for name in required_of(tool) if asks.get(name) and name in seed.arguments]
        for name in self._scene.rng.sample(openable, len(openable)):
            shorter = leave_out(seed.request, phrase_of(seed.arguments[name]), name)
            if shorter is not None:
                label = Label(reason="missing_information", missing=(name,))
                return _end(seed, shorter, self._scene.rng.choice(asks[name]), label)
        return None

    def _only_ask(self, seed: Seed, tool: Tool) -> Example:
        return _end(seed, *word_question(self._scene, self._near(seed, tool)), Label(reason="answer_directly"))

    def _remove(self, seed: Seed, tool: Tool) -> Example | None:
        can_be = all(map(can_be_missed, seed.called))
        left = near_misses.exchange(self._scene, seed.example, *seed.called) if can_be else None
        if left is None:
            return None
        reply = word_gone(self._scene, self._near(seed, tool))
        return _end(msgspec.structs.replace(seed, example=left), seed.request, reply, Label(reason="cannot_be_done"))

    def _ask_outside(self, seed: Seed, tool: Tool) -> Example:
        return _end(seed, *word_outside(self._scene, self._near(seed, tool)), Label(reason="cannot_be_done"))

    def _near(self, seed: Seed, tool: Tool) -> Near:
        names = {one.view.name for one in seed.example.tools or ()}
        beside = tuple(one for one in self._scene.tools if one.name in names)
        return Near(tool, plain_words(seed.request), seed.arguments, beside)


def _end(seed: Seed, said: str, reply: str, label: Label) -> Example:
    """The example up to its first call, with another request before it and an answer in its place."""
    before: list[Message] = list(seed.before)
    before[seed.asked_at] = turns.user(said)
    messages = (*before, turns.answer(reply, label))
    return msgspec.structs.replace(
        seed.example, messages=messages, group=seed.group, tags=(), waivers=(), acceptable=None, extra={}
    )
