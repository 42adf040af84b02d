"""A parameters schema opened just far enough for a form, and written back without losing a character that matters.

Every keyword keeps its exact source text and its place; only `properties` and `items` are opened further. What the form
does not know is therefore untouched, whatever it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

WIDTH = 60
"""Objects and lists that fit this many characters stay on one line."""

_STRING = r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))'
"""Also one that nobody closes, as a text that is still typed has it."""
_STRINGS_AND_SPACE = re.compile(rf"{_STRING}|\s+", re.DOTALL)
_STRINGS_AND_MARKS = re.compile(rf"{_STRING}|([,:])", re.DOTALL)
_Members = dict[str, msgspec.Raw]


class Outline(msgspec.Struct, frozen=True):
    """One schema: its keywords in order, with the schemas inside `properties` and `items` opened."""

    keywords: dict[str, str] = {}
    """Keyword → exact JSON text; an opened keyword holds an empty text and only marks the place."""
    properties: dict[str, Outline] | None = None
    items: Outline | None = None
    whole: str | None = None
    """Exact text of a schema that is no object (`true`, or something broken)."""


def read_outline(text: str) -> Outline:
    """Open a schema; anything that is no JSON object is kept whole."""
    members = _members(text)
    if members is None:
        return Outline(whole=text.strip())
    keywords = {name: compact(_source(raw)) for name, raw in members.items()}
    properties = _members(keywords.get("properties", ""))
    items = keywords["items"] if _members(keywords.get("items", "")) is not None else None
    for opened in (["properties"] if properties is not None else []) + (["items"] if items is not None else []):
        keywords[opened] = ""
    return Outline(
        keywords=keywords,
        properties=None
        if properties is None
        else {name: read_outline(_source(raw)) for name, raw in properties.items()},
        items=None if items is None else read_outline(items),
    )


def write_outline(outline: Outline) -> str:
    """The schema as compact JSON, keywords in their order."""
    if outline.whole is not None:
        return outline.whole
    return "{" + ",".join(f"{_quoted(name)}:{text}" for name, text in _written(outline)) + "}"


def _written(outline: Outline) -> Iterator[tuple[str, str]]:
    for name, text in outline.keywords.items():
        if name == "properties" and outline.properties is not None:
            inner = ",".join(f"{_quoted(key)}:{write_outline(value)}" for key, value in outline.properties.items())
            yield name, "{" + inner + "}"
        elif name == "items" and outline.items is not None:
            yield name, write_outline(outline.items)
        else:
            yield name, text


def compact(text: str) -> str:
    """The same JSON without white space between its tokens; strings and numbers keep their exact text."""
    return _STRINGS_AND_SPACE.sub(lambda found: found.group(1) or "", text)


def lay_out(text: str, indent: int = 0) -> str:
    """The same JSON set out for reading: short objects on one line, long ones broken; tokens keep their exact text."""
    line = on_one_line(text)
    if len(line) + indent <= WIDTH or line[:1] not in "{[":
        return line
    opening, closing = ("{", "}") if line[0] == "{" else ("[", "]")
    pad = " " * (indent + 2)
    return f"{opening}\n" + ",\n".join(pad + part for part in _parts(text, indent + 2)) + f"\n{' ' * indent}{closing}"


def _parts(text: str, indent: int) -> Iterator[str]:
    members = _members(text)
    if members is not None:
        for name, raw in members.items():
            yield f"{_quoted(name)}: {lay_out(_source(raw), indent)}"
        return
    for raw in msgspec.json.decode(text, type=list[msgspec.Raw]):
        yield lay_out(_source(raw), indent)


def on_one_line(text: str) -> str:
    """Compact JSON with a blank after every comma and colon outside strings."""
    spaced = _STRINGS_AND_MARKS.sub(lambda found: found.group(1) or found.group(2) + " ", compact(text))
    return spaced.strip()


def _members(text: str) -> _Members | None:
    try:
        return msgspec.json.decode(text, type=_Members)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _source(raw: msgspec.Raw) -> str:
    return bytes(raw).decode()


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
