"""One message answered several times, side by side: in several decodings, by two models, or both."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from curation.services import playground_log, playground_models
from curation.services.models import get_model
from curation.services.playground_chats import Chat
from curation.services.playground_log import LogLine
from curation.services.playground_states import DECODINGS
from curation.services.playground_steps import answers_in
from ui import state
from ui.playground_guard import draw_ruling
from ui.playground_setup import PAGE
from ui.playground_turns import draw_keep
from ui.playground_words import DECODING_WORDS, draw_end, say_cost, say_repairs, verdict_badge
from ui.quoted import quoted
from ui.session import workspace
from ui.text import clip, named, plain


class Column(NamedTuple):
    """One place side by side."""

    heading: str
    name: str
    """In the keys of its widgets."""
    line: LogLine | None
    why: str
    """Why there is no answer."""


def draw_columns(chat: Chat) -> None:
    """Answer, verdict, what its call brought back, what it took; of two models in several decodings a row each."""
    lines = playground_log.lines_of(workspace(), chat.state.choices)
    given = {(line.entry.model_id, line.entry.decoding): line for line in lines.values()}
    answered = [lines[one].entry.model_id for one in chat.state.choices if one in lines]
    models = list(dict.fromkeys([*answered, *chat.state.silent]))
    decodings = [one for one in DECODINGS if one in chat.settings.decodings]
    if len(models) > 1 and len(decodings) == 1:
        _draw_row([_column(chat, given, one, decodings[0], at, _name(one)) for at, one in enumerate(models)])
        return
    for at, model in enumerate(models):
        if len(models) > 1:
            st.header(plain(_name(model), 60), anchor=False)
        _draw_row([_column(chat, given, model, one, at, DECODING_WORDS[one]) for one in decodings])


def _column(
    chat: Chat, given: dict[tuple[str, str], LogLine], model: str, decoding: str, at: int, heading: str
) -> Column:
    line = given.get((model, decoding))
    name = f"{decoding}.{at}" if at else decoding
    return Column(heading, name, line, "" if line else chat.state.silent.get(model) or _why_not(model))


def _draw_row(columns: list[Column]) -> None:
    for place, column in zip(st.columns(len(columns), gap="small"), columns, strict=True):
        with place, st.container(border=True, gap="small", key=f"playground-column-{column.name}"):
            st.header(plain(column.heading, 60), anchor=False)
            if column.line is None:
                st.caption(plain(column.why))
            else:
                _draw_answer(column.line, column.name)


def _draw_answer(line: LogLine, name: str) -> None:
    entry, last = line.entry, answers_in(line.steps)[-1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        verdict_badge(last.verdict)
        st.caption(say_cost(line), width="content")  # safe: numbers and our words
    shown, rest = clip(last.text)
    quoted(shown, key=f"playground.column.{entry.id}")
    if rest:
        st.caption(plain(rest))
    if last.why:
        st.markdown(f":red[:material/block: {named(last.why)}]")
    draw_end(is_closed=last.is_closed, is_cut=last.is_cut, tokens=last.tokens)
    if line.repaired.rounds:
        st.caption(say_repairs(line.repaired, entry.currency))  # safe: numbers and our words
    _draw_run(line)
    st.button(
        "Go on with this",
        key=f"playground.choose.{name}",
        icon=":material/arrow_forward:",
        on_click=state.ask,
        args=("choose", entry.id),
        kwargs={"page": PAGE},
    )
    draw_keep(entry.id, line, f"column.{name}")


def _draw_run(line: LogLine) -> None:
    """What its calls brought back on mocks, or what the guard said of them."""
    for number, step in enumerate(line.steps):
        if step.check:
            draw_ruling(step.kind, step.check, step.why, step.place, step.remedy)
        elif step.kind == "ran":
            st.caption("Run on a mock")
            shown, rest = clip(step.text)
            quoted(shown, key=f"playground.column.{line.entry.id}.{number}")
            if rest:
                st.caption(plain(rest))


def _name(model_id: str) -> str:
    return get_model(workspace(), model_id).name


def _why_not(model_id: str) -> str:
    model = get_model(workspace(), model_id)
    # How an answer can be held stands in the model's files.
    return ("" if model.is_gone else playground_models.say_unheld(model)) or "No answer in this decoding."
