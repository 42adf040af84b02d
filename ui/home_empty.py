"""Home of an empty workspace: two cards, one filled button."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from curation.errors import CurationError
from curation.model.people import Actor
from curation.services import projects
from curation.services.workspace import Workspace
from ui import keys, state
from ui.errors import show_error
from ui.text import plain, source

if TYPE_CHECKING:
    from curation.services.demonstrating import DemoReport

DEMO_WORDS = (
    "A shop's support desk: five tools, hundreds of conversations with a few planted faults, a recorded training run "
    "and its evaluation. In five minutes you will have mended a call and seen why it matters."
)
AGENT_WORDS = (
    "A second demo is a small agent: `search`, `calculate` and `send_email`, 50 examples to learn from, and 20 "
    "scenarios that a model is asked."
)
TERMINAL = """callwright demo                           the demo project
callwright demo --agent                   the small agent
callwright import PROJECT support.jsonl   your own data"""
IMPORT_WORDS = (
    "Conversations as JSON lines: OpenAI, TRL, router rows or Callwright's own. You see what was recognised before "
    "anything is stored; bad lines are kept and can be mended."
)


def draw_empty_home(ws: Workspace, actor: Actor) -> None:
    """Where a workspace begins."""
    _, middle, _ = st.columns([1, 2.4, 1])
    with middle:
        st.space("large")
        st.title("Start with a project", anchor=False)
        st.markdown(
            "A project holds your tools, the conversations that teach them, and the proof that a model calls them "
            "better. It is one folder on this machine; nothing leaves it."
        )
        demo, imports = st.columns(2, gap="medium")
        with demo, st.container(border=True, height="stretch"):
            _demo_card(ws, actor)
        with imports, st.container(border=True, height="stretch"):
            _import_card()
        _empty_project(ws, actor)
        st.divider()
        st.caption("The same from a terminal")
        source(TERMINAL)
        address = st.get_option("server.address") or "127.0.0.1"
        st.caption(f":material/lock: Only this machine: {plain(address)} · folder: {plain(ws.home.name)}")


def _demo_card(ws: Workspace, actor: Actor) -> None:
    st.header("Open the demo project", anchor=False, icon=":material/storefront:")
    st.markdown(DEMO_WORDS)
    st.space("stretch")
    pressed = st.button(
        "Open the demo project",
        key="home.demo",
        type="primary",
        width="stretch",
        icon=":material/arrow_forward:",
        shortcut=keys.NEXT_ACT.shortcut,
    )
    if pressed:
        from curation.services.demonstrating import fill_demo

        open_demo(lambda: fill_demo(ws, actor))
    st.markdown(AGENT_WORDS)
    if st.button("Open the small agent", key="home.demo.agent", width="stretch", icon=":material/smart_toy:"):
        from curation.services.agent_demo import fill_agent_demo

        open_demo(lambda: fill_agent_demo(ws, actor))


def open_demo(fill: Callable[[], DemoReport]) -> None:
    """Fill a demo project and go to it."""
    with st.spinner("Filling the demo project …"):
        try:
            report = fill()
        except CurationError as error:
            show_error(error)
            return
    state.open_project(report.project.id)
    st.rerun()


def _import_card() -> None:
    st.header("Import", anchor=False, icon=":material/upload_file:")
    st.markdown(IMPORT_WORDS)
    st.space("stretch")
    if st.button("Import files", key="home.import", width="stretch", icon=":material/upload:"):
        st.switch_page("../pages/import.py")


def _empty_project(ws: Workspace, actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input("Or begin with an empty project", placeholder="Its name", key="home.name", width="stretch")
        pressed = st.button("Create it", key="home.create", icon=":material/add:")
    if not pressed:
        return
    try:
        project = projects.create_project(ws, actor, name or "", nonce=uuid.uuid4().hex)
    except CurationError as error:
        show_error(error)
        return
    state.open_project(project.id)
    st.rerun()
