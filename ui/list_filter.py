"""What a page's list is narrowed to: kept in the address, changed by fields, said in one line, cleared by one key."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
import streamlit as st

from curation.model.filters import ExampleFilter, Level, Special, Use
from curation.model.traits import parse_trait
from curation.model.transitions import words as state_words
from curation.services import filter_choices
from curation.services.filter_choices import Choices
from curation.services.filtering import NAMES, read_address, write_address
from curation.services.search_indexing import MOST_COUNTED, count_unindexed
from curation.services.trait_words import say_trait
from curation.services.workspace import Workspace
from ui import keys
from ui.state import Slot
from ui.text import count, plain

PAGES = ("examples", "write", "review")
"""Pages whose address holds a filter."""
_FILTER: Slot[dict[str, str]] = Slot("filter", {})
"""The filter as its address; small words, no domain object."""
_PLACE: Slot[dict[str, str]] = Slot("filter.place", {})
"""Where a list of pages stands: `after` (a row's number) and `from` (the first row's place)."""
AFTER, FROM = "after", "from"
_OVERWRITTEN: Slot[tuple[object, float]] = Slot("filter.overwritten", (None, 0.0))
"""What stood in a field before the page put something else there, and when."""
ECHO_S = 1.0
"""For so long a browser may still report what stood in a field: it sends every field along with a press elsewhere."""
LEVELS = {Level.ERROR.value: "with errors", Level.WARNING.value: "with warnings", Level.CLEAN.value: "without findings"}
SPECIALS = {
    Special.REPAIR: "to repair",
    Special.SECOND_LOOK: "second look",
    Special.DIFFER: "judged differently",
}
WORDS = {
    "category": "category",
    "tool": "tool",
    "rule": "finding",
    "level": "",
    "tag": "tag",
    "author": "by",
    "origin": "from",
    "split": "split",
    "search": "text",
    "batch": "came with",
    "trait": "shows",
    "alike": "",
    "longer": "longer than",
}
ALIKE = {"family": "nearly the same", "same": "the same but for ids", "request": "the same request, other calls"}
"""Part of a filter → how the line about it begins."""


def current(page: str) -> ExampleFilter:
    """What the list of a page is narrowed to."""
    return read_address(_FILTER.of(page).get()).filter


def put(page: str, wanted: ExampleFilter) -> None:
    """Narrow a list anew; it begins at its first page."""
    _FILTER.of(page).set(write_address(wanted))
    _PLACE.of(page).clear()


def change(page: str, **parts: Any) -> None:
    """Change some parts and keep the rest."""
    put(page, msgspec.structs.replace(current(page), **parts))


def clear(page: str) -> None:
    """Drop everything but the queue."""
    now = current(page)
    put(page, ExampleFilter(states=now.states, special=now.special))


def is_set(page: str) -> bool:
    """Whether anything but the queue narrows the list."""
    now = current(page)
    return now != ExampleFilter(states=now.states, special=now.special)


def place(page: str) -> tuple[int | None, int]:
    """The number the page of rows begins below, and the place of its first row."""
    kept = _PLACE.of(page).get()
    return (int(kept[AFTER]), int(kept.get(FROM, "1"))) if AFTER in kept else (None, 1)


def put_place(page: str, after: int | None, first: int) -> None:
    """Turn to another page of rows."""
    if after is None:
        _PLACE.of(page).clear()
    else:
        _PLACE.of(page).set({AFTER: str(after), FROM: str(max(first, 1))})


def take_address(page: str, asked: Mapping[str, str]) -> str:
    """Take over what an address says; one paragraph about what in it made no sense, "" otherwise."""
    if page not in PAGES or not asked:
        return ""
    read = read_address(asked)
    _FILTER.of(page).set(write_address(read.filter))
    left_out = list(read.left_out)
    kept = {}
    for name in (AFTER, FROM):
        said = asked.get(name, "")
        if said.isascii() and said.isdigit() and 0 < int(said[:18]) == int(said or "0"):
            kept[name] = said
        elif said:
            left_out.append(
                f"The place {name} cannot be `{said[:40]}`: it is a whole number. The list begins at its top."
            )
    _PLACE.of(page).set(kept if AFTER in kept else {})
    return " ".join(plain(one) for one in left_out)


def address_of(page: str) -> dict[str, str]:
    """What the address of a page says about its list."""
    return {**_FILTER.of(page).get(), **_PLACE.of(page).get()} if page in PAGES else {}


def in_words(ws: Workspace, wanted: ExampleFilter, choices: Choices | None = None) -> dict[str, str]:
    """Part → its words for people, safe; only the parts that are set, without the queue."""
    said = {}
    for part, word in WORDS.items():
        value = getattr(wanted, part)
        if not value:
            continue
        shown = LEVELS.get(str(value), str(value)) if part == "level" else str(value)
        if part == "author" and choices is not None:
            shown = choices.authors.get(shown, shown)
        if part == "category":
            shown = shown.replace("_", "-")
        if part == "tool" and wanted.use is Use.CALLED:
            shown += " called"
        longest = 30
        if part == "trait":
            shown, longest = say_trait(parse_trait(shown)), 80
        if part == "alike":
            shown, longest = ALIKE.get(shown.partition(":")[0], shown), 60
        if part == "batch":
            shown, longest = filter_choices.name_batch(ws, shown), 40
        if part == "longer":
            shown = f"{int(shown.rpartition(':')[2]):,} tokens"
        said[part] = f"{word} {plain(shown, longest)}".strip()
    return said


def queue_words(wanted: ExampleFilter) -> str:
    """The queue in words."""
    if wanted.special is not None:
        return SPECIALS[wanted.special]
    return ", ".join(state_words(one) for one in wanted.states)


def draw_line(ws: Workspace, page: str, choices: Choices | None = None) -> None:
    """What narrows the list, and the key that ends it; nothing where nothing does."""
    if not is_set(page):
        return
    said = " · ".join(in_words(ws, current(page), choices).values())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f":material/filter_alt: {said}", width="content")  # safe: in_words is made by plain()
        st.button(
            "Clear",
            key=f"{page}.filter.clear",
            type="tertiary",
            icon=":material/filter_alt_off:",
            shortcut=keys.CLEAR_FILTER.shortcut,
            on_click=clear,
            args=(page,),
        )


def draw_search(page: str) -> None:
    """The text search; the rest of the filter stays."""
    key = f"{page}.search"
    _show(key, current(page).search)
    st.text_input(
        "Search",
        key=key,
        type="search",
        placeholder="Text or tool",
        label_visibility="collapsed",
        live="250ms",
        on_change=_search,
        args=(page, key),
    )


def draw_unindexed(ws: Workspace, project_id: str, page: str) -> None:
    """While a search cannot find all that came in: how many rows it still leaves out."""
    n = count_unindexed(ws, project_id) if current(page).search else 0
    if n:
        more = "" if n < MOST_COUNTED else " or more"
        st.caption(f"{count(n, 'row')}{more} still to be indexed; the search does not find them yet.")


def _show(key: str, value: object) -> None:
    """Put into a field what the list is narrowed to."""
    stood = st.session_state.get(key)
    if stood == value:
        return
    if stood is not None:
        _OVERWRITTEN.of(key).set((stood, time.monotonic()))
    st.session_state[key] = value


def _is_echo(key: str) -> bool:
    """Whether a field says only what stood there until just now: a filter cleared meanwhile stays cleared."""
    stood, at = _OVERWRITTEN.of(key).get()
    return st.session_state.get(key) == stood and time.monotonic() - at < ECHO_S


def _search(page: str, key: str) -> None:
    if _is_echo(key):
        return
    said = "".join(letter for letter in str(st.session_state.get(key) or "") if letter.isprintable())
    change(page, search=said[:200])


def draw_fields(ws: Workspace, project_id: str, page: str) -> Choices:
    """One field for each thing a list can be narrowed by, in two columns."""
    choices = filter_choices.list_choices(ws, project_id)
    options: dict[str, tuple[str, Mapping[str, str]]] = {
        "category": ("Category", choices.categories),
        "tool": ("Tool", choices.tools),
        "rule": ("Finding", choices.rules),
        "level": ("Severity", LEVELS),
        "tag": ("Tag", choices.tags),
        "author": ("Author", choices.authors),
        "origin": ("Origin", choices.origins),
        "split": ("Split", choices.splits),
    }
    left, right = st.columns(2, gap="small")
    for at, (part, (label, offered)) in enumerate(options.items()):
        with (left, right)[at % 2]:
            _draw_field(page, part, label, offered)
    key = f"{page}.filter.use"
    _show(key, current(page).use is Use.CALLED)
    st.checkbox("The tool is called, not only offered", key=key, on_change=partial(_pick_use, page, key))
    return choices


def _draw_field(page: str, part: str, label: str, offered: Mapping[str, str]) -> None:
    now = str(getattr(current(page), part) or "")
    options = ["", *offered, *([now] if now and now not in offered else [])]
    key = f"{page}.filter.{part}"
    _show(key, now)
    st.selectbox(
        label,  # safe: from the table in draw_fields
        options,
        key=key,
        format_func=lambda one: offered.get(one, one) if one else "any",
        on_change=partial(_pick, page, part, key),
    )


def _pick(page: str, part: str, key: str) -> None:
    if _is_echo(key):
        return
    said = {**_FILTER.of(page).get(), NAMES[part]: str(st.session_state.get(key) or "")}
    put(page, read_address(said).filter)


def _pick_use(page: str, key: str) -> None:
    if not _is_echo(key):
        change(page, use=Use.CALLED if st.session_state.get(key) else Use.OFFERED)
