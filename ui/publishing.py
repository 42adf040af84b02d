"""Publishing a catalogue version: what changes, what it breaks, and moving the examples along in the same act."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.finding import Severity
from curation.services import cataloguing, migrating, sample_calls, tool_desk
from curation.services.cataloguing import CatalogueView, ToolView
from curation.services.impact import Impact
from curation.services.migrating import MoveReport
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_differences import ToolChange, compare_catalogues
from ui.errors import errors_shown
from ui.impact_view import draw_changes, draw_impact
from ui.measuring import measure
from ui.migration_steps import draw_steps
from ui.session import workspace
from ui.state import NOTICE, Slot, ask_now
from ui.text import count, plain
from ui.tool_changes import draw_tool_changes
from ui.tool_moves import remember_move
from ui.tool_place import HELD
from ui.versions import show_history

__all__ = ["ask_to_publish", "next_number", "show_history"]

NONCE: Slot[str] = Slot("publish.nonce", "")


def next_number(catalogue: CatalogueView | None) -> int:
    """The number the next catalogue version gets."""
    return catalogue.n + 1 if catalogue else 1


def ask_to_publish(project: ProjectView) -> None:
    """Open the question; one nonce for however often its button is pressed."""
    NONCE.set(uuid.uuid4().hex)
    _publish_dialog(project)


@st.dialog("Publish the catalogue", width="large", icon=":material/publish:")
def _publish_dialog(project: ProjectView) -> None:
    draw_publishing(project)


def draw_publishing(project: ProjectView) -> None:
    """What publishing would do, and the buttons that do it."""
    ws = workspace()
    tools = cataloguing.list_tools(ws, project.id)
    current = cataloguing.current_catalogue(ws, project.id)
    changes = compare_catalogues(current.tools if current else (), [one.tool for one in tools])
    _draw_unsaved(project, tools)
    n = next_number(current) if changes or current is None else current.n
    if changes:
        will = count(len(tools), "tool")
        st.markdown(f"Version {n} will hold {will}; once published it never changes.")  # safe: numbers
    else:
        st.caption("Nothing has changed since the version before.")
    broken = [one for one in tools if _has_errors(one, project.working_target)]
    if broken:
        names = ", ".join(plain(one.name) for one in broken)
        st.error(
            f"Errors stand in the way: {names}. Mend them in the schema; lint says where.", icon=":material/error:"
        )
        draw_tool_changes(changes)
        _publish_button(f"Publish v{n}", is_open=False)
        return
    _draw_misfits(tools)
    with errors_shown():
        _draw_examples(project, n, changes)


def _draw_unsaved(project: ProjectView, tools: tuple[ToolView, ...]) -> None:
    """Text that is not saved is in no version: say whose, and save it here."""
    ws = workspace()
    actor = local_actor(ws)
    drafted = tool_desk.list_drafted(ws, actor, tools)
    ids = (*tool_desk.list_unsaved(ws, actor, project.id), *(one.id for one in tools if one.id in drafted))
    if not ids:
        return
    desks = [tool_desk.open_desk(ws, actor, project.id, one) for one in ids]
    names = ", ".join(plain(desk.fields["name"] or "a new tool without a name") for desk in desks)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        verb = "has" if len(desks) == 1 else "have"
        st.markdown(f":orange[:material/warning:] {names} {verb} changes that are not saved; they stay out.")
        st.space("stretch")
        save = st.button("Save them too", key="publish.save", icon=":material/save:")
    if save:
        with errors_shown():
            for desk in desks:
                tool_desk.save(ws, actor, desk, nonce=f"{NONCE.get()} {desk.object_id}")
            ask_now("publish", page="catalogue")


def _draw_misfits(tools: tuple[ToolView, ...]) -> None:
    """Mocks answer from sample calls: one that its own tool refuses is no reason to wait, but is told."""
    found = [(one, sample_calls.count_misfits(one)) for one in tools if not one.is_published]
    named = ", ".join(f"{count(n, 'sample')} of {plain(one.name)}" for one, n in found if n)
    if named:
        does = "does" if sum(n for _, n in found) == 1 else "do"
        st.markdown(f":orange[:material/warning:] {named} {does} not fit; see Samples there.")


def _draw_examples(project: ProjectView, n: int, changes: tuple[ToolChange, ...]) -> None:
    """What the change does to examples, and the buttons that say what is to happen to them."""
    found = measure(project.id)
    steps = found.steps
    after = found
    if found.n_affected:
        place = st.container()
        if found.steps:
            st.markdown("**What is done in their calls**")
            steps = draw_steps(found.steps)
            after = measure(project.id, steps)
        with place:
            draw_impact(found, after)
        draw_changes(after)
        st.caption(_outcome(after))  # safe: numbers and our words
    else:
        draw_impact(found, found)
    draw_tool_changes(changes)
    _draw_buttons(project, n, after, has_changes=bool(changes))


def _outcome(after: Impact) -> str:
    """What the examples will be afterwards; numbers and our words."""
    clean = after.n_affected - after.n_left
    parts = [f"{count(clean, 'example moves', 'examples move')} to the new definitions"]
    if after.n_left:
        parts.append(f"{after.n_left:,} {'is' if after.n_left == 1 else 'are'} sent back with the finding, for repair")
    if after.n_accepted:
        was, they = ("was", "it") if after.n_accepted == 1 else ("were", "them")
        parts.append(f"{_share(after.n_accepted, after)} {was} accepted, so review sees {they} again")
    if after.n_kept:
        stay = "stays accepted: nothing" if after.n_kept == 1 else "stay accepted: nothing"
        parts.append(f"{_share(after.n_kept, after)} {stay} but the offered definition changes")
    return "; ".join(parts) + ". One undo takes all of it back."


def _share(n: int, after: Impact) -> str:
    """How many of the examples a change touches; where two kinds of them were told before, it says of which."""
    if n == after.n_affected:
        return "all of them"
    return f"{n:,} of all {after.n_affected:,}" if after.n_left else f"{n:,} of them"


def _draw_buttons(project: ProjectView, n: int, after: Impact, *, has_changes: bool) -> None:
    if not after.n_affected:
        if _publish_button(f"Publish v{n}", is_open=has_changes):
            _publish_alone(project)
        return
    what = count(after.n_affected, "example")
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        if has_changes:
            leave = st.button(
                _leaving(after.n_broken),  # safe: our words and a number
                key="publish.leave",
                type="tertiary",
                help="They keep their definitions; what the change breaks waits for repair, outside new versions.",
            )
            if leave:
                _publish(project, after, is_leaving=True)
        if _publish_button(f"Publish v{n} and move {what}" if has_changes else f"Move {what} to v{n}", is_open=True):
            _publish(project, after, is_leaving=False)


def _leaving(n_broken: int) -> str:
    """What publishing without moving anything does, with the number it does it to."""
    if not n_broken:
        return "Publish and leave the examples"
    return f"Publish, move none; {n_broken:,} {'waits' if n_broken == 1 else 'wait'} for repair"


def _publish_button(label: str, *, is_open: bool) -> bool:
    pressed = st.button(
        label,  # safe: a verb of ours and numbers
        key="publish.yes",
        type="primary",
        icon=":material/publish:",
        disabled=not is_open,
    )
    return bool(pressed)


def _publish_alone(project: ProjectView) -> None:
    with errors_shown():
        ws = workspace()
        published = cataloguing.publish(ws, local_actor(ws), project.id, nonce=NONCE.get())
        HELD.set(f"published {NONCE.get()}")
        NOTICE.set(f"Catalogue v{published.n} is published with {count(len(published.tools), 'tool')}")
        st.rerun()


def _publish(project: ProjectView, seen: Impact, *, is_leaving: bool) -> None:
    ws, place = workspace(), st.empty()

    def tell(done: int, of: int) -> None:
        place.progress(done / max(of, 1), f"{done:,} of {of:,} examples are ready")  # safe: numbers

    with errors_shown():
        report = migrating.move_examples(
            ws,
            local_actor(ws),
            project.id,
            steps=seen.steps,
            digest=seen.digest,
            is_leaving=is_leaving,
            progress=tell,
            nonce=NONCE.get(),
        )
        HELD.set(f"published {NONCE.get()}")
        remember_move(report)
        NOTICE.set(_told(report))
        st.rerun()


def _told(report: MoveReport) -> str:
    """What came of it, as a notice; numbers and our words."""
    parts = [f"Catalogue v{report.catalogue_n} is published"]
    if report.n_moved:
        parts.append(f"{count(report.n_moved, 'example')} moved")
    if report.n_accepted:
        parts.append(f"{report.n_accepted:,} of them still accepted")
    if report.n_quarantined:
        parts.append(f"{report.n_quarantined:,} {'waits' if report.n_quarantined == 1 else 'wait'} for repair")
    if report.n_passed_over:
        parts.append(f"{report.n_passed_over:,} changed meanwhile and are still behind")
    return ", ".join(parts)


def _has_errors(view: ToolView, target: str | None) -> bool:
    return any(one.severity is Severity.ERROR for one in cataloguing.lint_tool(view.tool, target))
