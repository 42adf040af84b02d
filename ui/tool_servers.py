"""The MCP servers a lead has allowed: fetch from one, and for leads the list itself."""

from __future__ import annotations

import uuid
from functools import partial

import streamlit as st

from curation.errors import CurationError
from curation.services import tool_servers
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_servers import ToolServer
from ui.errors import errors_shown, show_error
from ui.session import workspace
from ui.state import Act, Slot, ask, asked
from ui.text import named, plain

PAGE = "toolserver"
NEW = "toolserver.new"
_FETCHED: Slot[tuple[str, str]] = Slot("toolserver.fetched", ("", ""))
"""Name of the server that was asked, and the word of that asking."""


def draw_servers(project: ProjectView) -> tuple[str, bytes] | None:
    """Choose a server and ask it; its name and its answer once it was asked."""
    ws = workspace()
    with errors_shown():
        _perform(project, asked(PAGE))
    servers = tool_servers.list_servers(ws, project.id)
    is_lead = "lead" in local_actor(ws).roles
    if servers:
        _draw_choice(servers)
    else:
        st.caption("No server is allowed yet." if is_lead else "No server is allowed yet. A lead can allow one here.")
    if is_lead:
        with st.expander(
            "Allowed servers", icon=":material/dns:", expanded=not servers, key=f"toolserver.list.{len(servers)}"
        ):
            _draw_list(servers)
    name, word = _FETCHED.get()
    if name not in {one.name for one in servers}:
        return None
    try:
        return name, _fetch(project.id, name, word)
    except CurationError as error:
        show_error(error)
    return None


def _draw_choice(servers: tuple[ToolServer, ...]) -> None:
    targets = {one.name: one.target for one in servers}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Server", list(targets), key="toolserver.name", format_func=lambda one: f"{one} · {targets.get(one, '')}"
        )
        if st.button("Fetch its tools", key="toolserver.fetch", icon=":material/download:") and name:
            _FETCHED.set((name, uuid.uuid4().hex))


@st.cache_data(max_entries=4, show_spinner="Asking the server")
def _fetch(project_id: str, name: str, word: str) -> bytes:  # noqa: ARG001 - a new word asks anew
    ws = workspace()
    return tool_servers.fetch_tools(ws, local_actor(ws), project_id, name)


def _perform(project: ProjectView, act: Act) -> None:
    """Change the list, as a lead asked for."""
    ws = workspace()
    if act.verb == "forget":
        tool_servers.forget_server(ws, local_actor(ws), project.id, act.at, nonce=act.nonce)
    elif act.verb == "allow":
        name, target, token = (str(st.session_state.get(f"{NEW}.{part}", "")) for part in ("name", "target", "token"))
        tool_servers.allow_server(ws, local_actor(ws), project.id, name, target, token_variable=token, nonce=act.nonce)


def _draw_list(servers: tuple[ToolServer, ...]) -> None:
    """Only what stands here is ever called or run."""
    for server in servers:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(server.name)}** {plain(server.target, 80)}", width="content")
            st.space("stretch")
            forget = partial(ask, "forget", server.name, page=PAGE)
            st.button("Forget", key=f"toolserver.forget.{server.name}", type="tertiary", on_click=forget)
    with st.form("toolserver.new", border=False, clear_on_submit=False):
        name, target, token = st.columns([2, 4, 3], gap="small")
        name.text_input("Name", key=f"{NEW}.name", placeholder="github")
        target.text_input(
            "Address or command",
            key=f"{NEW}.target",
            placeholder="https://tools.example/mcp",
            help="A command runs on the machine of the app, with its rights.",
        )
        token.text_input(
            "Variable with the token",
            key=f"{NEW}.token",
            placeholder="none",
            help=f"An environment variable of the app, named {tool_servers.TOKEN_PREFIX}…; its content is sent to the "
            "address as a token, over https.",
        )
        st.form_submit_button("Allow", key="toolserver.allow", on_click=partial(ask, "allow", page=PAGE))
    st.caption(named("Servers are asked only here, when somebody presses `Fetch its tools`."))
