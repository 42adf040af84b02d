"""What is most worth doing before the next version, three sentences at the most, each with its way out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.services import health
from curation.services.health import Health
from curation.services.health_advice import Advice
from ui import keys
from ui.health_choice import order_button
from ui.list_links import open_list
from ui.moments import ago
from ui.pulse import draw_pulse
from ui.session import workspace
from ui.text import count, named


def draw_next(measured: Health, advice: Sequence[Advice], number: int) -> None:
    """The card at the top; nothing where there is no row."""
    if not measured.n_rows:
        return
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header(f"Before v{number}", anchor=False, width="content")
            if not advice:
                st.badge("nothing stands in the way", icon=":material/check:", color="green")
        for place, one in enumerate(advice):
            _draw_one(one, place)


def _draw_one(one: Advice, place: int) -> None:
    shortcut = keys.NEXT_ACT.shortcut if place == 0 else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if one.is_blocking:
            st.badge("stop", icon=":material/error:", color="red")
        else:
            st.badge("better", icon=":material/warning:", color="orange")
        st.markdown(named(one.sentence), width="content")
        st.space("stretch")
        key = f"health.next.{place}"
        if one.wanted is not None:
            order_button(one.wanted, one.n, key=key, shortcut=shortcut)
        elif one.show is not None and st.button(
            "Show them", key=key, icon=":material/arrow_forward:", shortcut=shortcut
        ):
            open_list(one.show)


def follow_counting(project_id: str, measured: Health) -> None:
    """While examples wait to be counted: the page is drawn anew once none does."""
    if measured.n_waiting:
        st.fragment(_follow)(project_id)


def _follow(project_id: str) -> None:
    draw_pulse("health", project_id, is_open=True)
    if health.stamp_counting(workspace(), project_id) == health.COUNTED:
        st.rerun()


def say_behind(measured: Health) -> str:
    """What is still to be counted, and how old the rest is."""
    said = f" · {count(measured.n_waiting, 'row')} still to be counted" if measured.n_waiting else ""
    if measured.told_at is None:
        return said
    told = f"as of {ago(measured.told_at)}" if measured.told_at else "still to be told"
    return f"{said} · repeats and lengths {told}"
