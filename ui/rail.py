"""The list a person works down: search, tabs (`rail_tabs.py`), fifty rows a page, one row chosen."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import streamlit as st

from curation.model.finding import Severity
from curation.services import browsing
from curation.services.browsing import ExamplePage, ExampleRow
from curation.services.deriving import UNTITLED
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import list_filter
from ui.findings import count_severities
from ui.rail_choice import Badge, Row, draw_choice
from ui.rail_tabs import Rail, Tab, count_tabs, draw_tabs, narrowed, open_one, open_tab_of, open_tab_with_rows
from ui.state import Slot
from ui.text import count, plain

PAGE_ROWS = 50
WRITTEN = "written"
"""Where an example comes from that a person began here."""
_STARTS: Slot[tuple[int, ...]] = Slot("rail.starts", ())
"""The first row's cursor of every page before the one shown."""
_ROWS: Slot[tuple[str, ...]] = Slot("rail.rows", ())
"""The ids shown, in order."""
_OLDER: Slot[int] = Slot("rail.older", 0)
"""The cursor of the page behind the one shown, 0 at the end."""
_REVEAL: Slot[bool] = Slot("rail.reveal", False)
"""Whether the tab that holds the chosen example is to be opened."""
_AWAY: Slot[bool] = Slot("rail.away", False)
"""Whether a callback asked for the place Examples."""
_SEEN: Slot[tuple[object, ...]] = Slot("rail.seen", ())
"""What the chosen row said when it was drawn."""


def draw_rail(ws: Workspace, project_id: str, rail: Rail) -> str:
    """Draw the rail (inside `st.sidebar`); returns the id of the chosen example, "" when there is none."""
    _draw_search(rail)
    list_filter.draw_unindexed(ws, project_id, rail.page)
    list_filter.draw_line(ws, rail.page)
    if _REVEAL.of(rail.page).take():
        open_tab_of(ws, rail)
    counts = count_tabs(ws, project_id, rail)
    if list_filter.is_set(rail.page) and not rail.chosen.get():
        open_tab_with_rows(rail, counts)
    tab = draw_tabs(rail, counts)
    page = _load(ws, project_id, rail, tab)
    _ROWS.of(rail.page).set(tuple(row.id for row in page.rows))
    _OLDER.of(rail.page).set(page.next_after or 0)
    chosen = _draw_rows(rail, page.rows)
    _draw_paging(rail, tab, page.next_after)
    return chosen


def _draw_search(rail: Rail) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        list_filter.draw_search(rail.page)
        st.button(
            "",
            key=f"{rail.page}.filter",
            type="tertiary",
            icon=":material/filter_list:",
            help="Filter in Examples",
            on_click=_filter_in_examples,
            args=(rail,),
        )
    if _AWAY.of(rail.page).take():
        st.switch_page("../pages/examples.py")


def _filter_in_examples(rail: Rail) -> None:
    """Callback: the open tab and its filter in the place that has a field for each part."""
    tab = open_one(rail)
    wanted = msgspec.structs.replace(list_filter.current(rail.page), states=tab.states, special=tab.special)
    list_filter.put("examples", wanted)
    _AWAY.of(rail.page).set(value=True)


def shown(page: str) -> tuple[str, ...]:
    """The ids the list holds as it was drawn, in order."""
    return _ROWS.of(page).get()


def reveal(page: str) -> None:
    """Open the tab that holds the chosen example when the rail is drawn next."""
    _REVEAL.of(page).set(value=True)


def turn_on(rail: Rail) -> bool:
    """Turn to the page behind the one shown; False where that is the last."""
    after = _OLDER.of(rail.page).get()
    if after:
        _turn_on(_starts(rail, open_one(rail)), after)
    return bool(after)


def turn_to_first(rail: Rail) -> bool:
    """Turn to the first page; False where it is shown."""
    slot = _starts(rail, open_one(rail))
    was_turned = bool(slot.get())
    slot.clear()
    return was_turned


