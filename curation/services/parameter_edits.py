"""What a person does to a parameter in the form: add, rename, require, retype, give values a meaning, fill a field."""

from __future__ import annotations

import json
import re
from typing import Literal

import msgspec

from curation.errors import BlockedError, UnreadableError
from curation.model.outline import Outline, compact
from curation.model.values import Json
from curation.services.parameter_forms import (
    change,
    find,
    kind_of,
    required_names,
    required_text,
    set_keyword,
    split_pointer,
    value_of,
)

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


class FieldSpec(msgspec.Struct, frozen=True):
    """One keyword the form draws, with what may be typed into it."""

    keyword: str
    title: str
    entry: Literal["text", "number", "whole", "switch", "value", "values"]


_COMMON = (FieldSpec("default", "Default", "value"), FieldSpec("examples", "Examples, one a line", "values"))
_NUMERIC = (
    FieldSpec("minimum", "At least", "number"),
    FieldSpec("maximum", "At most", "number"),
    FieldSpec("exclusiveMinimum", "More than", "number"),
    FieldSpec("exclusiveMaximum", "Less than", "number"),
    FieldSpec("multipleOf", "Multiple of", "number"),
)
FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    "string": (
        FieldSpec("format", "Format", "text"),
        FieldSpec("pattern", "Pattern", "text"),
        FieldSpec("minLength", "Shortest length", "whole"),
        FieldSpec("maxLength", "Longest length", "whole"),
        *_COMMON,
    ),
    "number": (*_NUMERIC, *_COMMON),
    "integer": (*_NUMERIC, *_COMMON),
    "boolean": _COMMON,
    "enum": _COMMON,
    "array": (
        FieldSpec("minItems", "Fewest items", "whole"),
        FieldSpec("maxItems", "Most items", "whole"),
        FieldSpec("uniqueItems", "No item twice", "switch"),
        *_COMMON,
    ),
    "object": (FieldSpec("additionalProperties", "Other keys allowed", "switch"), *_COMMON),
    "other": (),
}
"""Kind → the fields drawn for it."""


class Choice(msgspec.Struct, frozen=True):
    """One value of an enum, as its JSON text, with what it means."""

    text: str
    meaning: str = ""


def add_parameter(outline: Outline, parent: str, name: str, kind: str = "string") -> Outline:
    """A new parameter at the end of an object."""
    _refuse_taken(outline, parent, name)

    def edit(inner: Outline) -> Outline:
        grown = msgspec.structs.replace(inner, properties={**(inner.properties or {}), name: set_kind(Outline(), kind)})
        return set_keyword(grown, "properties", "")

    return change(outline, parent, edit)


def remove_parameter(outline: Outline, pointer: str) -> Outline:
    """The schema without a parameter, and without the claim that it is required."""
    parent, name = split_pointer(pointer)
    if not name:
        return change(
            outline, parent, lambda inner: msgspec.structs.replace(set_keyword(inner, "items", None), items=None)
        )

    def edit(inner: Outline) -> Outline:
        rest = {key: value for key, value in (inner.properties or {}).items() if key != name}
        kept = tuple(one for one in required_names(inner) if one != name)
        shrunk = msgspec.structs.replace(inner, properties=rest)
        return required_text(shrunk, kept) if name in required_names(inner) else shrunk

    return change(outline, parent, edit)


def rename_parameter(outline: Outline, pointer: str, name: str) -> Outline:
    """The same parameter under another name, in its place, as required as before."""
    parent, old = split_pointer(pointer)
    if name == old:
        return outline
    _refuse_taken(outline, parent, name)

    def edit(inner: Outline) -> Outline:
        renamed = {name if key == old else key: value for key, value in (inner.properties or {}).items()}
        changed = msgspec.structs.replace(inner, properties=renamed)
        names = required_names(inner)
        return required_text(changed, tuple(name if one == old else one for one in names)) if old in names else changed

    return change(outline, parent, edit)


def set_required(outline: Outline, pointer: str, *, required: bool) -> Outline:
    """Say whether a call must carry a parameter."""
    parent, name = split_pointer(pointer)

    def edit(inner: Outline) -> Outline:
        names = required_names(inner)
        if (name in names) == required:
            return inner
        return required_text(inner, (*names, name) if required else tuple(one for one in names if one != name))

    return change(outline, parent, edit)


def set_kind(outline: Outline, kind: str) -> Outline:
    """Another type; keywords that only the old type knew go, everything else stays."""
    if kind == kind_of(outline):
        return outline
    stale = {spec.keyword for spec in FIELDS[kind_of(outline)]} - {spec.keyword for spec in FIELDS[kind]}
    kept = {
        name: text for name, text in outline.keywords.items() if name not in stale | {"enum", "items", "properties"}
    }
    plain = Outline(keywords={"type": json.dumps("string" if kind == "enum" else kind)} | kept)
    plain = set_keyword(plain, "type", json.dumps("string" if kind == "enum" else kind))
    if kind == "enum":
        return set_keyword(plain, "enum", "[]")
    if kind == "array":
        return msgspec.structs.replace(set_keyword(plain, "items", ""), items=Outline(keywords={"type": '"string"'}))
    if kind == "object":
        return msgspec.structs.replace(set_keyword(plain, "properties", ""), properties={})
    return plain


def set_field(outline: Outline, spec: FieldSpec, typed: str | bool) -> Outline:
    """Write what was typed into one field; an emptied field removes its keyword."""
    if isinstance(typed, bool):
        return set_keyword(outline, spec.keyword, "true" if typed else "false")
    return set_keyword(outline, spec.keyword, parse_entry(spec, typed, kind_of(outline)))


