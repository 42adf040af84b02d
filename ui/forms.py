"""A call's arguments as a form drawn from the tool's schema; what has no field of its own is written as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import streamlit as st

from curation.model.finding import Judged
from curation.model.values import Json
from ui import state
from ui.chat import Scene
from ui.editor import Field, draw
from ui.places import belongs_to
from ui.text import plain

_LINE_KINDS = frozenset({"string", "number", "integer"})
MAX_NAME = 60
UNSET_CHOICE = "not set"


@dataclass(frozen=True)
class Argument:
    """One argument of a form: where it is written, what its schema says, what it holds now."""

    pointer: str
    name: str
    schema: Mapping[str, Json]
    is_required: bool
    text: str

    @property
    def kind(self) -> str:
        kind = self.schema.get("type")
        return str(kind) if isinstance(kind, str) else "any"

    @property
    def choices(self) -> tuple[Json, ...]:
        if self.kind == "boolean":
            return (True, False)
        choices = self.schema.get("enum")
        return tuple(choices) if isinstance(choices, list) else ()

    @property
    def label(self) -> str:
        kind = "choice" if self.choices and self.kind != "boolean" else self.kind
        name = self.name if len(self.name) <= MAX_NAME else self.name[: MAX_NAME - 1] + "…"
        return f"{name} ({kind}{', required' if self.is_required else ''})"


def list_arguments(schema: Json, value: Json, at: str) -> tuple[Argument, ...]:
    """The fields of an object schema, those of nested objects beside their parent's; required ones first."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return ()
    required = schema.get("required")
    needed = set(required) if isinstance(required, list) else set()
    found: list[Argument] = []
    for name in sorted(properties, key=lambda key: key not in needed):
        found += _arguments_of(name, properties[name], value, at, name in needed)
    return tuple(found)


def _arguments_of(name: str, schema: Json, value: Json, at: str, is_required: bool) -> list[Argument]:
    inner = schema if isinstance(schema, dict) else {}
    pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
    held = value.get(name) if isinstance(value, dict) else None
    if inner.get("type") == "object" and isinstance(inner.get("properties"), dict):
        nested = list_arguments(inner, held, pointer)
        return [_prefixed(name, one) for one in nested]
    has_value = isinstance(value, dict) and name in value
    return [Argument(pointer, name, inner, is_required, _shown(held) if has_value else "")]


def _prefixed(name: str, one: Argument) -> Argument:
    return Argument(one.pointer, f"{name}.{one.name}", one.schema, one.is_required, one.text)


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def draw_form(scene: Scene, arguments: Sequence[Argument], *, key: str) -> None:
    """Two columns of fields; the scene learns which there are."""
    columns = st.columns(2, gap="small")
    for place, argument in enumerate(arguments):
        with columns[place % 2]:
            faults = tuple(one for one in scene.judged if belongs_to(one.finding.at, argument.pointer))
            field_key = f"{key}.{_key_part(argument.pointer.split('/arguments/', 1)[-1])}"
            if argument.choices:
                _choice(scene, argument, field_key, faults)
            else:
                draw(_field(scene, argument, field_key, faults))
                scene.add_field(field_key, argument.pointer)
            scene.told.append(argument.pointer)


def _key_part(name: str) -> str:
    """A name as a part of a key: in the browser letters beyond ASCII all look alike there, so a number tells them."""
    return name if re.fullmatch(r"[A-Za-z0-9_/]+", name) else f"{name}.{crc32(name.encode(errors='replace')):08x}"


def _field(scene: Scene, argument: Argument, key: str, faults: tuple[Judged, ...]) -> Field:
    return Field(
        key=key,
        label=argument.label,
        value=argument.text,
        claim=scene.field_claim(argument.pointer),
        mode="line" if argument.kind in _LINE_KINDS else "json",
        is_label_visible=True,
        is_disabled=not scene.is_editable,
        findings=faults,
    )


def _choice(scene: Scene, argument: Argument, key: str, faults: tuple[Judged, ...]) -> None:
    texts = [_shown(choice) for choice in argument.choices]
    options = [UNSET_CHOICE, *texts, *([argument.text] if argument.text and argument.text not in texts else [])]
    # The key carries the value: a select box keeps its own state otherwise and would hide a fix or an undo.
    widget_key = f"{key}.choice.{argument.text}"
    st.selectbox(
        plain(argument.label),
        options,
        index=options.index(argument.text) if argument.text else 0,
        key=widget_key,
        disabled=not scene.is_editable,
        on_change=_chosen,
        args=(widget_key, argument.pointer, scene.page),
    )
    scene.spots[argument.pointer] = widget_key
    for one in faults:
        st.caption(f":red[:material/error: {plain(one.finding.message)}]")


def _chosen(widget_key: str, pointer: str, page: str) -> None:
    value = st.session_state[widget_key]
    state.ask("argument", pointer, "" if value == UNSET_CHOICE else str(value), page=page)
