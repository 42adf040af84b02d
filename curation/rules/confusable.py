"""Tools of one catalogue that a model may take for each other: by what name, description and arguments mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeVar

import msgspec
from rapidfuzz import fuzz

from curation.model.definition import Definition
from curation.rules.offer import OfferedTool, open_tool
from curation.rules.tool_meaning import act_of, are_opposite, loosen, mean
from curation.rules.units import name_words

MOST_COMPARED = 300
"""Tools held against each other; more would be seconds of work. One tool is held against all."""
_LIKE_WORDS = 0.6
_LIKE_NAME = 0.5
_SAME_WORDS = 0.8
_SOME = 0.34
_LIKE_WRITTEN = 0.85
_WORD = re.compile(r"[^\W_]+")
_Part = TypeVar("_Part")


class Confusable(msgspec.Struct, frozen=True):
    """Two tools and why one may be taken for the other; `likeness` from 0 to 1."""

    a: str
    b: str
    reasons: tuple[str, ...]
    likeness: float


class Said(msgspec.Struct, frozen=True):
    """What one tool says of itself."""

    name: str
    words: tuple[str, ...]
    """Of the name, as they are written."""
    meant: frozenset[str]
    """What the name means; acts that are hard to tell apart are one."""
    act: str | None
    told: frozenset[str]
    """What the description means."""
    arguments: frozenset[frozenset[str]]


class Likeness(msgspec.Struct, frozen=True):
    """How much two tools share, each from 0 to 1; None where one of them says nothing."""

    name: float
    words: float | None
    arguments: float | None


def find_confusable(definitions: Sequence[Definition], about: str | None = None) -> tuple[Confusable, ...]:
    """The pairs, the most alike first; of one tool, or of all."""
    compared = definitions if about else definitions[:MOST_COMPARED]
    tools = [_say(tool) for one in compared if (tool := open_tool(one.text)).name]
    pairs = _pairs_of(about, tools) if about else combinations(tools, 2)
    found = [pair for one, other in pairs if (pair := _compare(one, other)) is not None]
    return tuple(sorted(found, key=lambda pair: (-pair.likeness, pair.a, pair.b)))


def _pairs_of(name: str, tools: Sequence[Said]) -> Iterator[tuple[Said, Said]]:
    """One tool beside each other one, in the order of the catalogue."""
    at = next((at for at, tool in enumerate(tools) if tool.name == name), len(tools))
    yield from ((one, tools[at]) for one in tools[:at] if at < len(tools))
    yield from ((tools[at], other) for other in tools[at + 1 :])


def _say(tool: OfferedTool) -> Said:
    name = tool.name or ""
    # A number at the end of a name tells nobody what the tool is for.
    words = tuple(word for word in name_words(name) if not word.isdecimal()) or (name,)
    return Said(
        name=name,
        words=words,
        meant=frozenset(map(loosen, mean(words))),
        act=act_of(name),
        told=mean(_WORD.findall((tool.view.description or "").casefold())),
        arguments=frozenset(mean(name_words(one)) for one in tool.properties),
    )


def _compare(one: Said, other: Said) -> Confusable | None:
    if one.name == other.name:
        return None
    like = Likeness(
        max(_share(one.meant, other.meant), _written(one, other)),
        _share(one.told, other.told) if len(one.told) > 1 and len(other.told) > 1 else None,
        _share(one.arguments, other.arguments) if one.arguments and other.arguments else None,
    )
    if _do_other_things(one, other, like) or _are_told_apart(one, other, like) or not _are_alike(one, other, like):
        return None
    likeness = (2 * (like.words or 0.0) + like.name + (like.arguments or 0.0)) / 4
    return Confusable(one.name, other.name, tuple(_reasons(one, other, like)), round(likeness, 3))


def _do_other_things(one: Said, other: Said, like: Likeness) -> bool:
    """Whether the verbs part two tools: not where all else is said alike, unless one undoes what the other does."""
    if not one.act or not other.act or one.act == other.act:
        return False
    is_said_alike = (like.words or 0.0) >= _SAME_WORDS and one.arguments == other.arguments
    return not is_said_alike or are_opposite(one.act, other.act)


def _are_told_apart(one: Said, other: Said, like: Likeness) -> bool:
    """Whether each has a word of its own that says what only it is for."""
    mine, theirs = one.meant - other.meant - other.told, other.meant - one.meant - one.told
    words = like.words or 0.0
    if not mine and not theirs:
        return False
    if one.meant <= other.meant or other.meant <= one.meant:
        return words < _LIKE_WORDS and mine <= one.told and theirs <= other.told
    if not mine or not theirs or _are_spellings(mine, theirs):
        return False
    return bool(mine & one.told and theirs & other.told) or words < _SAME_WORDS


def _are_spellings(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two words are one in two spellings, such as `catalog` and `catalogue`."""
    return fuzz.ratio("".join(sorted(mine)), "".join(sorted(theirs))) / 100 >= _LIKE_WRITTEN


def _are_alike(one: Said, other: Said, like: Likeness) -> bool:
    words, arguments = like.words or 0.0, like.arguments or 0.0
    if words >= _LIKE_WORDS:
        return True
    if like.name < 1:
        return like.name >= _LIKE_NAME and (arguments == 1 or words >= _LIKE_NAME)
    if arguments == 1 or _is_one(one) != _is_one(other):
        return arguments == 1
    if mean(one.words) != mean(other.words):
        return words >= _LIKE_NAME
    # The names say the same; only descriptions and arguments together can say that the tools do not.
    return like.words is None or like.arguments is None or words >= _SOME or arguments >= _SOME


def _is_one(tool: Said) -> bool:
    """Whether the name speaks of one thing rather than of many."""
    return not any(word.endswith("s") and not word.endswith(("ss", "us")) for word in tool.words)


def _reasons(one: Said, other: Said, like: Likeness) -> Iterator[str]:
    if like.name == 1:
        is_same = sorted(one.words) == sorted(other.words)
        yield "the names have the same words" if is_same else "the names mean the same"
    elif like.name >= _LIKE_NAME:
        yield "the names are alike"
    words, arguments = like.words or 0.0, like.arguments or 0.0
    if words >= _LIKE_WORDS:
        yield "the descriptions say nearly the same"
    elif words >= _LIKE_NAME:
        yield "the descriptions share half of what they say"
    if arguments == 1:
        yield "the arguments are the same"
    elif arguments >= _LIKE_NAME:
        yield "most arguments are the same"


def _written(one: Said, other: Said) -> float:
    """How alike two names are written, where that is nearly the same."""
    written = fuzz.ratio("".join(one.words), "".join(other.words)) / 100
    return written if written >= _LIKE_WRITTEN else 0.0


def _share(a: frozenset[_Part], b: frozenset[_Part]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0
