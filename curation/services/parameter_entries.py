"""What may be typed into a field of the parameter form, as JSON text and back."""

from __future__ import annotations

import json
import re
from typing import Literal

import msgspec

from curation.errors import UnreadableError
from curation.model.outline import Outline, compact
from curation.reading.strict import parse_strict
from curation.services.parameter_forms import find, kind_of, open_form

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


class FieldSpec(msgspec.Struct, frozen=True):
    """One keyword the form draws, with what may be typed into it."""

    keyword: str
    title: str
    entry: Literal["text", "number", "whole", "switch", "value", "values"]
    on: str = "true"
    """The JSON text a switch writes; off removes the keyword."""
    usual: tuple[str, ...] = ()
    """Words to choose from; others may be typed."""


FORMATS = ("date", "date-time", "time", "duration", "email", "uri", "uuid", "hostname", "ipv4", "ipv6", "regex")
"""Formats the validator knows and people ask for."""
_COMMON = (FieldSpec("default", "Default", "value"), FieldSpec("examples", "Examples", "values"))


_NUMERIC = (
    FieldSpec("minimum", "At least", "number"),
    FieldSpec("maximum", "At most", "number"),
    FieldSpec("exclusiveMinimum", "More than", "number"),
    FieldSpec("exclusiveMaximum", "Less than", "number"),
    FieldSpec("multipleOf", "Multiple of", "number"),
)


FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    "string": (
        FieldSpec("format", "Format", "text", usual=FORMATS),
        FieldSpec("pattern", "Pattern", "text"),
        FieldSpec("minLength", "Shortest", "whole"),
        FieldSpec("maxLength", "Longest", "whole"),
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
    "object": (FieldSpec("additionalProperties", "Only these keys", "switch", on="false"), *_COMMON),
    "other": (),
}
"""Kind → the fields drawn for it."""
ONLY_THESE = FIELDS["object"][0]


def parse_entry(spec: FieldSpec, typed: str, kind: str) -> str | None:
    """The JSON text of what was typed; None for nothing. Refuses in one sentence."""
    if not typed.strip():
        return None
    if spec.entry == "text":
        return quoted(typed)
    if spec.entry == "values":
        return "[" + ",".join(literal(line, kind, spec.title) for line in typed.splitlines() if line.strip()) + "]"
    if spec.entry == "value":
        return literal(typed, kind, spec.title)
    return _number(typed.strip(), spec)


def spec_of(kind: str, keyword: str) -> FieldSpec:
    """The field of a keyword in the form of this kind."""
    found = next((one for one in FIELDS[kind] if one.keyword == keyword), None)
    if found is None:
        raise UnreadableError(f"A parameter of this type has no {keyword}.", hint="Choose its type first.")
    return found


def has_field(text: str, pointer: str, field: str) -> bool:
    """Whether the form of a schema draws this field; while its JSON is broken nothing is given up."""
    try:
        outline = find(open_form(text), pointer)
    except UnreadableError:
        return bool(parse_strict(text).faults)
    kind = kind_of(outline)
    return field == "name" or (field == "choices" and kind == "enum") or field in {one.keyword for one in FIELDS[kind]}


def is_on(spec: FieldSpec, outline: Outline) -> bool:
    """Whether a switch stands on."""
    return outline.keywords.get(spec.keyword) == spec.on


def is_drawn(spec: FieldSpec, outline: Outline) -> bool:
    """Whether the field shows all that the keyword says; a switch shows nothing but true and false."""
    return spec.entry != "switch" or outline.keywords.get(spec.keyword, "true") in ("true", "false")


def hidden_keywords(outline: Outline, *, is_root: bool = False) -> tuple[str, ...]:
    """The keywords of one schema that only its JSON shows, in their order."""
    kind = kind_of(outline)
    drawn = {"type", "description"} | {spec.keyword for spec in FIELDS[kind] if is_drawn(spec, outline)}
    if is_root:
        drawn = {"type", "additionalProperties"} if is_drawn(ONLY_THESE, outline) else {"type"}
    drawn |= {"enum"} if kind == "enum" else set()
    drawn |= {"properties", "required"} if outline.properties is not None else set()
    drawn |= {"items"} if outline.items is not None else set()
    return tuple(name for name in outline.keywords if name not in drawn)


def show_entry(spec: FieldSpec, outline: Outline) -> str:
    """What the field shows; typing exactly this back changes nothing."""
    text = outline.keywords.get(spec.keyword)
    if not text:
        return ""
    value = json.loads(text)
    plain = value if isinstance(value, str) else text
    if spec.entry == "values" and isinstance(value, list):
        plain = "\n".join(shown_literal(one, kind_of(outline)) for one in elements(text))
    if spec.entry == "value":
        plain = shown_literal(text, kind_of(outline))
    return str(plain)


def literal(typed: str, kind: str, title: str) -> str:
    """JSON text of a typed value: plain words where text is expected, JSON elsewhere."""
    stripped = typed.strip()
    is_json = _is_json(stripped)
    if kind == "string" and not (stripped.startswith('"') and is_json):
        return quoted(typed)
    if kind in {"enum", "other"} and not is_json:
        return quoted(typed)
    if not is_json:
        article = "an" if kind[0] in "aeiou" else "a"
        raise UnreadableError(f"{title}: {stripped} is not {article} {kind} in JSON.", hint="Write it as JSON.")
    return compact(stripped)


def readable_lines(typed: str, kind: str) -> str:
    """The lines that hold a value each, without those that cannot be read as one."""
    return "\n".join(line for line in typed.splitlines() if line.strip() and _is_readable(line, kind))


def shown_literal(text: str, kind: str) -> str:
    """A JSON value as a field shows it: without quotes where typing it back gives the same text."""
    value = json.loads(text)
    if not isinstance(value, str) or not value.strip() or "\n" in value or "\r" in value:
        return text
    # A value of another type than the parameter has now, as one left from before it was retyped, stays JSON.
    return value if _is_readable(value, kind) and literal(value, kind, "") == text else text


def elements(text: str) -> list[str]:
    """The exact texts of a list's elements."""
    value = json.loads(text)
    if not isinstance(value, list):
        return []
    return [bytes(raw).decode() for raw in msgspec.json.decode(text, type=list[msgspec.Raw])]


def _is_readable(typed: str, kind: str) -> bool:
    try:
        literal(typed, kind, "")
    except UnreadableError:
        return False
    return True


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


def quoted(text: str) -> str:
    """A text as a JSON string."""
    return json.dumps(text, ensure_ascii=False)
