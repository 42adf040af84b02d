"""The errors a tool can return and its sample calls, as rows a person fills."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import get_args

import msgspec
import streamlit as st

from curation.model.definition import ErrorKind
from curation.services import sample_calls
from curation.services.form_rows import ErrorRow, SampleRow, change_row, new_id, read_rows, remove_row, write_rows
from curation.services.row_texts import row_field
from curation.services.sample_calls import Verdict
from curation.services.tool_desk import Desk
from ui import keys
from ui.layout import card_title
from ui.rail_choice import Badge, Row, draw_choice
from ui.state import NOTICE, ask
from ui.text import count
from ui.tool_place import SAMPLE, Place, desk_at, live_key, move_cursor, place_of
from ui.tool_texts import draw_row_text, take_commits, write_text
from ui.tool_unread import hold
from ui.uncut import uncut

PAGE = "catalogue"
ERROR_KINDS = {
    "": "read off the message",
    "transient": "waiting helps",
    "unknown_outcome": "outcome unknown: read first",
    "needs_person": "a person has to help",
    "permanent": "nothing helps",
}
ANSWERS = {"": "nothing declared", "result": "a result", "error": "an error"}


def draw_errors(desk: Desk) -> None:
    """Code, message, what helps and how long to wait, one row each."""
    rows = read_rows(desk.fields["errors"], ErrorRow)
    _add_button(desk, "error", len(rows))
    if not rows:
        st.caption("No errors yet. What a tool can answer when it fails is what recoveries are written from.")
    for row in rows:
        with st.container(border=True, key=f"tool.error.{desk.object_id}.{row.id}", gap="small"):
            _draw_error(desk, row)


def _draw_error(desk: Desk, row: ErrorRow) -> None:
    code, message = st.columns([1, 3], gap="small")
    with code:
        _error_text(desk, row, "code", "Code", "404")
    with message:
        _error_text(desk, row, "message", "Message, as a model reads it", "No order has this number.")
    kind, wait, remove = st.columns([2, 1, 1], gap="small", vertical_alignment="bottom")
    with kind:
        key = _key(desk, "error", row.id, "kind")
        hold(key, row.kind)
        options = [*get_args(ErrorKind)] if row.kind in ERROR_KINDS else [*get_args(ErrorKind), row.kind]
        st.selectbox(
            "What helps",
            ["", *options],
            key=key,
            format_func=lambda one: ERROR_KINDS.get(one, one),
            on_change=_write_kind,
            args=(place_of(desk), key, row.id),
        )
    with wait:
        _error_text(desk, row, "wait", "Wait (s)", "")
    with remove:
        _remove_button(desk, "error", row.id)


def _error_text(desk: Desk, row: ErrorRow, part: str, label: str, placeholder: str) -> None:
    draw_row_text(desk, row_field("errors", row.id, part), getattr(row, part), label, placeholder)


@uncut
def _write_kind(place: Place, key: str, row_id: str) -> None:
    value = str(st.session_state[key] or "")
    take_commits(place)
    _edit_error(place, row_id, "kind", value)


def _edit_error(place: Place, row_id: str, part: str, value: str) -> None:
    text = desk_at(place).fields["errors"]
    changed = change_row(text, ErrorRow, row_id, lambda row: msgspec.structs.replace(row, **{part: value}))
    write_text(place, "errors", changed, "an error")


def draw_samples(desk: Desk) -> None:
    """The sample calls with what the checker says of each, and the form of the chosen one."""
    verdicts = sample_calls.check_samples(desk)
    _add_button(desk, "sample call", len(verdicts))
    if not verdicts:
        st.caption("No sample calls yet. Mocks answer from them: the same arguments bring the declared result.")
        return
    slot = SAMPLE.of(desk.object_id)
    chosen = next((one for one in verdicts if one.row.id == slot.get()), verdicts[0])
    slot.set(chosen.row.id)
    draw_choice(
        "Sample calls",
        [_sample_row(one) for one in verdicts],
        key=f"tool.samples.{desk.object_id}",
        kept=slot,
    )
    with st.container(border=True, key=f"tool.sample.{desk.object_id}.{chosen.row.id}"):
        _draw_sample(desk, chosen)


def _sample_row(verdict: Verdict) -> Row:
    row = verdict.row
    badges = () if verdict.fits else (Badge("does not fit", "red"),)
    return Row(row.id, verdict.name, note=row.arguments, badges=badges, strong=True)


def _draw_sample(desk: Desk, verdict: Verdict) -> None:
    row, place = verdict.row, place_of(desk)
    with card_title(verdict.name):
        _remove_button(desk, "sample", row.id)
    left, right = st.columns(2, gap="small")
    with left:
        draw_row_text(desk, row_field("samples", row.id, "name"), row.name, "Name", verdict.name)
    with right:
        key = _key(desk, "sample", row.id, "answer")
        hold(key, row.answer if row.answer in ANSWERS else "")
        st.selectbox(
            "It brings back",
            list(ANSWERS),
            key=key,
            format_func=ANSWERS.__getitem__,
            on_change=_write_sample,
            args=(place, key, row.id, "answer"),
        )
    arguments = row_field("samples", row.id, "arguments")
    draw_row_text(desk, arguments, row.arguments, "Arguments as JSON", "{}", "json")
    if row.answer == "result":
        draw_row_text(desk, row_field("samples", row.id, "result"), row.result, "Result as JSON", "{}", "json")
    elif row.answer == "error":
        _error_choice(desk, row)
    if verdict.fits:
        st.caption(":material/check: Fits the schema.")
    else:
        what = "arguments do" if verdict.about_arguments else "result does"
        st.markdown(f":red[:material/error:] The {what} not fit the schema; the editor says why.")  # safe: our words


def _error_choice(desk: Desk, row: SampleRow) -> None:
    key = _key(desk, "sample", row.id, "error")
    messages = [one.message for one in read_rows(desk.fields["errors"], ErrorRow) if one.message]
    hold(key, row.error or None)
    st.selectbox(
        "Which error",
        [*messages, *([row.error] if row.error and row.error not in messages else [])],
        key=key,
        placeholder="Choose one of the tool's errors, or type one",
        accept_new_options=True,
        on_change=_write_sample,
        args=(place_of(desk), key, row.id, "error"),
    )


@uncut
def _write_sample(place: Place, key: str, row_id: str, part: str) -> None:
    value = str(st.session_state[key] or "")
    take_commits(place)
    text = desk_at(place).fields["samples"]
    changed = change_row(text, SampleRow, row_id, lambda row: msgspec.structs.replace(row, **{part: value}))
    write_text(place, "samples", changed, "a sample call")


def _add_button(desk: Desk, noun: str, n: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Add",
            key=f"tool.add.{noun.partition(' ')[0]}.{desk.object_id}",
            type="tertiary",
            icon=":material/add:",
            shortcut=keys.ADD_PARAMETER.shortcut,
            on_click=partial(ask, f"add {noun}", page=PAGE),
        )
        if n:
            st.caption(count(n, noun), width="content")


def _remove_button(desk: Desk, noun: str, row_id: str) -> None:
    st.button(
        "Remove",
        key=_key(desk, noun, row_id, "remove"),
        type="tertiary",
        icon=":material/delete:",
        on_click=partial(ask, f"remove {noun}", row_id, page=PAGE),
    )


def _key(desk: Desk, noun: str, row_id: str, part: str) -> str:
    return f"tool.{noun}.{part}.{desk.object_id}.{row_id}"


def _add_error(place: Place, _: str) -> None:
    desk = desk_at(place)
    text = desk.fields["errors"]
    row = ErrorRow(new_id(text, ErrorRow))
    write_text(place, "errors", write_rows((*read_rows(text, ErrorRow), row)), "adding an error")
    move_cursor(live_key(place, row_field("errors", row.id, "code")))


def _add_sample(place: Place, _: str) -> None:
    desk = desk_at(place)
    row = sample_calls.begin_sample(desk)
    rows = read_rows(desk.fields["samples"], SampleRow)
    write_text(place, "samples", write_rows((*rows, row)), "adding a sample call")
    SAMPLE.of(place.object_id).set(row.id)
    move_cursor(live_key(place, row_field("samples", row.id, "name")))


def _remove_error(place: Place, row_id: str) -> None:
    text = desk_at(place).fields["errors"]
    write_text(place, "errors", remove_row(text, ErrorRow, row_id), "removing an error")
    NOTICE.set(f"The error is removed; {keys.UNDO.shortcut} brings it back")


def _remove_sample(place: Place, row_id: str) -> None:
    text = desk_at(place).fields["samples"]
    write_text(place, "samples", remove_row(text, SampleRow, row_id), "removing a sample call")
    NOTICE.set(f"The sample call is removed; {keys.UNDO.shortcut} brings it back")


ROW_ACTS: dict[str, Callable[[Place, str], None]] = {
    "add error": _add_error,
    "add sample call": _add_sample,
    "remove error": _remove_error,
    "remove sample": _remove_sample,
}
"""Verb → the act on a row."""
