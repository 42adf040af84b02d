"""The list a person works down: tabs with counts, search, fifty rows a page, one row chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import streamlit as st

from curation.model.filters import ExampleFilter, Special
from curation.model.finding import Severity
from curation.model.states import ExampleState
from curation.services import browsing, writing
from curation.services.browsing import Counted, ExamplePage, ExampleRow
from curation.services.deriving import UNTITLED
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import list_filter
from ui.findings import count_severities
from ui.rail_choice import Badge, Row, draw_choice
from ui.state import Slot
from ui.tabs import tab_label
from ui.text import count, plain

PAGE_ROWS = 50
WRITTEN = "written"
"""Where an example comes from that a person began here."""
COUNTING_S = 0.02
"""A tab under a filter is counted no longer than this."""


@dataclass(frozen=True)
class Tab:
    """One tab of a rail: its word and the states it lists."""

    word: str
    states: tuple[ExampleState, ...] = ()
    special: Special | None = None
    """A list that is no state, such as what a change of a tool broke."""


@dataclass(frozen=True)
class Rail:
    """What a page lists in the sidebar."""

    page: str
    heading: str
    tabs: tuple[Tab, ...]
    chosen: Slot[str]
    empty: str
    """One sentence for an empty tab."""


_STARTS: Slot[tuple[int, ...]] = Slot("rail.starts", ())
"""The first row's cursor of every page before the one shown."""
TAB: Slot[str] = Slot("rail.tab", "")
_ROWS: Slot[tuple[str, ...]] = Slot("rail.rows", ())
"""The ids shown, in order."""
_LEFT: Slot[int] = Slot("rail.left", 0)
_REVEAL: Slot[bool] = Slot("rail.reveal", False)
"""Whether the tab that holds the chosen example is to be opened."""
_AWAY: Slot[bool] = Slot("rail.away", False)
"""Whether a callback asked for the place Examples."""
_SEEN: Slot[tuple[object, ...]] = Slot("rail.seen", ())
"""What the chosen row said when it was drawn."""


def draw_rail(ws: Workspace, project_id: str, rail: Rail) -> str:
    """Draw the rail (inside `st.sidebar`); returns the id of the chosen example, "" when there is none."""
    _draw_search(rail)
    list_filter.draw_line(rail.page)
    if _REVEAL.of(rail.page).take():
        _open_tab_of(ws, rail)
    counts = _count_tabs(ws, project_id, rail)
    if list_filter.is_set(rail.page) and not rail.chosen.get():
        _open_tab_with_rows(rail, counts)
    tab = _draw_tabs(rail, counts)
    page = _load(ws, project_id, rail, tab)
    _ROWS.of(rail.page).set(tuple(row.id for row in page.rows))
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
    tab = _open_one(rail)
    wanted = msgspec.structs.replace(list_filter.current(rail.page), states=tab.states, special=tab.special)
    list_filter.put("examples", wanted)
    _AWAY.of(rail.page).set(value=True)


def narrowed(rail_page: str, tab: Tab) -> ExampleFilter:
    """What a tab lists under the page's filter; the tab itself says which states."""
    wanted = list_filter.current(rail_page)
    return msgspec.structs.replace(wanted, states=tab.states, special=tab.special or wanted.special)


def _count_tabs(ws: Workspace, project_id: str, rail: Rail) -> dict[str, Counted]:
    """Word of a tab → how many it lists."""
    queues = browsing.count_queues(ws, project_id)
    counted = {}
    for tab in rail.tabs:
        n = (
            sum(queues.states.get(one, 0) for one in tab.states)
            if tab.special is None
            else queues.specials[tab.special]
        )
        counted[tab.word] = Counted(n, is_exact=True)
        if n and list_filter.is_set(rail.page):
            counted[tab.word] = browsing.count_filtered(ws, project_id, narrowed(rail.page, tab), budget_s=COUNTING_S)
    return counted


def _shown_tabs(rail: Rail, counts: dict[str, Counted]) -> tuple[Tab, ...]:
    """A list that is no state shows only while it holds something."""
    open_word = TAB.of(rail.page).get()
    return tuple(tab for tab in rail.tabs if tab.special is None or counts[tab.word].n or tab.word == open_word)


def _open_tab_with_rows(rail: Rail, counts: dict[str, Counted]) -> None:
    """A list opened from elsewhere begins where it holds something."""
    if not counts[_open_one(rail).word].n:
        word = next((tab.word for tab in rail.tabs if counts[tab.word].n), "")
        if word:
            TAB.of(rail.page).set(word)


def _open_one(rail: Rail) -> Tab:
    return next((tab for tab in rail.tabs if tab.word == TAB.of(rail.page).get()), rail.tabs[0])


def _draw_tabs(rail: Rail, counts: dict[str, Counted]) -> Tab:
    """The open tab is kept by its word: the labels change with the counts in them."""
    tabs = _shown_tabs(rail, counts)
    labels = [tab_label(f"{tab.word} {_say(counts[tab.word])}") for tab in tabs]
    open_at = tabs.index(_open_one(rail))
    key = f"{rail.page}.tab"
    st.session_state[key] = labels[open_at]
    words = {label: tab.word for label, tab in zip(labels, tabs, strict=True)}
    st.tabs(labels, key=key, on_change=_open_tab, args=(key, rail, words))
    _LEFT.of(rail.page).set(counts[tabs[open_at].word].n)
    return tabs[open_at]


def _say(counted: Counted) -> str:
    return f"{counted.n:,}" if counted.is_exact else f"{counted.n:,}+"


def _open_tab(key: str, rail: Rail, words: dict[str, str]) -> None:
    """Another tab opens its first row: a decision is about what the list in sight holds."""
    word = words.get(str(st.session_state.get(key) or ""))
    if word and word != TAB.of(rail.page).get():
        TAB.of(rail.page).set(word)
        rail.chosen.clear()


def shown(page: str) -> tuple[str, ...]:
    """The ids the list holds as it was drawn, in order."""
    return _ROWS.of(page).get()


def n_left(page: str) -> int:
    """How many examples the open tab held when it was drawn."""
    return _LEFT.of(page).get()


def reveal(page: str) -> None:
    """Open the tab that holds the chosen example when the rail is drawn next."""
    _REVEAL.of(page).set(value=True)


def open_special(rail: Rail, special: Special) -> None:
    """Open the tab of a list that is no state."""
    word = next((tab.word for tab in rail.tabs if tab.special is special), "")
    if word:
        TAB.of(rail.page).set(word)


def _open_tab_of(ws: Workspace, rail: Rail) -> None:
    """An example that was put away stands in no tab; the open one stays."""
    if not rail.chosen.get():
        return
    now = writing.open_example(ws, rail.chosen.get()).state
    for tab in rail.tabs:
        if now in tab.states:
            TAB.of(rail.page).set(tab.word)


def _starts(rail: Rail, tab: Tab) -> Slot[tuple[int, ...]]:
    """The pages turned so far, of this tab under this filter."""
    said = "&".join(f"{name}={value}" for name, value in list_filter.address_of(rail.page).items())
    return _STARTS.of(f"{rail.page}.{tab.word}.{said}")


def _load(ws: Workspace, project_id: str, rail: Rail, tab: Tab) -> ExamplePage:
    starts = _starts(rail, tab).get()
    after = starts[-1] if starts else None
    return browsing.list_filtered(ws, project_id, narrowed(rail.page, tab), after=after, limit=PAGE_ROWS)


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
