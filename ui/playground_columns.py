"""One message answered in several decodings, side by side, until a person goes on with one of the answers."""

from __future__ import annotations

import streamlit as st

from curation.services import playground_log, playground_models
from curation.services.models import get_model
from curation.services.playground_chats import DECODINGS, Chat
from ui import state
from ui.playground_setup import PAGE
from ui.playground_turns import draw_keep
from ui.playground_words import DECODING_WORDS, say_cost, say_repairs, verdict_badge
from ui.quoted import quoted
from ui.session import workspace
from ui.text import clip, named, plain


def draw_columns(chat: Chat) -> None:
    """Three columns: answer, verdict, what it took."""
    ws = workspace()
    lines = playground_log.lines_of(ws, chat.state.choices)
    given = {lines[one].entry.decoding: one for one in chat.state.choices if one in lines}
    for column, decoding in zip(st.columns(len(DECODINGS), gap="small"), DECODINGS, strict=True):
        with column, st.container(border=True, gap="small", key=f"playground-column-{decoding}"):
            st.header(DECODING_WORDS[decoding], anchor=False)
            if decoding in given:
                _draw_answer(lines[given[decoding]])
            else:
                st.caption(plain(_why_not(chat)))


def _draw_answer(line: playground_log.LogLine) -> None:
    entry, last = line.entry, line.steps[-1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        verdict_badge(last.verdict)
        st.caption(say_cost(line), width="content")  # safe: numbers and our words
    shown, rest = clip(last.text)
    quoted(shown, key=f"playground.column.{entry.id}")
    if rest:
        st.caption(plain(rest))
    if last.why:
        st.markdown(f":red[:material/block: {named(last.why)}]")
    if line.repaired.rounds:
        st.caption(say_repairs(line.repaired, entry.currency))  # safe: numbers and our words
    st.button(
        "Go on with this",
        key=f"playground.choose.{entry.decoding}",
        icon=":material/arrow_forward:",
        on_click=state.ask,
        args=("choose", entry.id),
        kwargs={"page": PAGE},
    )
    draw_keep(entry.id, line, f"column.{entry.decoding}")


def _why_not(chat: Chat) -> str:
    ws = workspace()
    model_id = chat.settings.model_id or playground_models.default_model(ws, chat.project_id)
    return playground_models.say_unheld(get_model(ws, model_id)) or "No answer in this decoding."
