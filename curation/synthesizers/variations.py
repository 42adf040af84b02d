"""Variations of a project's examples: other values everywhere, other words where known, other order of tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from curation.errors import CurationError
from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Example, Message
from curation.model.values import Json
from curation.rules import categories
from curation.synthesizers import turns
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.exchanging import Exchange
from curation.synthesizers.filling import WORDINGS, Wanted, fill, open_stage
from curation.synthesizers.reframing import is_worded, word_request
from curation.synthesizers.seeds import Seed, arguments_of, read_seeds
from curation.synthesizers.sharing import fits
from curation.synthesizers.stage import Stage
from curation.synthesizers.wordings import parameters_of

NAME = "variations"
_REWORDED_SHARE = 0.5
_SHORTEST_TEXT = 2
_DRAWS = 2
_CATEGORY = {"single": "positive", "parallel": "parallel", "multi_step": "multi_step", "recovery": "recovery"}


def draft(order: Order) -> Iterator[Candidate]:
    """Variations of each example in turn, each in the group of its example."""
    if not order.seeds:
        raise CurationError("There is no example to vary.", hint="Choose examples of the project to start from.")
    scene = open_stage(order)
    seeds = read_seeds(order.seeds, {tool.name: tool for tool in scene.tools})
    kinds: dict[str, list[str]] = {}
    for seed in seeds:
        kinds.setdefault(_category(seed.example), []).append(_kind(seed.example))
    yield from fill(order, NAME, kinds, _Variations(scene, seeds).draft, stage=scene)


def _category(example: Example) -> str:
    found = [_CATEGORY[one] for one in reversed(categories(example)) if one in _CATEGORY]
    return found[0] if found else "positive"


def _kind(example: Example) -> str:
    recoveries = (turn.label.recovery for turn in example.messages if turn.label and turn.label.recovery)
    return next(recoveries, "")


class _Variations:
    """The examples of an order being varied."""

    def __init__(self, scene: Stage, seeds: Sequence[Seed]) -> None:
        self._scene = scene
        self._seeds = seeds
        self._tools = {tool.name: tool for tool in scene.tools}

    def draft(self, wanted: Wanted) -> Sequence[Candidate]:
        seeds = [
            seed
            for seed in self._seeds
            if wanted.tool in ("", seed.tool.name)
            and (_category(seed.example), _kind(seed.example)) == (wanted.category, wanted.kind)
        ]
        if not seeds:
            return ()
        seed = self._scene.deck.deal(f"seed/{wanted}", seeds)
        example = self._vary(seed)
        if example is None or _said(example) == _said(seed.example):
            return ()
        return (Candidate(example, wanted.category, wanted.kind, seed.tool.name),)

    def _vary(self, seed: Seed) -> Example | None:
        fresh = self._fresh_values(seed)
        example = Exchange(fresh).example(seed.example)
        if not self._still_fits(seed.example, example):
            return None
        if self._scene.rng.random() < _REWORDED_SHARE:
            example = self._reword(seed, example)
        offered = tuple(example.tools or ())
        return msgspec.structs.replace(
            example,
            tools=tuple(self._scene.rng.sample(offered, len(offered))),
            group=seed.group,
            waivers=(),
            acceptable=None,
        )

    def _fresh_values(self, seed: Seed) -> dict[str, str]:
        """Another value for each that the person said word for word and a call was given."""
        fresh: dict[str, str] = {}
        spoken = _said(seed.example)
        everything = " ".join([spoken, *(str(turn.content) for turn in seed.example.messages)])
        for old, new in self._redrawn(seed.example):
            is_new = str(new) not in fresh.values() and not _is_said(str(new), everything)
            if is_new and str(old) not in fresh and _is_free(old, spoken):
                fresh[str(old)] = str(new)
        return fresh

    def _redrawn(self, example: Example) -> Iterator[tuple[Json, Json]]:
        """Each value of each call with another one that was drawn for its place."""
        for turn in example.messages:
            for name, arguments in arguments_of(turn):
                tool = self._tools[name]
                drawn = [one.arguments for _ in range(_DRAWS) if (one := self._scene.draw(tool)) is not None]
                for key, value in arguments.items():
                    if not _is_chosen_from_a_list(tool, key):
                        others = (one[key] for one in drawn if key in one)
                        yield from (pair for other in others for pair in _leaf_pairs(value, other))

    def _still_fits(self, before: Example, after: Example) -> bool:
        """Whether every call that fitted still does, and every one that broke its schema still breaks it."""
        pairs = zip(_calls(before), _calls(after), strict=True)
        return all(fits(self._tools[old[0]], old[1]) == fits(self._tools[new[0]], new[1]) for old, new in pairs)

    def _reword(self, seed: Seed, example: Example) -> Example:
        """The one request in other words, where there is only one and words for its tool are known."""
        asked = [number for number, turn in enumerate(example.messages) if turn.role == "user"]
        called = _calls(example)
        is_simple = len(asked) == 1 and len(called) == 1
        if not is_simple or not is_worded(self._scene, seed.tool):
            return example
        request = word_request(self._scene, seed.tool, called[0][1], "variation")
        if request is None:
            return example
        messages: list[Message] = list(example.messages)
        messages[asked[0]] = turns.user(request.text())
        return msgspec.structs.replace(example, messages=tuple(self._scene.spoken(messages)))


def _said(example: Example) -> str:
    return "\n".join(str(turn.content) for turn in example.messages if turn.role == "user")


def _calls(example: Example) -> list[tuple[str, dict[str, Json]]]:
    return [call for turn in example.messages for call in arguments_of(turn)]


def _leaf_pairs(old: Json, new: Json) -> Iterator[tuple[Json, Json]]:
    """What stands at the same place in two values, where it is of one type and not the same."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in (key for key in old if key in new):
            yield from _leaf_pairs(old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from _leaf_pairs(one, other)
    elif type(old) is type(new) and isinstance(old, str | int | float) and old != new:
        yield old, new


def _is_chosen_from_a_list(tool: Tool, name: str) -> bool:
    schema = parameters_of(tool).get(name)
    return not isinstance(schema, dict) or bool({"enum", "const"} & schema.keys())


def _is_free(value: Json, spoken: str) -> bool:
    """Whether a value is said in so many words, so that another one can be said in its place."""
    if isinstance(value, str):
        return len(value) >= _SHORTEST_TEXT and _is_said(value, spoken)
    # A number that is said twice may be two different numbers.
    return not isinstance(value, bool) and len(_found(str(value), spoken)) == 1


def _is_said(value: str, text: str) -> bool:
    return bool(_found(value, text))


def _found(value: str, text: str) -> list[str]:
    return re.findall(rf"(?<![\w.]){re.escape(value)}(?!\w|\.\d)", text)


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Variations of your examples",
    about="Makes more of what your team wrote: the same conversations with other values everywhere, in other words "
    "where words for the tool are known, and with the tools in another order.",
    parameters=(WORDINGS,),
    draft=draft,
    needs=frozenset({"examples"}),
)
