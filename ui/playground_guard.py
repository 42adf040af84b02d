"""What the guard said of calls: why one was held, where that stands, and the yes or no that it waits for."""

from __future__ import annotations

import streamlit as st

from curation.model.definition import Tool
from curation.services.call_edits import call_names
from curation.services.playground_chats import Chat
from curation.services.text_fields import arguments_text, field_text
from ui import keys, state
from ui.layout import card_title
from ui.playground_buttons import act_button
from ui.playground_setup import PAGE
from ui.quoted import quoted
from ui.text import clip, named, plain, shorten

CHECK_WORDS = {
    "schema": "schema",
    "policy": "policy",
    "approval": "approval",
    "rate": "rate limit",
    "idempotency": "idempotency",
}
_LOOK = {
    "refused": (":material/block:", "red"),
    "waits": (":material/front_hand:", "orange"),
    "repeated": (":material/repeat:", "blue"),
}


def draw_ruling(kind: str, check: str, why: str, place: str, remedy: str) -> None:
    """One sentence in the colour of what was done, and below it the place and the remedy."""
    icon, colour = _LOOK[kind]
    st.markdown(f":{colour}[{icon} {named(why)}]")  # safe: colour and icon are ours
    said = CHECK_WORDS.get(check) or plain(check)
    st.caption(f"Guard, {said} · {named(place)} · {named(remedy)}")  # safe: our words or plain()


def draw_policy(tool: Tool | None) -> None:
    """When a tool may be called: a text that nothing checks, so a person reads it."""
    if tool is not None and tool.policy.text.strip():
        st.caption(f"When it may be called: {plain(tool.policy.text, 300)}")


def draw_approval(chat: Chat, tools: dict[str, Tool]) -> None:
    """Each call that waits for a person, with its arguments, and a press for yes and for no."""
    names = call_names(chat.example)
    arguments = {field_text(call.id): arguments_text(call) for call in chat.example.messages[-1].calls or ()}
    waiting = [call for call, one in chat.state.rulings.items() if one.outcome == "waits"]
    with st.container(border=True, gap="small", key="playground-approval"):
        with card_title("Approval", "nothing has run yet"):
            act_button("Leave the call", "leave", ":material/do_not_disturb_on:")
        for number, call in enumerate(waiting):
            ruling = chat.state.rulings[call]
            draw_ruling("waits", ruling.check, ruling.why, ruling.place, ruling.remedy)
            draw_policy(tools.get(names.get(call, "")))
            shown, rest = clip(arguments.get(call, ""))
            quoted(shown, key=f"playground.approval.{chat.id}.{call}")
            if rest:
                st.caption(plain(rest))
            _draw_choice(call, shorten(names.get(call, "the call"), 40), is_first=not number)


def _draw_choice(call: str, name: str, *, is_first: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Yes, run {plain(name)}",
            key=f"playground.approve.{call}",
            type="primary",
            icon=":material/check:",
            shortcut=keys.NEXT_ACT.shortcut if is_first else None,
            on_click=state.ask,
            args=("approve", call),
            kwargs={"page": PAGE},
        )
        st.button(
            "No",
            key=f"playground.decline.{call}",
            icon=":material/close:",
            on_click=state.ask,
            args=("decline", call),
            kwargs={"page": PAGE},
        )
