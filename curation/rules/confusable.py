"""Tools of one catalogue that a model may take for each other: by name, by description, by what they are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec
from rapidfuzz import fuzz

from curation.model.definition import Definition
from curation.rules.offer import OfferedTool, open_tool
from curation.rules.units import name_words

MOST_COMPARED = 300
"""Tools held against each other; more would be seconds of work."""
_LIKE_WORDS = 0.6
_LIKE_NAME = 0.5
_LIKE_WRITTEN = 0.85
_FEW = "a an and as at by for from in is it its of on one or that the this to was where which with"
_FEW_WORDS = frozenset(_FEW.split())
"""Words that carry nothing."""


class Confusable(msgspec.Struct, frozen=True):
    """Two tools and why one may be taken for the other; `likeness` from 0 to 1."""

    a: str
    b: str
    reasons: tuple[str, ...]
    likeness: float


def find_confusable(definitions: Sequence[Definition]) -> tuple[Confusable, ...]:
    """The pairs, the most alike first."""
    tools = [open_tool(one.text) for one in definitions[:MOST_COMPARED]]
    found = [pair for one, other in combinations(tools, 2) if (pair := _compare(one, other)) is not None]
    return tuple(sorted(found, key=lambda pair: (-pair.likeness, pair.a, pair.b)))


def _compare(one: OfferedTool, other: OfferedTool) -> Confusable | None:
    if not one.name or not other.name or one.name == other.name:
        return None
    name, words, arguments = _names(one, other), _descriptions(one, other), _arguments(one, other)
    likeness = (2 * words + name + arguments) / 4
    is_alike = words >= _LIKE_WORDS or (name >= _LIKE_NAME and (arguments == 1 or words >= _LIKE_NAME))
    if not is_alike:
        return None
    return Confusable(one.name, other.name, tuple(_reasons(name, words, arguments)), round(likeness, 3))


def _reasons(name: float, words: float, arguments: float) -> Iterator[str]:
    if name >= _LIKE_NAME:
        yield "the names are alike" if name < 1 else "the names have the same words"
    if words >= _LIKE_NAME:
        yield (
            "the descriptions say nearly the same"
            if words >= _LIKE_WORDS
            else "the descriptions share half their words"
        )
    if arguments == 1:
        yield "the arguments are the same"
    elif arguments >= _LIKE_NAME:
        yield "most arguments are the same"


def _names(one: OfferedTool, other: OfferedTool) -> float:
    """The share of words two names have in common, or how alike they are written where that is nearly the same."""
    a, b = (name_words(tool.name or "") for tool in (one, other))
    written = fuzz.ratio("".join(a), "".join(b)) / 100
    return max(_share(set(a), set(b)), written if written >= _LIKE_WRITTEN else 0.0)


def _descriptions(one: OfferedTool, other: OfferedTool) -> float:
    a, b = (_content(tool.view.description or "") for tool in (one, other))
    return _share(a, b) if len(a) > 1 and len(b) > 1 else 0.0


def _content(text: str) -> set[str]:
    """The words that carry a description."""
    words = {"".join(filter(str.isalnum, word)) for word in text.casefold().split()}
    return {word for word in words if word and word not in _FEW_WORDS}


def _arguments(one: OfferedTool, other: OfferedTool) -> float:
    return _share(set(one.properties), set(other.properties)) if one.properties and other.properties else 0.0


def _share(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0
