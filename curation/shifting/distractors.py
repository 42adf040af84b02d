"""Tools that are offered as well and not wanted: others of the data set, then from outside; none could be right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from random import Random

import msgspec

from curation.model.definition import Definition
from curation.model.example import Example
from curation.rules.confusable import find_confusable
from curation.shifting.outside import OUTSIDE

MOST = 3
MOST_OFFERED = 24
"""A row with so many tools has distractors enough."""
OPEN_REASONS = frozenset({"cannot_be_done", "escalate"})
"""Where nothing fits, another tool might."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHORTEST = 4


def add_distractors(example: Example, pool: Mapping[str, Definition], seed: str) -> Example:
    """The example with up to three more tools; as it was where any of them might be called for."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    if not offered or len(offered) >= MOST_OFFERED or _is_open(example):
        return example
    names = {one.view.name for one in offered}
    said = _said(example)
    chooser = Random(seed)
    added: list[Definition] = []
    for name in _in_order(pool, chooser):
        if len(added) == MOST:
            break
        if name not in names and not _stems(name) & said and not _is_like(pool[name], offered):
            added.append(pool[name])
    return msgspec.structs.replace(example, tools=(*offered, *added)) if added else example


def _in_order(pool: Mapping[str, Definition], chooser: Random) -> list[str]:
    """The data set's own tools first, which are the harder ones to tell apart."""
    drawn = chooser.sample(sorted(pool), len(pool))
    return sorted(drawn, key=lambda name: pool[name] in OUTSIDE)


def _is_open(example: Example) -> bool:
    """Whether some turn says that no tool fits: with another one that might not be so."""
    return any(one.label is not None and one.label.reason in OPEN_REASONS for one in example.messages)


def _said(example: Example) -> frozenset[str]:
    """What the user speaks of, and what the tools that are called are about."""
    texts = [one.content for one in example.messages if one.role == "user" and isinstance(one.content, str)]
    texts += [call.name for one in example.messages for call in one.calls or () if isinstance(call.name, str)]
    return frozenset(stem for text in texts for stem in _stems(text))


def _stems(text: str) -> frozenset[str]:
    found = (word.lower().removesuffix("s") for word in _WORDS.findall(text))
    return frozenset(word for word in found if len(word) >= _SHORTEST)


def _is_like(one: Definition, offered: Sequence[Definition]) -> bool:
    """Whether a person could take the new tool for one of the others."""
    return any(_are_alike(one, other) for other in offered)


@lru_cache(maxsize=20_000)
def _are_alike(one: Definition, other: Definition) -> bool:
    """Kept, as the same few pairs meet in every row."""
    return bool(find_confusable((one, other)))
