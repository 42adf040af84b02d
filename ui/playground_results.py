"""What the mock answered, as the model will read it: to be handed back as it is, edited, or as a failure."""

from __future__ import annotations

from zlib import crc32

import streamlit as st

from curation.model.definition import Tool
from curation.services.call_edits import call_names
from curation.services.playground_chats import KIND, Chat
from curation.services.playground_runs import offers_for
from ui import keys, state
from ui.kept_text import draw_kept, read_typed, take_typed
from ui.layout import card_title
from ui.playground_guard import draw_policy, draw_ruling
from ui.playground_setup import PAGE
from ui.text import shorten
from ui.tokens import Claim


def take_results(chat: Chat) -> dict[str, str]:
    """The results as they stand in their fields."""
    return {call: _text_of(chat, call, mocked) for call, mocked in chat.state.results.items()}


def draw_results(chat: Chat, tools: dict[str, Tool]) -> None:
    """A field for each call that waits, and the press that hands all of them back."""
    names = call_names(chat.example)
    with st.container(border=True, gap="small", key="playground-results"):
        with card_title(*_heading(chat)):
            st.button(
                "Leave the call",
                key="playground.leave",
                type="tertiary",
                icon=":material/do_not_disturb_on:",
                on_click=state.ask,
                args=("leave",),
                kwargs={"page": PAGE},
            )
        for call in chat.state.results:
            _draw_one(chat, call, names.get(call, "the call"), tools)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                "Hand back",
                key="playground.hand",
                type="primary",
                icon=":material/subdirectory_arrow_right:",
                shortcut=keys.NEXT_ACT.shortcut,
                on_click=state.ask,
                args=("hand",),
                kwargs={"page": PAGE},
            )
            st.caption("The model goes on with what stands here.", width="content")


def _heading(chat: Chat) -> tuple[str, str]:
    refused = [call for call in chat.state.results if _is_refused(chat, call)]
    if len(refused) == len(chat.state.results):
        return "Refused by the guard", "nothing was run"
    return "Run on a mock", "nothing real was called"


def _is_refused(chat: Chat, call: str) -> bool:
    ruling = chat.state.rulings.get(call)
    return ruling is not None and ruling.outcome == "refused"


def _draw_one(chat: Chat, call: str, name: str, tools: dict[str, Tool]) -> None:
    text = take_results(chat)[call]
    ruling = chat.state.rulings.get(call)
    if ruling is not None:
        draw_ruling(ruling.outcome, ruling.check, ruling.why, ruling.place, ruling.remedy)
    draw_policy(tools.get(name))
    draw_kept(_key(chat, call), _claim(chat, call), f"Result of {shorten(name, 40)}", text)
    offers = offers_for(chat.example, call, tools)
    widget = f"playground.offer.{call}.{crc32(text.encode('utf-8', 'replace')):08x}"
    st.selectbox(
        "Another result, or a failure",
        [one.name for one in offers],
        index=None,
        key=widget,
        placeholder="Choose a sample, another draw or a failure",
        format_func={
            one.name: f"{'Failure: ' if one.is_failure else ''}{shorten(one.title, 60)}" for one in offers
        }.__getitem__,
        on_change=_offered,
        args=(widget, call),
    )


def _offered(widget: str, call: str) -> None:
    chosen = st.session_state[widget]
    if chosen:
        state.ask("offer", call, str(chosen), page=PAGE)


def claim_of(chat: Chat, call: str) -> Claim:
    """The field of one result."""
    return _claim(chat, call)


def _text_of(chat: Chat, call: str, mocked: str) -> str:
    claim = _claim(chat, call)
    take_typed(_key(chat, call), claim)
    typed = read_typed(claim)
    return typed.text if typed is not None and typed.base_rev == claim.base_rev else mocked


def _claim(chat: Chat, call: str) -> Claim:
    turn = len(chat.example.messages)
    return Claim(chat.person_id, chat.project_id, KIND, chat.id, f"result.{call}", turn)


def _key(chat: Chat, call: str) -> str:
    return f"playground.result.{chat.id}.{len(chat.example.messages)}.{call}"
