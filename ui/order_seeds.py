"""Which examples an order starts from: the accepted ones, those of a tool or a hard case, or some by their numbers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.errors import CurationError
from curation.services import seed_examples
from curation.services.order_choices import KINDS
from curation.services.projects import ProjectView
from curation.services.trait_words import plain_name
from ui.order_plan import Unread
from ui.session import workspace
from ui.text import count, plain, show_unseen

ACCEPTED, TOOL, CASE, NUMBERS = "Accepted ones", "Those of a tool", "Those of a hard case", "By number"
_WAY = "orders.new.seeds.way"
_TYPED = "orders.new.seeds.numbers"


def begin_with(ids: Sequence[str]) -> None:
    """Fill the choice in as it was for another order."""
    st.session_state[_WAY] = NUMBERS if ids else ACCEPTED
    if ids:
        st.session_state[_TYPED] = ", ".join(map(str, seed_examples.list_numbers(workspace(), ids)))


def draw_seeds(project: ProjectView, tools: Sequence[str], unread: Unread) -> tuple[str, ...]:
    """Ids of the examples; empty: the newest that are accepted."""
    with st.container(border=True, gap="small"):
        way = st.radio(
            "Start from", [ACCEPTED, TOOL, CASE, NUMBERS], key=_WAY, horizontal=True, persist_state="session"
        )
        if way == ACCEPTED:
            st.caption(f"The newest that are accepted, at most {seed_examples.MOST:,}.")
            return ()
        try:
            found = _find(project, way, tools)
        except CurationError as error:
            unread["examples"] = error
            st.markdown(f":small[:red[:material/error: {plain(str(error))}]]")
            return ()
        st.caption(count(len(found), "example"))
        return found


def _find(project: ProjectView, way: str, tools: Sequence[str]) -> tuple[str, ...]:
    ws = workspace()
    if way == TOOL:
        tool = st.selectbox(
            "Tool that is called", tools, key="orders.new.seeds.tool", format_func=show_unseen, persist_state="session"
        )
        return seed_examples.find_seeds(ws, project.id, tool=tool)
    if way == CASE:
        case = st.selectbox(
            "Hard case",
            KINDS["hard_case"],
            key="orders.new.seeds.case",
            format_func=plain_name,
            persist_state="session",
        )
        return seed_examples.find_seeds(ws, project.id, hard_case=case)
    typed = st.text_input("Numbers", key=_TYPED, placeholder="4, 12-20", persist_state="session")
    return seed_examples.find_numbered(ws, project.id, typed or "")
