"""The place Examples: every example of a project in one grid, narrowed, selected, and changed many at once."""

from __future__ import annotations

import msgspec
import streamlit as st

from curation.model.filters import ExampleFilter, Special
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import browsing
from curation.services.browsing import Counted, ExamplePage
from curation.services.filter_choices import Choices
from curation.services.workspace import Workspace
from ui import change_many, keys, list_filter
from ui.example_grid import PAGE, draw_grid, draw_paging, position, selected
from ui.example_queues import draw_views
from ui.layout import empty_card, keys_button, page_head
from ui.list_filter import current, in_words, place, put
from ui.popovers import popover
from ui.queues import IN_WORK, REVIEWING, WRITING
from ui.rail import reveal
from ui.rail_tabs import TAB, open_special
from ui.state import Slot
from ui.text import count

_JUDGED = (Special.SECOND_LOOK, Special.DIFFER)
"""Lists that are worked down on Review."""
PANEL_COLUMNS = [11, 5]
_GO: Slot[str] = Slot("examples.go", "")
"""The page that a callback wants to be opened."""


def example_desk(ws: Workspace, actor: Actor, project_id: str) -> None:
    """Head, filter, grid, the panel where it is open, and the bar with what can be done."""
    if goal := _GO.take():
        st.switch_page(f"../pages/{goal}.py")
    wanted = current(PAGE)
    after, _ = place(PAGE)
    found = browsing.list_filtered(ws, project_id, wanted, after=after)
    counted = browsing.count_filtered(ws, project_id, wanted)
    with page_head("Examples", position(found, counted)):
        draw_views(ws, actor, project_id)
        with popover("Filter", key="examples.filter", opens=keys.FILTER, icon=":material/filter_list:"):
            choices = list_filter.draw_fields(ws, project_id, PAGE)
        keys_button(PAGE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width=320):
            list_filter.draw_search(PAGE)
        list_filter.draw_line(ws, PAGE, choices)
    list_filter.draw_unindexed(ws, project_id, PAGE)
    if change_many.OPEN.get():
        left, right = st.columns(PANEL_COLUMNS, gap="medium")
        with left:
            _draw_rows(ws, project_id, found, choices)
        with right:
            change_many.draw_panel(ws, actor, project_id, found, counted, choices)
    else:
        _draw_rows(ws, project_id, found, choices)
    _draw_bar(ws, actor, project_id, found)
    change_many.place_cursor()


def _draw_rows(ws: Workspace, project_id: str, found: ExamplePage, choices: Choices) -> None:
    if found.rows:
        draw_grid(found)
        return
    _draw_empty(ws, project_id, choices)


def _draw_empty(ws: Workspace, project_id: str, choices: Choices) -> None:
    """Why nothing is here, and the one thing to drop or to do."""
    wanted = current(PAGE)
    if wanted == ExampleFilter():
        with empty_card():
            st.header("No examples yet", anchor=False)
            st.markdown("An example is a conversation that teaches a model when to call a tool, and how.")
            with st.container(horizontal=True, gap="small"):
                if st.button("Write an example", key="examples.write", type="primary", icon=":material/edit_note:"):
                    st.switch_page("../pages/write.py")
                if st.button("Import a file", key="examples.import", icon=":material/upload:"):
                    st.switch_page("../pages/import.py")
        return
    parts = in_words(ws, wanted, choices)
    queue = list_filter.queue_words(wanted)
    st.header("Nothing fits", anchor=False)
    if not parts:
        st.caption(f"No example is {queue} now.")  # safe: names of states
        return
    where = f" among what is {queue}" if queue else ""
    st.caption(f"No example{where} fits all of this at once.")  # safe: names of states
    plain_filter = ExampleFilter()
    wider = {
        said: msgspec.structs.replace(wanted, **{part: getattr(plain_filter, part)}) for part, said in parts.items()
    }
    if queue:
        wider["the queue"] = msgspec.structs.replace(wanted, states=(), special=None)
    counted = {said: browsing.count_filtered(ws, project_id, one) for said, one in wider.items()}
    helpful = [said for said, n in counted.items() if n.n]
    for at, said in enumerate(helpful):
        st.button(
            f"Without {said}: {_say(counted[said])}",  # safe: in_words is made by plain()
            key=f"examples.drop.{at}",
            type="tertiary",
            icon=":material/filter_alt_off:",
            on_click=put,
            args=(PAGE, wider[said]),
        )
    if not helpful:
        st.caption("No single part is to blame: clear the filter above.")


def _say(n: Counted) -> str:
    return count(n.n, "example") if n.is_exact else f"more than {count(n.n, 'example')}"


def _draw_bar(ws: Workspace, actor: Actor, project_id: str, found: ExamplePage) -> None:
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if selected() and found.rows:
            st.caption(f"{len(selected())} selected", width="content")
        draw_paging(ws, project_id, found)
        st.space("stretch")
        change_many.draw_undo(ws, actor, project_id)
        if not found.rows:
            return
        st.button(
            "Work down these",
            key="examples.work",
            icon=":material/arrow_forward:",
            on_click=_work_down,
            args=(selected()[0] if selected() else found.rows[0].id,),
        )
        if not change_many.OPEN.get():
            st.button(
                "Change many",
                key=change_many.BUTTON,
                type="primary",
                icon=":material/done_all:",
                shortcut=keys.CHANGE_MANY.shortcut,
                on_click=change_many.turn,
                kwargs={"is_open": True},
            )


def _work_down(example_id: str) -> None:
    """Callback: the same filter in the rail of Write or Review, at the selected example."""
    wanted = current(PAGE)
    rail = REVIEWING if wanted.states == (ExampleState.SUBMITTED,) or wanted.special in _JUDGED else WRITING
    put(rail.page, msgspec.structs.replace(wanted, states=(), special=None))
    rail.chosen.set(example_id)
    if wanted.special is not None:
        open_special(rail, wanted.special)
    elif wanted.states or rail is REVIEWING:
        reveal(rail.page)
    else:
        TAB.of(rail.page).set(IN_WORK)
    _GO.set(rail.page)
