"""Publishing a catalogue version, and the versions there were."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.finding import Severity
from curation.services import cataloguing
from curation.services.cataloguing import CatalogueView, ToolView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_differences import ToolChange, compare_catalogues
from ui.errors import errors_shown
from ui.layout import Colour
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, named, plain
from ui.tool_fields import HELD

MAX_SENTENCES = 12
CHANGE_LOOK: dict[str, tuple[str, str, Colour]] = {
    "added": ("new", ":material/add:", "green"),
    "changed": ("changed", ":material/edit:", "blue"),
    "removed": ("gone", ":material/remove:", "orange"),
}
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
    current = cataloguing.current_catalogue(ws, project.id)
    number = next_number(current)
    broken = [one for one in tools if _has_errors(one, project.working_target)]
    st.markdown(f"Version {number} will hold {count(len(tools), 'tool')}; once published it never changes.")
    has_changes = _list_changes(current, tools)
    if broken:
        names = ", ".join(plain(one.name) for one in broken)
        st.error(
            f"Errors stand in the way: {names}. Mend them in the schema; lint says where.", icon=":material/error:"
        )
    if st.button(
        f"Publish v{number}",
        key="publish.yes",
        type="primary",
        icon=":material/publish:",
        disabled=bool(broken) or not has_changes,
    ):
        with errors_shown():
            published = cataloguing.publish(ws, local_actor(ws), project.id, nonce=_NONCE.get())
            HELD.set(f"published {_NONCE.get()}")
            NOTICE.set(f"Catalogue v{published.n} is published with {count(len(published.tools), 'tool')}")
            st.rerun()


def _list_changes(current: CatalogueView | None, tools: tuple[ToolView, ...]) -> bool:
    """Every difference in a sentence, and how many examples go on with what they were written with; False: none."""
    changes = compare_catalogues(current.tools if current else (), [one.tool for one in tools])
    if not changes:
        st.caption("Nothing has changed since the version before.")
    examples = {one.name: one.n_examples for one in tools}
    for change in changes:
        _draw_change(change)
        if change.kind == "changed" and examples[change.name]:
            n = examples[change.name]
            kept = "the definition written into it" if n == 1 else "the definition written into them"
            st.caption(f"{count(n, 'example keeps', 'examples keep')} {kept}")
    return bool(changes)


def _draw_change(change: ToolChange) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word, icon, colour = CHANGE_LOOK[change.kind]
            st.markdown(f"**{plain(change.name)}**", width="content")
            st.badge(word, icon=icon, color=colour)  # safe: a table of ours
        if change.sentences:
            shown = [f"- {named(one)}" for one in change.sentences[:MAX_SENTENCES]]
            st.markdown("\n".join(shown))
        if len(change.sentences) > MAX_SENTENCES:
            st.caption(f"and {len(change.sentences) - MAX_SENTENCES:,} more changes")


def _has_errors(view: ToolView, target: str | None) -> bool:
    return any(one.severity is Severity.ERROR for one in cataloguing.lint_tool(view.tool, target))


@st.dialog("Catalogue versions", width="large", icon=":material/history:")
def show_history(project: ProjectView) -> None:
    """Every published version: what it changed, its tools, its digest."""
    versions = sorted(cataloguing.list_catalogues(workspace(), project.id), key=lambda one: one.n)
    if not versions:
        st.caption("Nothing is published yet. A version fixes the tools that examples are checked against.")
    befores = [None, *versions]
    for before, version in reversed(list(zip(befores, versions, strict=False))):
        with st.container(border=True):
            st.markdown(
                f"**v{version.n}** · {ago(version.at)} · by {plain(version.by)} · {count(len(version.tools), 'tool')}"
            )
            for change in compare_catalogues(before.tools, version.tools) if before else ():
                _draw_change(change)
            st.caption(plain(", ".join(tool.name for tool in version.tools)))
            st.caption(f"digest {version.hash[:16]}")
