"""What a tab shows, in its address: the project, and the one thing its page has open.

A reload, a restart of the server and a link sent to somebody else bring the same place back. While a tab runs its slots
are the truth and the address follows them; an address is followed only where this tab did not write it itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from curation.errors import NotFoundError
from curation.services import cataloguing, evaluating, projects, writing
from ui import list_filter, order_rail, rail, run_rail, state, tool_rail
from ui.evaluation_form import EVALUATION
from ui.session import current_project, workspace
from ui.state import Slot
from ui.text import plain

PROJECT = "project"
ECHO_S = 1.0
"""For so long a browser may still report the address that stood there before this tab wrote a new one."""
_WRITTEN: Slot[tuple[dict[str, str], float]] = Slot("address.written", ({}, 0.0))
"""What this tab wrote last, and when."""
LATE_S = 8.0
"""For so long a busy browser may report one that this tab wrote and has written over since."""
MOST_RECENT = 20
_RECENT: Slot[tuple[tuple[dict[str, str], float], ...]] = Slot("address.recent", ())
"""What this tab wrote lately, and when."""
_NEW_TOOL = re.compile(r"[\w.-]{1,80}")


@dataclass(frozen=True)
class Opened:
    """The thing a page has open: its word in the address, where the tab keeps its id, whether a project has it."""

    word: str
    kept: Slot[str]
    is_in: Callable[[str, str], bool]
    """Called with the id of the project and the id in the address."""


def _has_example(project_id: str, example_id: str) -> bool:
    try:
        return writing.open_example(workspace(), example_id).project_id == project_id
    except NotFoundError:
        return False


def _has_tool(project_id: str, tool_id: str) -> bool:
    if tool_id.startswith(f"new.{project_id}."):
        return _NEW_TOOL.fullmatch(tool_id) is not None
    return tool_id in {tool.id for tool in cataloguing.list_tools(workspace(), project_id)}


def _has_run(project_id: str, run_id: str) -> bool:
    return run_id in (run_rail.NEW, run_rail.CASE) or run_id in {run.id for run in run_rail.list_runs(project_id)}


def _has_order(project_id: str, order_id: str) -> bool:
    return order_id == order_rail.NEW or order_id in {one.id for one in order_rail.list_orders(project_id)}


def _has_evaluation(project_id: str, evaluation_id: str) -> bool:
    return evaluation_id in {one.id for one in evaluating.list_evaluations(workspace(), project_id)}


OPENED: dict[str, Opened] = {
    "write": Opened("example", state.EXAMPLE, _has_example),
    "review": Opened("example", state.REVIEWED, _has_example),
    "catalogue": Opened("tool", tool_rail.TOOL, _has_tool),
    "training": Opened("run", run_rail.RUN, _has_run),
    "orders": Opened("order", order_rail.ORDER, _has_order),
    "evaluation": Opened("evaluation", EVALUATION, _has_evaluation),
}
"""Page → what it has open; the others show the project alone."""


def arrive() -> dict[str, str]:
    """What the address asks for, {} where it says what this tab shows already; the project is taken over at once."""
    asked = {name: str(value) for name, value in st.query_params.to_dict().items()}
    written, at = _WRITTEN.get()
    if asked == written or (not _is_way_back() and (time.monotonic() - at < ECHO_S or _is_late(asked))):
        return {}
    wanted = asked.get(PROJECT, "")
    for project in projects.list_projects(workspace()) if wanted else ():
        if wanted in (project.id, project.name):
            state.open_project(project.id)
            return asked
    return asked


def _is_way_back() -> bool:
    """Whether somebody went back or forward in the browser: then the address is meant, whenever it comes."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _is_late(asked: dict[str, str]) -> bool:
    now = time.monotonic()
    return any(asked == written and now - at < LATE_S for written, at in _RECENT.get())


def follow(page: str, asked: Mapping[str, str]) -> str:
    """Open what the address names; one sentence when it leads nowhere, "" otherwise."""
    if asked:
        # Followed once: a key may cut this run short before `keep`, and what it does must not be undone by the address.
        _WRITTEN.set((dict(asked), 0.0))
    project = current_project()
    wanted = asked.get(PROJECT, "")
    if project is None:
        return "The address names a project that is not in this workspace." if wanted else ""
    if wanted and wanted not in (project.id, project.name):
        return f"The address names a project that is not in this workspace; this is {plain(project.name, 40)}."
    left_out = list_filter.take_address(page, asked)
    opened = OPENED.get(page)
    if opened is None or not asked.get(opened.word):
        return left_out
    if not opened.is_in(project.id, asked[opened.word]):
        return f"The address names {_a(opened.word)} that is not in this project; the list shows those that are."
    opened.kept.set(asked[opened.word])
    rail.reveal(page)
    return left_out


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def keep(page: str) -> None:
    """Write what the page shows now into the address."""
    project = current_project()
    shown = {PROJECT: project.id} if project else {}
    opened = OPENED.get(page)
    if project and opened and opened.kept.get():
        shown[opened.word] = opened.kept.get()
    if project:
        shown |= list_filter.address_of(page)
    if st.query_params.to_dict() != shown:
        st.query_params.from_dict(shown)
        now = time.monotonic()
        _WRITTEN.set((shown, now))
        _RECENT.set((*_RECENT.get(), (shown, now))[-MOST_RECENT:])
    elif _WRITTEN.get()[0] != shown:
        _WRITTEN.set((shown, 0.0))
