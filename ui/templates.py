"""A new draft from a template for a hard case: which case, with which tools."""

from __future__ import annotations

import uuid
from zlib import crc32

import streamlit as st

from curation.model.people import Actor
from curation.services import hard_cases
from curation.services.hard_cases import CaseChoice
from curation.services.text_fields import content_at
from curation.services.workspace import Workspace
from ui import keys, rail, state
from ui.cursor import aim
from ui.errors import errors_shown
from ui.focus import focus_on
from ui.text import count, plain, words
from ui.write_goals import PAGE

_CASE = "write.template.case"
_TOOLS = "write.template.tools"
_MAKE = "write.template.make"


@st.dialog("A draft from a template", icon=":material/extension:")
def choose_template(ws: Workspace, actor: Actor, project_id: str, names: list[str], word: str) -> None:
    """The cases in one field, the tools in another; once a case is chosen, Enter makes the draft."""
    if not names:
        words("No tool is published yet; a template is filled from the schemas of published tools.")
        st.page_link("../pages/catalogue.py", label="Open the catalogue", icon=":material/construction:")
        return
    cases = {one.name: one for one in hard_cases.list_hard_cases()}
    case = st.selectbox(
        "Hard case",
        list(cases),
        index=None,
        key=f"{_CASE}.{word}",
        format_func=lambda name: cases[name].title,
        placeholder="Type a part of the name",
    )
    focus_on(f"{_CASE}.{word}", word)
    if case is None:
        for one in cases.values():
            st.caption(f"**{plain(one.title)}**. {plain(one.teaches)}")
        return
    chosen = cases[case]
    words(chosen.teaches)
    tools = st.multiselect(
        plain(_tools_label(chosen)),
        names,
        default=names[: chosen.n_tools],
        key=f"{_TOOLS}.{case}.{word}",
    )
    make = f"{_MAKE}.{word}"
    is_asked = st.button(
        "Make the draft",
        key=make,
        type="primary",
        icon=":material/edit_note:",
        shortcut=keys.NEXT_ACT.shortcut,
    )
    focus_on(make, f"{word} {case}", name="write.template.make")
    if is_asked:
        with errors_shown():
            _begin(ws, actor, project_id, chosen, tools)


def name_cases() -> str:
    """The hard cases there are templates for, in a row."""
    titles = [one.title[0].lower() + one.title[1:] for one in hard_cases.list_hard_cases()]
    return f"{', '.join(titles[:-1])} or {titles[-1]}"


def _tools_label(case: CaseChoice) -> str:
    return f"Tools, in order ({count(case.n_tools, 'tool')} or more)"


def _begin(ws: Workspace, actor: Actor, project_id: str, case: CaseChoice, tools: list[str]) -> None:
    nonce = uuid.uuid4().hex
    seed = crc32(nonce.encode())
    made = hard_cases.begin_hard_case(ws, actor, project_id, case.name, tools, seed=seed, nonce=nonce)
    state.EXAMPLE.set(made.id)
    state.NOTICE.set("A draft from a template is open; put it into words of your own")
    rail.reveal(PAGE)
    aim(content_at(0), made.id)
    st.rerun()
