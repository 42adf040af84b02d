"""The parts of a tool at the left of its desk: parameters, result, errors and sample calls, one at a time."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.services import sample_calls
from curation.services.form_rows import ErrorRow, SampleRow, read_rows
from curation.services.parameter_forms import depth_of, list_lines, open_form
from curation.services.tool_desk import Desk
from ui.schema_builder import draw_schema
from ui.tabs import tab_label
from ui.tool_place import PART
from ui.tool_rows import draw_errors, draw_samples
from ui.tool_unread import hold
from ui.uncut import uncut


class Part(NamedTuple):
    """One tab."""

    word: str
    title: str


PARTS = (
    Part("parameters", "Parameters"),
    Part("result_schema", "Result"),
    Part("errors", "Errors"),
    Part("samples", "Samples"),
)


def draw_part(desk: Desk) -> None:
    """The tabs and what the open one holds."""
    slot = PART.of(desk.object_id)
    labels = {part.word: _label(desk, part) for part in PARTS}
    key = f"tool.parts.{desk.object_id}"
    hold(key, labels.get(slot.get(), labels["parameters"]))
    words = {label: word for word, label in labels.items()}
    st.tabs(list(labels.values()), key=key, on_change=_open, args=(key, desk.object_id, words))  # safe: see _label
    if slot.get() == "errors":
        draw_errors(desk)
    elif slot.get() == "samples":
        draw_samples(desk)
    else:
        draw_schema(desk, slot.get() if slot.get() == "result_schema" else "parameters")


def count_misfits(desk: Desk) -> int:
    """How many sample calls the tool as it stands would refuse."""
    return sum(not verdict.fits for verdict in sample_calls.check_samples(desk))


@uncut
def _open(key: str, object_id: str, words: dict[str, str]) -> None:
    word = words.get(str(st.session_state.get(key) or ""))
    if word:
        PART.of(object_id).set(word)


def _label(desk: Desk, part: Part) -> str:
    n = _count(desk, part.word)
    return tab_label(part.title if n is None else f"{part.title} {n}")  # safe: our words and a number


def _count(desk: Desk, word: str) -> int | None:
    """How many rows a part holds; nothing for none."""
    text = desk.fields[word]
    if word == "errors":
        return len(read_rows(text, ErrorRow)) or None
    if word == "samples":
        return len(read_rows(text, SampleRow)) or None
    try:
        # Those of the tool itself: what stands inside them is part of one.
        return sum(depth_of(line.pointer) == 0 and line.is_named for line in list_lines(open_form(text))) or None
    except CurationError:
        return None
