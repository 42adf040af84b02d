"""The grid of examples: fifty rows, any of them selected by mouse or keyboard, and the way through the pages."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from curation.model.transitions import words as state_words
from curation.services import browsing
from curation.services.browsing import Counted, ExamplePage, ExampleRow
from curation.services.workspace import Workspace
from ui import list_filter
from ui.grid_columns import choose_columns, room, watch_room
from ui.list_filter import place, put_place
from ui.moments import ago
from ui.state import Slot
from ui.text import count

PAGE = "examples"
ROWS = browsing.PAGE
_SELECTED: Slot[tuple[str, ...]] = Slot("examples.selected", ())
"""Ids of the selected rows of the page in sight."""
ROW_PX, ROWS_IN_SIGHT = 31, 18
_WIDTHS = {
    "#": 60,
    "Begins with": 0,
    "State": 128,
    "Shape": 104,
    "Found": 134,
    "Author": 76,
    "Origin": 86,
    "Changed": 86,
}
_NEEDED, _WANTED = ("#", "State", "Found"), ("Shape", "Changed", "Author", "Origin")


def selected() -> tuple[str, ...]:
    """The examples selected in the page of rows that is in sight."""
    return _SELECTED.get()


def draw_grid(found: ExamplePage) -> None:
    """Draw one page of rows; a selection belongs to this page alone."""
    ids = [row.id for row in found.rows]
    table = pd.DataFrame(
        {
            "#": [row.number for row in found.rows],
            "Begins with": [row.title for row in found.rows],
            "State": [state_words(row.state) for row in found.rows],
            "Shape": [", ".join(one.replace("_", "-") for one in row.categories) for row in found.rows],
            "Found": [_found(row) for row in found.rows],
            "Author": [row.author for row in found.rows],
            "Origin": [row.origin for row in found.rows],
            "Changed": [ago(row.updated_at) for row in found.rows],
        }
    )
    # Positions mean this page of rows: another one is another grid.
    key = f"examples.grid.{_digest(ids)}"
    columns = choose_columns(_WIDTHS, "Begins with", room(), _NEEDED, _WANTED)
    picked = st.dataframe(
        table,
        key=key,
        hide_index=True,
        height=ROW_PX * (min(len(ids), ROWS_IN_SIGHT) + 1) + 3,
        on_select="rerun",
        selection_mode="multi-row",
        # The others are there still: the grid's own menu of columns shows them.
        column_order=list(columns),
        column_config={name: _column(name, px) for name, px in columns.items()},
        alt=f"{len(ids)} examples; Shift+Space selects the row with the cursor",
    )
    watch_room(key)
    rows = picked["selection"]["rows"] if picked else []
    _SELECTED.set(tuple(ids[at] for at in rows if at < len(ids)))


def _column(name: str, width: int) -> ColumnConfig:
    if name == "#":
        return st.column_config.NumberColumn(width=width, format="%d")
    return st.column_config.TextColumn(width=width)


def _found(row: ExampleRow) -> str:
    said = [count(n, word) for n, word in ((row.n_error, "error"), (row.n_warning, "warning")) if n]
    return ", ".join(said)


def _digest(ids: list[str]) -> str:
    return hashlib.sha256("".join(ids).encode()).hexdigest()[:12]


def position(found: ExamplePage, counted: Counted) -> str:
    """Where the page of rows stands: "51–100 of 12,403"."""
    if not found.rows:
        return "0 examples"
    _, first = place(PAGE)
    last = first + len(found.rows) - 1
    if counted.is_exact and last <= counted.n:
        return f"{first:,}–{last:,} of {counted.n:,}"
    more = max(counted.n, last) if found.next_after or counted.n > last else last
    return f"{first:,}–{last:,} of more than {more:,}" if more > last or found.next_after else f"{first:,}–{last:,}"


def draw_paging(ws: Workspace, project_id: str, found: ExamplePage) -> None:
    """Newer and Older; nothing where everything is in sight."""
    after, _ = place(PAGE)
    if after is None and found.next_after is None:
        return
    st.button(
        "Newer",
        key="examples.newer",
        type="tertiary",
        icon=":material/chevron_left:",
        disabled=after is None,
        on_click=_turn_back,
        args=(ws, project_id, found.rows[0].number if found.rows else 0),
    )
    st.button(
        "Older",
        key="examples.older",
        type="tertiary",
        icon=":material/chevron_right:",
        icon_position="right",
        disabled=found.next_after is None,
        on_click=_turn_on,
        args=(found.next_after,),
    )


def _turn_on(next_after: int | None) -> None:
    put_place(PAGE, next_after, place(PAGE)[1] + ROWS)


def _turn_back(ws: Workspace, project_id: str, first: int) -> None:
    before = browsing.find_page_before(ws, project_id, list_filter.current(PAGE), first)
    put_place(PAGE, before, place(PAGE)[1] - ROWS)
