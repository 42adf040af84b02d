"""The rail's way in and out for whole lists of tools: import, export, and one click back."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services import tool_importing
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_importing import LastImport
from ui import tool_export, tool_import
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count

KEY = "catalogue.files"
IMPORT, EXPORT = "Import tools", "Export tools"
_WANTED: Slot[str] = Slot("tools.files.wanted", "")
_UNDO: Slot[str] = Slot("tools.files.undo", "")


def draw_menu(project: ProjectView, n_tools: int) -> None:
    """One button for lists of tools; what is chosen opens on the same run."""
    last = tool_importing.find_last_import(workspace(), project.id)
    options = [IMPORT, *([EXPORT] if n_tools else []), *([_undo_label(last)] if last else [])]
    st.menu_button(
        "Files", options, key=KEY, type="tertiary", icon=":material/swap_vert:", on_click=_choose, help=_HELP
    )


_HELP = "Import or export lists of tools: OpenAI, Anthropic, MCP, OpenAPI, Python"


def open_import() -> None:
    """Callback of any other button that leads to the import."""
    _WANTED.set(IMPORT)


def answer_menu(project: ProjectView) -> None:
    """Do what was chosen in the menu, once, wherever on the page it stands."""
    wanted = _WANTED.take()
    if wanted == IMPORT:
        tool_import.open_dialog(project)
    elif wanted == EXPORT:
        tool_export.open_dialog(project)
    elif wanted:
        with errors_shown():
            _take_back(project)


def _choose() -> None:
    _WANTED.set(str(st.session_state.get(KEY) or ""))
    _UNDO.set(uuid.uuid4().hex)


def _undo_label(last: LastImport) -> str:
    return f"Undo the import of {count(last.n_tools, 'tool')}"


def _take_back(project: ProjectView) -> None:
    ws = workspace()
    last = tool_importing.find_last_import(ws, project.id)
    if last is None:
        return
    tool_importing.undo_import(ws, local_actor(ws), last.nonce, nonce=_UNDO.get())
    NOTICE.set(f"The import of {count(last.n_tools, 'tool')} is taken back")
    st.rerun()