def parse_entry(spec: FieldSpec, typed: str, kind: str) -> str | None:
    """The JSON text of what was typed; None for nothing. Refuses in one sentence."""
    if not typed.strip():
        return None
    if spec.entry == "text":
        return _quoted(typed)
    if spec.entry == "values":
        return "[" + ",".join(_literal(line, kind, spec.title) for line in typed.splitlines() if line.strip()) + "]"
    if spec.entry == "value":
        return _literal(typed, kind, spec.title)
    return _number(typed.strip(), spec)


def show_entry(spec: FieldSpec, outline: Outline) -> str:
    """What the field shows; typing exactly this back changes nothing."""
    text = outline.keywords.get(spec.keyword)
    if not text:
        return ""
    value = json.loads(text)
    plain = value if isinstance(value, str) else text
    if spec.entry == "values" and isinstance(value, list):
        plain = "\n".join(_shown(one, kind_of(outline)) for one in _elements(text))
    if spec.entry == "value":
        plain = _shown(text, kind_of(outline))
    return str(plain)


def read_description(outline: Outline) -> str:
    """The description without the lines that give an enum's values their meaning."""
    return _split_description(outline)[0]


def read_choices(outline: Outline) -> tuple[Choice, ...]:
    """The values of an enum with their meanings."""
    meanings = _split_description(outline)[1]
    return tuple(Choice(text, meanings.get(text, "")) for text in _elements(outline.keywords.get("enum", "[]")))


def write_description(outline: Outline, description: str) -> Outline:
    """Another description; the meanings of an enum's values stay behind it."""
    return _describe(outline, description, read_choices(outline) if kind_of(outline) == "enum" else ())


def write_choices(outline: Outline, choices: tuple[Choice, ...]) -> Outline:
    """Other values or meanings. The meanings go into the description: that is the one place every model reads."""
    described = _describe(outline, read_description(outline), choices)
    return set_keyword(described, "enum", "[" + ",".join(choice.text for choice in choices) + "]")


def edit_choices(choices: tuple[Choice, ...], edits: dict[str, Json]) -> tuple[Choice, ...]:
    """The choices after what a person did in the grid (its `edited_rows`, `added_rows` and `deleted_rows`)."""
    rows = [{"value": show_choice(choice), "means": choice.meaning} for choice in choices]
    for at, cells in edits.get("edited_rows", {}).items():
        rows[int(at)].update(cells)
    gone = set(edits.get("deleted_rows", ()))
    rows = [row for at, row in enumerate(rows) if at not in gone] + list(edits.get("added_rows", ()))
    filled = [row for row in rows if str(row.get("value") or "").strip()]
    return tuple(Choice(_literal(str(row["value"]), "enum", "Value"), _one_line(row.get("means"))) for row in filled)


def show_choice(choice: Choice) -> str:
    """A choice as the grid shows it: text without quotes where that is unambiguous."""
    return _shown(choice.text, "enum")


def _refuse_taken(outline: Outline, parent: str, name: str) -> None:
    if not name.strip():
        raise BlockedError("A parameter needs a name.")
    if name in (find(outline, parent).properties or {}):
        raise BlockedError(f"There is already a parameter {name} here.", hint="Choose another name.")


def _describe(outline: Outline, description: str, choices: tuple[Choice, ...]) -> Outline:
    lines = [f"- {show_choice(choice)}: {choice.meaning}" for choice in choices if choice.meaning]
    text = "\n".join(part for part in (description, *lines) if part)
    return set_keyword(outline, "description", _quoted(text) if text else None)


def _split_description(outline: Outline) -> tuple[str, dict[str, str]]:
    """The description and the meanings at its end, taken apart only where putting them together gives the same text."""
    value = value_of(outline, "description")
    whole = value if isinstance(value, str) else ""
    if kind_of(outline) != "enum":
        return whole, {}
    texts = _elements(outline.keywords["enum"])
    lines, meanings = whole.split("\n"), {}
    for text in reversed(texts):
        lead = f"- {_shown(text, 'enum')}: "
        if lines and lines[-1].startswith(lead) and len(lines[-1]) > len(lead):
            meanings[text] = lines.pop().removeprefix(lead)
    description = "\n".join(lines)
    again = _describe(outline, description, tuple(Choice(text, meanings.get(text, "")) for text in texts))
    return (description, meanings) if value_of(again, "description") == value else (whole, {})


def _literal(typed: str, kind: str, title: str) -> str:
    """JSON text of a typed value: plain words where text is expected, JSON elsewhere."""
    stripped = typed.strip()
    is_json = _is_json(stripped)
    if kind == "string" and not (stripped.startswith('"') and is_json):
        return _quoted(typed)
    if kind in {"enum", "other"} and not is_json:
        return _quoted(typed)
    if not is_json:
        raise UnreadableError(f"{title}: {stripped} is not a {kind} in JSON.", hint="Write it as JSON.")
    return compact(stripped)


def _shown(text: str, kind: str) -> str:
    value = json.loads(text)
    if not isinstance(value, str) or not value.strip() or "\n" in value or "\r" in value:
        return text
    return value if _literal(value, kind, "") == text else text


def _elements(text: str) -> list[str]:
    value = json.loads(text)
    if not isinstance(value, list):
        return []
    return [bytes(raw).decode() for raw in msgspec.json.decode(text, type=list[msgspec.Raw])]


def _number(typed: str, spec: FieldSpec) -> str:
    if not _NUMBER.fullmatch(typed) or (spec.entry == "whole" and not typed.isdigit()):
        wanted = "a whole number" if spec.entry == "whole" else "a number"
        raise UnreadableError(f"{spec.title}: {typed} is not {wanted}.", hint="Write it with digits and a point.")
    return typed


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _one_line(value: Json) -> str:
    return " ".join(str(value or "").split())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
