"""Importing tools: choose a source, look at every change, choose what comes in; one act, undone as one."""

from __future__ import annotations

import hashlib
import uuid

import streamlit as st

from curation.errors import CurationError
from curation.services import cataloguing, tool_importing, tool_writing
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_importing import ToolImport
from ui.errors import errors_shown, show_error
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, named, plain
from ui.tool_import_lines import beside_names, chosen_names, draw_lines
from ui.tool_servers import draw_servers

FILE, PASTE, SERVER = "A file", "Pasted text", "An MCP server"
DETECT = ""
EXTENSIONS = ["json", "yaml", "yml", "py", "txt"]
_NONCE: Slot[str] = Slot("toolimport.nonce", "")


class Held:
    """What is looked at: its name, its bytes, and a digest that names the widgets about it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        self.digest = hashlib.sha256(data).hexdigest()[:12]


def open_dialog(project: ProjectView) -> None:
    """Open it with one nonce, for however often its button is pressed."""
    _NONCE.set(uuid.uuid4().hex)
    _dialog(project)


@st.dialog("Import tools", width="large", icon=":material/upload:")
def _dialog(project: ProjectView) -> None:
    held = _choose_source(project)
    if held is None:
        return
    try:
        seen = _look(project, held)
    except CurationError as error:
        show_error(error)
        return
    _draw_warnings(seen)
    draw_lines(held.digest, seen.lines)
    _draw_start(project, held, seen)


def _choose_source(project: ProjectView) -> Held | None:
    """The bytes to look at, None until there are any."""
    where = st.radio("From", [FILE, PASTE, SERVER], key="toolimport.from", horizontal=True)
    if where == SERVER:
        return _from_server(project)
    if where == PASTE:
        text = st.text_area(
            "Tools", key="toolimport.text", height=180, placeholder='{"tools": [{"name": "track_order", … }]}'
        )
        return Held("pasted text", text.encode(errors="replace")) if text.strip() else None
    upload = st.file_uploader("File", type=EXTENSIONS, key="toolimport.file", label_visibility="collapsed")
    if upload is None:
        st.caption("OpenAI tools, Anthropic, MCP, OpenAPI 3 in JSON or YAML, Python. Python is read, never run.")
        return None
    return Held(upload.name, bytes(upload.getbuffer()))


def _from_server(project: ProjectView) -> Held | None:
    fetched = draw_servers(project)
    return Held(*fetched) if fetched else None


def _look(project: ProjectView, held: Held) -> ToolImport:
    """The preview in the form that was recognised, or the one chosen instead."""
    titles = {form.name: form.title for form in tool_writing.list_forms()}
    said, choice = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    form = st.session_state.get(f"toolimport.form.{held.digest}", DETECT)
    try:
        seen: ToolImport = _preview(project.id, project.working_target, held.digest, form, _stored(project), _held=held)
        with said:
            st.markdown(f"Read as **{plain(seen.title)}**: {count(len(seen.lines), 'tool')}.")
    finally:
        choice.selectbox(
            "Form",
            [DETECT, *titles],
            key=f"toolimport.form.{held.digest}",
            format_func=lambda name: titles.get(name, "Recognised from the text"),
        )
    return seen


def _stored(project: ProjectView) -> str:
    """Changes with every save of a tool, so that a preview never speaks of an older catalogue."""
    views = cataloguing.list_tools(workspace(), project.id)
    return hashlib.sha256(repr([(view.id, view.revision) for view in views]).encode()).hexdigest()


@st.cache_data(max_entries=8, show_spinner="Reading the tools")
def _preview(
    project_id: str,
    target: str | None,
    digest: str,  # noqa: ARG001 - names the bytes, which are not hashed again
    form: str,
    stored: str,  # noqa: ARG001 - names the catalogue it is compared with
    *,
    _held: Held,
) -> ToolImport:
    return tool_importing.preview_import(
        workspace(), project_id, _held.name, _held.data, form=form or None, target=target
    )


def _draw_warnings(seen: ToolImport) -> None:
    for note in seen.notes:
        st.warning(named(note.words), icon=":material/warning:")
    if seen.faults:
        st.warning(f"{count(len(seen.faults), 'tool')} cannot be read; the others can.", icon=":material/warning:")
        shown = [f"- **{plain(one.name)}** {named(f'{one.words} {one.remedy}'.strip())}" for one in seen.faults[:10]]
        st.markdown("\n".join(shown))
        if len(seen.faults) > 10:
            st.caption(f"and {len(seen.faults) - 10:,} more")


def _draw_start(project: ProjectView, held: Held, seen: ToolImport) -> None:
    names, beside = chosen_names(held.digest, seen.lines), beside_names(held.digest, seen.lines)
    tools = tool_importing.choose(seen, names, beside)
    n_broken = sum(any(one.severity == "error" for one in line.findings) for line in seen.lines if line.name in names)
    if n_broken:
        st.caption(f"{count(n_broken, 'tool has', 'tools have')} errors: they can be kept, and published once mended.")
    if st.button(
        f"Import {count(len(tools), 'tool')}",
        # Named after the catalogue it was compared with: pressed while somebody saved, it shows the new preview first.
        key=f"toolimport.yes.{_stored(project)[:12]}",
        type="primary",
        icon=":material/upload:",
        disabled=not tools,
    ):
        with errors_shown():
            ws = workspace()
            done = tool_importing.import_chosen(ws, local_actor(ws), project.id, tools, nonce=_NONCE.get())
            NOTICE.set(f"{count(len(done.tools), 'tool')} imported; the menu Files takes them back")
            st.rerun()
