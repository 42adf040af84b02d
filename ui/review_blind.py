"""Judging apart: each decision of the example gets a word, and the other reviewer's stays hidden until both are in."""

from __future__ import annotations

import msgspec
import streamlit as st

from curation.errors import BlockedError
from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS
from curation.services.blind_words import KINDS, NO_TOOL, LookView, Said, decisions_of
from curation.services.writing import ExampleView
from ui.layout import card_title
from ui.text import plain, say

OPEN, DIFFER = "open", "differ"
FIELD_PX = 200


def is_blind(look: LookView | None) -> bool:
    """Whether this person is to say their word before seeing another's."""
    return look is not None and look.state == OPEN and not look.has_mine and look.may_judge


def waits(look: LookView | None) -> bool:
    """Whether it is somebody else's turn."""
    return look is not None and (look.state == DIFFER or (look.state == OPEN and not is_blind(look)))


def draw_look(look: LookView | None) -> None:
    """What the double review says so far, as far as this person may see it."""
    if look is None:
        return
    if look.state == DIFFER:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.warning("**Two people judged it.** Somebody resolves it before it counts.", icon=":material/call_split:")
            if st.button("Resolve", key="review.resolve", icon=":material/balance:"):
                st.switch_page("../pages/agreement.py")
    elif waits(look) and not look.has_mine:
        st.info("**You wrote this one.** Two others judge it, each apart.", icon=":material/visibility_off:")
    elif waits(look):
        st.info(
            "**Your word is in.** It stays hidden until the second person has judged.", icon=":material/visibility_off:"
        )
    if look.state != OPEN:
        for one in look.opinions:
            st.caption(say("{by}: {verdict}", by=one.by, verdict=one.verdict))


def draw_words(view: ExampleView) -> None:
    """One row a decision: right, or what it should be."""
    with card_title("Your word on each decision"):
        st.badge("blind", icon=":material/visibility_off:", color="violet")
    st.caption("Another person judges it as well; neither sees the other's word first.")
    for said in decisions_of(view.example):
        key = _key(view, said.turn)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**turn {said.turn + 1}**", width=56)  # safe: a number
            st.text(said_words(said), width="stretch")
            st.checkbox("Wrong", key=f"{key}.wrong")
        if st.session_state.get(f"{key}.wrong"):
            _draw_correction(view, said, key)


def _draw_correction(view: ExampleView, said: Said, key: str) -> None:
    if said.kind == "calls" and st.checkbox("Only the arguments are wrong", key=f"{key}.arguments"):
        return
    # Side by side while there is room for the longest word, else one below the other.
    with st.container(horizontal=True, gap="small"):
        kind = st.selectbox("It should", KINDS, index=KINDS.index(said.kind), key=f"{key}.kind", width=FIELD_PX)
        if kind == "calls":
            tools = _tools(view, said)
            at = tools.index(said.tool) if said.tool in tools else 0
            st.selectbox("Tool", tools, index=at, key=f"{key}.tool", width=FIELD_PX)
        else:
            _choice("Reason", ("", *NO_TOOL_REASONS), said.reason, f"{key}.reason")
        _choice("Recovery", ("", *RECOVERY_KINDS), said.recovery, f"{key}.recovery")


def _choice(label: str, options: tuple[str, ...], now: str, key: str) -> None:
    st.selectbox(
        plain(label),
        options,
        index=options.index(now) if now in options else 0,
        format_func=lambda one: one.replace("_", " ") or "none",
        key=key,
        width=FIELD_PX,
    )


def read_words(view: ExampleView) -> tuple[Said, ...]:
    """The reviewer's word on every decision, as the page holds it.

    Raises:
        BlockedError: a decision is called wrong, and what it should be is what it is.
    """
    pairs = [(said, _read(said, _key(view, said.turn))) for said in decisions_of(view.example)]
    for said, word in pairs:
        is_same = word == msgspec.structs.replace(said, is_right=False)
        if is_same and not _is_about_arguments(said, _key(view, said.turn)):
            raise BlockedError(
                f"Turn {said.turn + 1} is marked wrong, but what it should do is what it does.",
                hint="Choose what it should be, or tick that only the arguments are wrong.",
            )
    return tuple(word for _, word in pairs)


def _is_about_arguments(said: Said, key: str) -> bool:
    """Whether it is the right call of the right tool, with wrong arguments."""
    return said.kind == "calls" and bool(st.session_state.get(f"{key}.arguments"))


def _read(said: Said, key: str) -> Said:
    held = st.session_state
    if not held.get(f"{key}.wrong"):
        return said
    if _is_about_arguments(said, key):
        return msgspec.structs.replace(said, is_right=False)
    kind = held.get(f"{key}.kind", said.kind)
    return msgspec.structs.replace(
        said,
        kind=kind,
        tool=held.get(f"{key}.tool", said.tool) if kind == "calls" else NO_TOOL,
        reason="" if kind == "calls" else held.get(f"{key}.reason", said.reason),
        recovery=held.get(f"{key}.recovery", said.recovery),
        is_right=False,
    )


def _key(view: ExampleView, turn: int) -> str:
    return f"review.said.{view.id}.{view.head_rev}.{turn}"


def _tools(view: ExampleView, said: Said) -> list[str]:
    offered = view.example.tools if isinstance(view.example.tools, tuple) else ()
    names = [one.view.name for one in offered if one.view.name]
    return list(dict.fromkeys([*([said.tool] if said.tool != NO_TOOL else []), *names])) or [NO_TOOL]


def said_words(said: Said) -> str:
    """A word on a decision in a few words."""
    parts = [f"calls {said.tool}" if said.kind == "calls" else said.kind, said.reason, said.recovery]
    return " · ".join(one.replace("_", " ") if one is not parts[0] else one for one in parts if one)
