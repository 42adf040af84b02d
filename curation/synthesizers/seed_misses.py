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
from curation.synthesizers.frames import plain_words, say
from curation.synthesizers.look_alikes import stand_ins
from curation.synthesizers.scene import phrase_of
from curation.synthesizers.seeds import Seed, read_seeds
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
            "cannot_be_done": (self._remove, self._ask_outside),
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
        said, reply = near_misses.word_question(self._scene, tool, plain_words(seed.request))
        return _end(seed, said, reply, Label(reason="answer_directly"))

    def _remove(self, seed: Seed, tool: Tool) -> Example | None:
        left = near_misses.without(seed.example, [*seed.called, *stand_ins(tool, self._scene.tools)])
        replies = near_misses.read_words().replies["tool_removed"]
        reply = say(self._scene.rng.choice(replies), {"action": self._scene.wording(tool).action})
        if not left.tools:
            return None
        return _end(msgspec.structs.replace(seed, example=left), seed.request, reply, Label(reason="cannot_be_done"))

    def _ask_outside(self, seed: Seed, _: Tool) -> Example | None:
        outside = near_misses.word_outside(self._scene)
        return _end(seed, *outside, Label(reason="cannot_be_done")) if outside else None


def _end(seed: Seed, said: str, reply: str, label: Label) -> Example:
    """The example up to its first call, with another request before it and an answer in its place."""
    before: list[Message] = list(seed.before)
    before[seed.asked_at] = turns.user(said)
    messages = (*before, turns.answer(reply, label))
    return msgspec.structs.replace(
        seed.example, messages=messages, group=seed.group, tags=(), waivers=(), acceptable=None, extra={}
    )
