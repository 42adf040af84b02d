"""Publishing a catalogue version, and the versions there were."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.finding import Severity
from curation.services import cataloguing
from curation.services.cataloguing import CatalogueView, ToolView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("publish.nonce", "")


def next_number(catalogue: CatalogueView | None) -> int:
    """The number the next catalogue version gets."""
    return catalogue.n + 1 if catalogue else 1


def ask_to_publish(project: ProjectView) -> None:
    """Open the question; one nonce for however often its button is pressed."""
    _NONCE.set(uuid.uuid4().hex)
    _publish_dialog(project)


@st.dialog("Publish the catalogue", icon=":material/publish:")
def _publish_dialog(project: ProjectView) -> None:
    ws = workspace()
    tools = cataloguing.list_tools(ws, project.id)
    number = next_number(cataloguing.current_catalogue(ws, project.id))
    broken = [one for one in tools if _has_errors(one, project.working_target)]
    st.markdown(f"Version {number} will hold {count(len(tools), 'tool')}; once published it never changes.")
    _list_changes(tools)
    if broken:
        names = ", ".join(plain(one.name) for one in broken)
        st.error(
            f"Errors stand in the way: {names}. Mend them in the schema; lint says where.", icon=":material/error:"
        )
    if st.button(
        f"Publish v{number}", key="publish.yes", type="primary", icon=":material/publish:", disabled=bool(broken)
    ):
        with errors_shown():
            published = cataloguing.publish(ws, local_actor(ws), project.id, nonce=_NONCE.get())
            NOTICE.set(f"Catalogue v{published.n} is published with {count(len(published.tools), 'tool')}")
            st.rerun()


def _list_changes(tools: tuple[ToolView, ...]) -> None:
    changed = [one for one in tools if not one.is_published]
    if not changed:
        st.caption("Nothing has changed since the version before.")
    for one in changed:
        what = "new" if one.version is None else f"changed since its version {one.version}"
        st.markdown(f"**{plain(one.name)}** · {what} · {count(one.n_examples, 'example')}")


def _has_errors(view: ToolView, target: str | None) -> bool:
    return any(one.severity is Severity.ERROR for one in cataloguing.lint_tool(view.tool, target))


@st.dialog("Catalogue versions", width="large", icon=":material/history:")
def show_history(project: ProjectView) -> None:
    """Every published version with its digest and its tools."""
    versions = cataloguing.list_catalogues(workspace(), project.id)
    if not versions:
        st.caption("Nothing is published yet. A version fixes the tools that examples are checked against.")
    for version in sorted(versions, key=lambda one: -one.n):
        with st.container(border=True):
            st.markdown(
                f"**v{version.n}** · {ago(version.at)} · by {plain(version.by)} · {count(len(version.tools), 'tool')}"
            )
            st.caption(plain(", ".join(tool.name for tool in version.tools)))
            st.caption(f"digest {version.hash[:16]}")
