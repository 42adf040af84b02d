"""Names where they stand as names in running text: not every word that is spelt alike is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from curation.model.source import quote
from curation.model.values import Json
from curation.reading.spans import find_members
from curation.reading.strict import parse_strict

Say = Callable[[str], str]
_QUOTES = "`'\"“”‘’«»"
_SHAPE = re.compile(r"[_.\-0-9]|[a-z][A-Z]")


def make_say(renamed: Mapping[str, str]) -> Say:
    """What puts new names into a text.

    A name such as `order_id` is one wherever it stands for itself; one that is a plain word (`city`) only in quotation
    marks, or in front of a bracket, as a call is written.
    """
    if not renamed:
        return lambda text: text
    shaped = sorted((one for one in renamed if _SHAPE.search(one)), key=len, reverse=True)
    plain = sorted((one for one in renamed if not _SHAPE.search(one)), key=len, reverse=True)
    patterns = []
    if shaped:
        patterns.append(rf"(?<![\w-])(?:{'|'.join(map(re.escape, shaped))})(?![\w-])")
    if plain:
        words = "|".join(map(re.escape, plain))
        patterns.append(rf"(?<=[{_QUOTES}])(?:{words})(?=[{_QUOTES}])|(?<![\w-])(?:{words})(?=\()")
    found = re.compile("|".join(patterns))
    return lambda text: found.sub(lambda match: renamed[match.group()], text)


def find_names(names: Iterable[str], texts: Iterable[str]) -> set[str]:
    """The names that stand as words of their own in one of the texts."""
    text = "\n".join(texts)
    held = (one for one in names if one in text)
    return {one for one in held if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text)}


def texts_in(value: Json) -> Iterator[str]:
    """Every text of a value, the keys in it included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from texts_in(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def say_in_result(text: str, say: Say) -> str:
    """A result that is JSON keeps its keys, which are no arguments; sentences in it follow."""
    if text.lstrip()[:1] in ("{", "[") and not any(one.is_fatal for one in parse_strict(text).faults):
        return edit_strings(text, say)
    return say(text)


def say_string(source: str, say: Say) -> str:
    """The source of one string said anew; anything else, and what stays the same, keeps its characters."""
    text = parse_strict(source).value
    if not isinstance(text, str):
        return source
    said = say(text)
    return source if said == text else quote(said)


def edit_strings(source: str, say: Say) -> str:
    """JSON source with every string value said anew; everything else keeps its characters."""
    members = find_members(source)
    if members is None:
        return say_string(source, say)
    for one in reversed(members):
        source = source[: one.start] + edit_strings(source[one.start : one.end], say) + source[one.end :]
    return source
