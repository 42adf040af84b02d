"""What a person does to a parameter in the form: add, remove, rename, require, retype, fill a field."""

from __future__ import annotations

import json

import msgspec

from curation.errors import BlockedError
from curation.model.outline import Outline
from curation.services.parameter_entries import FIELDS, FieldSpec, elements, parse_entry
from curation.services.parameter_forms import (
    change,
    find,
    is_nullable,
    kind_of,
    required_names,
    required_text,
    set_keyword,
    split_pointer,
    value_of,
)


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
    named = _type_text("string" if kind == "enum" else kind, nullable=is_nullable(outline))
    plain = set_keyword(Outline(keywords={"type": named} | kept), "type", named)
    if kind == "enum":
        return set_keyword(plain, "enum", "[null]" if is_nullable(outline) else "[]")
    if kind == "array":
        return msgspec.structs.replace(set_keyword(plain, "items", ""), items=Outline(keywords={"type": '"string"'}))
    if kind == "object":
        return msgspec.structs.replace(set_keyword(plain, "properties", ""), properties={})
    return plain


def set_nullable(outline: Outline, *, nullable: bool) -> Outline:
    """Say whether null may stand for the value; an enum lists it too."""
    if kind_of(outline) == "enum":
        rest = [text for text in elements(outline.keywords["enum"]) if text != "null"]
        outline = set_keyword(outline, "enum", "[" + ",".join([*rest, *(["null"] if nullable else [])]) + "]")
    types = value_of(outline, "type")
    names = [types] if isinstance(types, str) else [str(one) for one in types] if isinstance(types, list) else []
    named = next((name for name in names if name != "null"), None)
    return outline if named is None else set_keyword(outline, "type", _type_text(named, nullable=nullable))


def set_items(outline: Outline, kind: str) -> Outline:
    """Say what the elements of an array are."""
    inner = set_kind(outline.items or Outline(), kind)
    opened = outline if outline.items is not None else set_keyword(outline, "items", "")
    return msgspec.structs.replace(opened, items=inner)


def move_parameter(outline: Outline, pointer: str, by: int) -> Outline:
    """The parameter so many places further down among its siblings; at the end it stays where it is."""
    parent, name = split_pointer(pointer)

    def edit(inner: Outline) -> Outline:
        names = list(inner.properties or {})
        at = names.index(name)
        names.insert(max(0, min(at + by, len(names) - 1)), names.pop(at))
        return msgspec.structs.replace(inner, properties={one: (inner.properties or {})[one] for one in names})

    find(outline, pointer)
    return change(outline, parent, edit)


def duplicate_parameter(outline: Outline, pointer: str, name: str) -> Outline:
    """A copy of a parameter under another name, right behind it and as required."""
    parent, old = split_pointer(pointer)
    copied = find(outline, pointer)
    _refuse_taken(outline, parent, name)

    def edit(inner: Outline) -> Outline:
        pairs = [
            pair
            for key, value in (inner.properties or {}).items()
            for pair in ([(key, value), (name, copied)] if key == old else [(key, value)])
        ]
        grown = msgspec.structs.replace(inner, properties=dict(pairs))
        names = required_names(inner)
        return required_text(grown, (*names, name)) if old in names else grown

    return change(outline, parent, edit)


def free_name(outline: Outline, parent: str, stem: str, first: int = 1) -> str:
    """A name of this stem that no parameter of the object has yet."""
    taken = find(outline, parent).properties or {}
    return next(name for n in range(first, len(taken) + first + 2) if (name := f"{stem}_{n}") not in taken)


def set_field(outline: Outline, spec: FieldSpec, typed: str | bool) -> Outline:
    """Write what was typed into one field; an emptied field removes its keyword."""
    if isinstance(typed, bool):
        return set_keyword(outline, spec.keyword, spec.on if typed else None)
    return set_keyword(outline, spec.keyword, parse_entry(spec, typed, kind_of(outline)))


def _type_text(kind: str, *, nullable: bool) -> str:
    return json.dumps([kind, "null"] if nullable else kind)


def _refuse_taken(outline: Outline, parent: str, name: str) -> None:
    if not name.strip():
        raise BlockedError("A parameter needs a name.")
    if name in (find(outline, parent).properties or {}):
        raise BlockedError(f"There is already a parameter {name} here.", hint="Choose another name.")
