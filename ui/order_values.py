"""Values of the domain: names, places, numbers as they are where the tools work; kept for the whole project."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services import domain_values
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.synthesis_sheets import read_values
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("orders.values.nonce", "")
_BASE: Slot[dict[str, tuple[str, ...]]] = Slot("orders.values.base", {})
"""What stood there when the question was opened."""
SHOWN = 4


def draw_values(project: ProjectView) -> None:
    """What is written down, and the way to change it."""
    values = domain_values.read_values(workspace(), project.id)
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header("Values of the domain", anchor=False, width="content")
            st.space("stretch")
            if st.button("Edit values", key="orders.values.edit", type="tertiary", icon=":material/edit:"):
                _NONCE.set(uuid.uuid4().hex)
                _BASE.set(values)
                _ask(project)
        if not values:
            st.caption("None yet: names, places and numbers come from the schemas and from lists that come along.")
        for name, lines in list(values.items())[:SHOWN]:
            st.caption(f"**{plain(name, 30)}** {plain(', '.join(lines), 80)}")
        if len(values) > SHOWN:
            st.caption(f"and {count(len(values) - SHOWN, 'more kind')}")


@st.dialog("Values of the domain", width="large", icon=":material/edit:")
def _ask(project: ProjectView) -> None:
    ws, actor, base = workspace(), local_actor(workspace()), _BASE.get()
    st.caption("A parameter's name, or a kind of value such as name, place or product; one value a line.")
    typed: dict[str, str] = {}
    for name, lines in base.items():
        typed[name] = str(st.text_area(plain(name, 40), "\n".join(lines), key=f"orders.values.of.{name}", height=120))
    with st.container(border=True, gap="small"):
        fresh = st.text_input("Another one", key=f"orders.values.name.{_NONCE.get()}", placeholder="order_id")
        lines = st.text_area("Its values, one a line", key=f"orders.values.lines.{_NONCE.get()}", height=120)
    if fresh and fresh.strip():
        typed[fresh.strip()] = f"{typed.get(fresh.strip(), '')}\n{lines or ''}"
    if st.button("Keep values", key="orders.values.keep", type="primary", icon=":material/save:"):
        with errors_shown():
            kept = domain_values.save_values(ws, actor, project.id, read_values(typed), nonce=_NONCE.get())
            NOTICE.set(f"{count(len(kept), 'kind')} of values kept for this project")
            st.rerun()