def _starts(rail: Rail, tab: Tab) -> Slot[tuple[int, ...]]:
    """The pages turned so far, of this tab under this filter."""
    said = "&".join(f"{name}={value}" for name, value in list_filter.address_of(rail.page).items())
    return _STARTS.of(f"{rail.page}.{tab.word}.{said}")


def _load(ws: Workspace, project_id: str, rail: Rail, tab: Tab) -> ExamplePage:
    starts = _starts(rail, tab).get()
    after = starts[-1] if starts else None
    return browsing.list_filtered(ws, project_id, narrowed(rail, tab), after=after, limit=PAGE_ROWS)


def _draw_rows(rail: Rail, rows: Sequence[ExampleRow]) -> str:
    ids = [row.id for row in rows]
    wanted = rail.chosen.get()
    if not rows:
        empty = "Nothing here fits the filter above." if list_filter.is_set(rail.page) else rail.empty
        st.caption(plain(empty))
        return wanted
    if wanted not in ids and not wanted:
        wanted = ids[0]
    by_id = {row.id: row for row in rows}
    _SEEN.of(rail.page).set(_said(by_id[wanted]) if wanted in by_id else ())
    draw_choice(rail.heading, [_row(row) for row in rows], key=f"{rail.page}.rows", kept=rail.chosen, shown=wanted)
    return wanted


def _row(row: ExampleRow) -> Row:
    kinds = ", ".join(one.replace("_", "-") for one in row.categories) or "no turns yet"
    return Row(row.id, row.title, note=f"#{row.number:,} · {kinds}", badges=_badges(row))


def _badges(row: ExampleRow) -> tuple[Badge, ...]:
    """The worst of what the checks found; a draft that somebody has only just begun is not at fault yet."""
    if row.head_rev == 1 and row.origin == WRITTEN and row.title == UNTITLED:
        return ()
    if row.n_error:
        return (Badge(f"{row.n_error:,}", "red", "error", count(row.n_error, "error")),)
    if row.n_warning:
        return (Badge(f"{row.n_warning:,}", "orange", "warning", count(row.n_warning, "warning")),)
    return ()


def _draw_paging(rail: Rail, tab: Tab, next_after: object) -> None:
    slot = _starts(rail, tab)
    starts = slot.get()
    if not starts and next_after is None:
        return
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Newer", key=f"{rail.page}.newer", type="tertiary", disabled=not starts, on_click=_turn_back, args=(slot,)
        )
        st.button(
            "Older",
            key=f"{rail.page}.older",
            type="tertiary",
            disabled=next_after is None,
            on_click=_turn_on,
            args=(slot, next_after),
        )


def _turn_on(slot: Slot[tuple[int, ...]], after: int) -> None:
    slot.set((*slot.get(), after))


def _turn_back(slot: Slot[tuple[int, ...]]) -> None:
    slot.set(slot.get()[:-1])


def _said(row: ExampleRow) -> tuple[object, ...]:
    return (row.id, row.title, row.categories, row.n_error, row.n_warning)


def is_outdated(page: str, view: ExampleView) -> bool:
    """Whether the chosen row says something else than the example does now."""
    counted = count_severities(view.judged)
    now = (view.id, view.title, view.categories, counted[Severity.ERROR], counted[Severity.WARNING])
    seen = _SEEN.of(page).get()
    return bool(seen) and seen[0] == view.id and seen != now


def step(page: str, chosen: Slot[str], by: int) -> None:
    """Callback of Next and Back: the neighbour in the list as it is shown."""
    ids = _ROWS.of(page).get()
    if not ids:
        return
    at = ids.index(chosen.get()) if chosen.get() in ids else -1 if by > 0 else len(ids)
    chosen.set(ids[max(0, min(len(ids) - 1, at + by))])


def following(page: str, example_id: str) -> str:
    """The example after this one in the list as it is shown, "" at its end."""
    ids = _ROWS.of(page).get()
    at = ids.index(example_id) if example_id in ids else -1
    left = [one for one in ids[at + 1 :] + ids[: max(at, 0)] if one != example_id]
    return left[0] if left else ""
