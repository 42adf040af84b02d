"""A call's arguments as a form drawn from the tool's schema; what has no field of its own is written as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from curation.model.finding import Judged
from curation.model.values import Json
from ui import state
from ui.editor import Field, draw
from ui.places import belongs_to
from ui.text import plain
from ui.tokens import Claim

_LINE_KINDS = frozenset({"string", "number", "integer"})
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
        return f"{self.name} ({kind}{', required' if self.is_required else ''})"


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


def draw_form(
    arguments: Sequence[Argument], *, key: str, claim: Claim, judged: Sequence[Judged], is_editable: bool, page: str
) -> dict[str, str]:
    """Two columns of fields; returns the text fields drawn, key → pointer, whose text the page takes over later."""
    drawn: dict[str, str] = {}
    columns = st.columns(2, gap="small")
    for place, argument in enumerate(arguments):
        with columns[place % 2]:
            faults = tuple(one for one in judged if belongs_to(one.finding.at, argument.pointer))
            field_key = f"{key}.{argument.pointer.split('/arguments/', 1)[-1]}"
            if argument.choices:
                _choice(argument, field_key, faults, is_editable, page)
            else:
                draw(_field(argument, field_key, claim, faults, is_editable))
                drawn[field_key] = argument.pointer
    return drawn


def _field(argument: Argument, key: str, claim: Claim, faults: tuple[Judged, ...], is_editable: bool) -> Field:
    return Field(
        key=key,
        label=argument.label,
        value=argument.text,
        claim=Claim(claim.person_id, claim.project_id, claim.kind, claim.object_id, argument.pointer, claim.base_rev),
        mode="line" if argument.kind in _LINE_KINDS else "json",
        is_label_visible=True,
        is_disabled=not is_editable,
        findings=faults,
    )


def _choice(argument: Argument, key: str, faults: tuple[Judged, ...], is_editable: bool, page: str) -> None:
    texts = [_shown(choice) for choice in argument.choices]
    options = [UNSET_CHOICE, *texts, *([argument.text] if argument.text and argument.text not in texts else [])]
    # The key carries the value: a select box keeps its own state otherwise and would hide a fix or an undo.
    widget_key = f"{key}.choice.{argument.text}"
    st.selectbox(
        plain(argument.label),
        options,
        index=options.index(argument.text) if argument.text else 0,
        key=widget_key,
        disabled=not is_editable,
        on_change=_chosen,
        args=(widget_key, argument.pointer, page),
    )
    for one in faults:
        st.caption(f":red[:material/error: {plain(one.finding.message)}]")


def _chosen(widget_key: str, pointer: str, page: str) -> None:
    value = st.session_state[widget_key]
    state.ask("argument", pointer, "" if value == UNSET_CHOICE else str(value), page=page)
