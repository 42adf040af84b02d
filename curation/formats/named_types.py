"""Types as Python and benchmarks name them, as JSON Schema: `str, optional`, `List[int]`, `dict`, `float`, `tuple`."""

from __future__ import annotations

import re
from typing import NamedTuple

from curation.formats.slices import Members, paste
from curation.model.source import quote, write_list

_NAMES = {
    **dict.fromkeys(("str", "string", "text", "char"), "string"),
    **dict.fromkeys(("int", "integer", "long"), "integer"),
    **dict.fromkeys(("float", "number", "double", "decimal"), "number"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("list", "array", "tuple", "set", "sequence", "iterable"), "array"),
    **dict.fromkeys(("dict", "object", "mapping", "hashmap"), "object"),
    **dict.fromkeys(("none", "null", "nonetype"), "null"),
}
_ANYTHING = frozenset({"any", "typing.any"})
_OPTIONAL = re.compile(r",?\s*\(?\boptional\b\)?\.?\s*$", re.IGNORECASE)
_DEFAULT = re.compile(r",\s*default\b.*$", re.IGNORECASE | re.DOTALL)
_GENERIC = re.compile(r"([A-Za-z.]+)\s*\[(.*)\]", re.DOTALL)
_LONGEST = 500


class NamedType(NamedTuple):
    """A type's name, read."""

    members: Members
    """Of the schema that says the same."""
    is_optional: bool = False


def read_type(text: str) -> NamedType | None:
    """The schema a type's name stands for; None for a name that nobody knows."""
    if len(text) > _LONGEST:
        return None
    bare = _DEFAULT.sub("", text.strip())
    without = _OPTIONAL.sub("", bare).strip()
    found = _read(without)
    return None if found is None else NamedType(found.members, found.is_optional or without != bare)


def _read(text: str) -> NamedType | None:
    name = text.strip().casefold()
    if name in _ANYTHING:
        return NamedType({})
    if name in _NAMES:
        return NamedType({"type": quote(_NAMES[name])})
    choices = split_outside(text, "|")
    if len(choices) > 1:
        return _read_union(choices)
    generic = _GENERIC.fullmatch(text.strip())
    return _read_generic(generic.group(1), split_outside(generic.group(2), ",")) if generic else None


def _read_generic(name: str, inner: list[str]) -> NamedType | None:
    word = name.rpartition(".")[2].casefold()
    if word == "optional" and len(inner) == 1:
        found = _read(inner[0])
        return None if found is None else NamedType(found.members, is_optional=True)
    if word == "union":
        return _read_union(inner)
    if word == "literal":
        return _read_choices(inner)
    kind = _NAMES.get(word)
    if kind == "array":
        return _read_list(inner)
    return NamedType({"type": '"object"'}) if kind == "object" else None


def _read_list(inner: list[str]) -> NamedType | None:
    """A list of one type says it of its elements; one of several says only that it is a list."""
    kinds = [_read(one) for one in inner if one.strip() != "..."]
    if any(kind is None for kind in kinds):
        return None
    first = kinds[0] if len(kinds) == 1 else None
    items = {"items": paste(first.members)} if first is not None and first.members else {}
    return NamedType({"type": '"array"', **items})


def _read_union(texts: list[str]) -> NamedType | None:
    kinds = [_read(text) for text in texts]
    found = [kind.members for kind in kinds if kind is not None]
    if len(found) < len(kinds) or not found:
        return None
    real = [members for members in found if members != {"type": '"null"'}]
    if len(real) == 1:
        return NamedType(real[0], is_optional=len(found) > 1)
    if all(set(members) == {"type"} for members in found):
        return NamedType({"type": write_list([members["type"] for members in found])})
    return NamedType({"anyOf": write_list([paste(members) for members in found])})


def _read_choices(texts: list[str]) -> NamedType | None:
    texts = [text.strip() for text in texts]
    if not all(len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" for text in texts):
        return None
    return NamedType({"type": '"string"', "enum": write_list([quote(text[1:-1]) for text in texts])})


def split_outside(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that stand outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "[(") - (character in "])")
        if character == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
