"""Imports on their way: how far each is, a way to stop it, and why nothing came of the last one."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services import import_orders
from curation.services.import_orders import ImportView
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.layout import card_title
from ui.moments import span
from ui.pulse import draw_pulse
from ui.session import workspace
from ui.state import NOTICE
from ui.text import count, plain

EVERY_MS = 1_000


def draw_running(project_id: str) -> None:
    """Nothing where nothing is on its way; it looks by itself until all of it has come in."""
    found = import_orders.list_imports(workspace(), project_id)
    if not found:
        return
    under_way = {one.id for one in found if not one.is_over}
    st.fragment(_draw)(project_id, under_way)


def _draw(project_id: str, under_way: set[str]) -> None:
    draw_pulse("imports", project_id, is_open=bool(under_way), every_ms=EVERY_MS)
    found = import_orders.list_imports(workspace(), project_id)
    if under_way - {one.id for one in found if not one.is_over}:
        st.rerun()
    with st.container(border=True):
        heading, note = ("On its way", "This goes on when the tab is closed") if under_way else ("Not imported", "")
        with card_title(heading, note):
            pass
        for one in found:
            if one.is_over:
                _draw_failed(one)
            else:
                _draw_import(one)


def _draw_failed(one: ImportView) -> None:
    st.error(plain(f"{one.name}: nothing came in. {one.error}"), icon=":material/error:")
    key = f"import.dismiss.{one.id}"
    st.button("Dismiss", key=key, type="tertiary", on_click=import_orders.dismiss_import, args=(workspace(), one.id))


def _draw_import(one: ImportView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(one.name, 40)}**", width="content")
        st.space("stretch")
        st.button(
            "Stop",
            key=f"import.stop.{one.id}",
            type="tertiary",
            icon=":material/stop:",
            help="Nothing of it stays",
            on_click=_stop,
            args=(one, uuid.uuid4().hex),
        )
    st.progress(one.share, _words(one))  # safe: numbers and our words


def _words(one: ImportView) -> str:
    parts = [f"{count(one.n_rows, 'row')} read" if one.n_rows else "waiting for its turn"]
    if one.n_rejected:
        parts.append(f"{one.n_rejected:,} rejected")
    if one.eta_s is not None:
        parts.append(f"{span(one.eta_s)} left")
    return " · ".join(parts)


def _stop(one: ImportView, nonce: str) -> None:
    with errors_shown():
        ws = workspace()
        import_orders.cancel_import(ws, local_actor(ws), one.id, nonce=nonce)
        NOTICE.set(f"The import of {plain(one.name, 40)} was stopped; nothing of it came in")
