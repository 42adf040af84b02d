"""The rail of tools: find one, start one, see which are not published."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.services import drafting, tool_desk
from curation.services.cataloguing import NEVER, CatalogueView, ToolView, Used
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui import keys
from ui.links import glossary_link
from ui.measuring import count_uses
from ui.moments import ago
from ui.rail_choice import Badge, Row, draw_choice
from ui.session import workspace
from ui.state import Slot, ask
from ui.text import count
from ui.tool_files import draw_menu

TOOL: Slot[str] = Slot("catalogue.tool", "")
"""Id of the tool on the desk, or the id a new one's drafts are kept under."""
UNSAVED = Badge("unsaved", "orange")
UNPUBLISHED = Badge("unpublished", "blue")


_NAMED: Slot[str] = Slot("catalogue.named", "")
"""What the rail calls the new tool on the desk."""


def draw_rail(project: ProjectView, tools: tuple[ToolView, ...], catalogue: CatalogueView | None) -> str:
    """Draw the rail and return the id of the tool to show; empty when there is none."""
    unsaved = tool_desk.list_unsaved(workspace(), local_actor(workspace()), project.id)
    with st.sidebar:
        _draw_head(project, tools, catalogue)
        found = _search(tools)
        options = [*unsaved, *(tool.id for tool in found)]
        started = TOOL.get()
        if started.startswith(f"new.{project.id}.") and started not in options:
            options.insert(0, started)
        chosen = _choose(project, options, found)
        _draw_steps(options)
        _draw_foot(tools, catalogue)
        glossary_link()
    return chosen


def _draw_head(project: ProjectView, tools: tuple[ToolView, ...], catalogue: CatalogueView | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Tools", anchor=False, width="content")
        st.caption(f"{len(tools)}" + (f" · v{catalogue.n}" if catalogue else ""), width="content")
        st.space("stretch")
        st.button(
            "New",
            key="catalogue.new",
            type="tertiary",
            icon=":material/add:",
            shortcut=keys.NEW.shortcut,
            on_click=partial(ask, "new", page="catalogue"),
        )
    draw_menu(project, len(tools))


def _search(tools: tuple[ToolView, ...]) -> list[ToolView]:
    if len(tools) < 2:
        return list(tools)
    typed = st.text_input(
        "Find a tool",
        key="catalogue.search",
        placeholder="Name or description",
        icon=":material/search:",
        label_visibility="collapsed",
        live="200ms",
        persist_state="session",
    )
    wanted = (typed or "").casefold()
    return [tool for tool in tools if wanted in f"{tool.name} {tool.tool.definition.view.description or ''}".casefold()]


def _choose(project: ProjectView, options: list[str], found: list[ToolView]) -> str:
    if not options:
        st.caption("No tool has these words." if TOOL.get() else "No tools yet.")
        return TOOL.get() if TOOL.get().startswith("new.") else ""
    views = {tool.id: tool for tool in found}
    drafted = tool_desk.list_drafted(workspace(), local_actor(workspace()), found)
    uses = count_uses(project.id)
    if TOOL.get() not in options:
        TOOL.set(options[0])
    _NAMED.set(_drafted_name(TOOL.get()))
    draw_choice(
        "Tools",
        [_row(views.get(one), one, drafted, uses.get(one, NEVER)) for one in options],
        key="catalogue.rail",
        kept=TOOL,
    )
    return TOOL.get()


def _row(view: ToolView | None, object_id: str, drafted: frozenset[str], used: Used) -> Row:
    if view is None:
        return Row(object_id, _drafted_name(object_id) or "New tool", note="not saved yet", badges=(UNSAVED,))
    note = f"{view.tool.side_effect or 'effect not said'} · {_say_use(used)}"
    badges = (*((UNSAVED,) if view.id in drafted else ()), *(() if view.is_published else (UNPUBLISHED,)))
    return Row(object_id, view.name, note=note, badges=badges)


def _say_use(used: Used) -> str:
    """How many examples call a tool, and where more of them offer it, of how many."""
    if not used.offered:
        return "no examples"
    calls = "calls it" if used.called == 1 else "call it"
    if used.called == used.offered:
        return f"{count(used.offered, 'example')} {calls}"
    return f"{used.called:,} of {used.offered:,} {calls}"


def _drafted_name(object_id: str) -> str:
    """What a tool that was never saved is called so far."""
    drafts = drafting.read_drafts(workspace(), local_actor(workspace()).person_id, tool_desk.KIND, object_id)
    return drafts["name"].text.strip() if "name" in drafts else ""


def is_behind(desk: tool_desk.Desk) -> bool:
    """Whether the rail calls the new tool on the desk otherwise than its name field does."""
    return desk.view is None and desk.fields["name"].strip() != _NAMED.get()


def _draw_foot(tools: tuple[ToolView, ...], catalogue: CatalogueView | None) -> None:
    waiting = sum(not tool.is_published for tool in tools)
    if not tools:
        return
    st.divider()
    head = (
        "Nothing is published yet."
        if catalogue is None
        else f"Catalogue v{catalogue.n}, published {ago(catalogue.at)}."
    )
    rest = f" {count(waiting, 'tool has', 'tools have')} changes that are not published." if waiting else ""
    gone = _count_archived(tools, catalogue) if catalogue else 0
    left = f" {count(gone, 'archived tool leaves', 'archived tools leave')} with the next version." if gone else ""
    st.caption(head + rest + left)  # safe: numbers and our words


def _count_archived(tools: tuple[ToolView, ...], catalogue: CatalogueView) -> int:
    """How many tools of the newest version are archived since; one under another name is still there."""
    return len(catalogue.tools) - sum(tool.version == catalogue.n for tool in tools)


def _draw_steps(options: list[str]) -> None:
    if len(options) < 2:
        return
    with st.container(horizontal=True, gap="small"):
        for label, key, by in (("Back", keys.BACK, -1), ("Next", keys.NEXT, 1)):
            st.button(
                label,
                key=f"catalogue.{label.lower()}",
                type="tertiary",
                shortcut=key.shortcut,
                on_click=_step,
                args=(tuple(options), by),
            )


def _step(options: tuple[str, ...], by: int) -> None:
    at = options.index(TOOL.get()) if TOOL.get() in options else 0
    TOOL.set(options[(at + by) % len(options)])
