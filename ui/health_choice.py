"""One figure chosen among many: open the examples behind it, write one, or order what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import streamlit as st

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from curation.model.traits import OPENS, Trait, parse_trait
from curation.services import beginning, ordering
from curation.services.ordering import Ordered
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.trait_words import say_trait
from ui.errors import errors_shown
from ui.list_links import number_button
from ui.order_prefill import USUAL, open_with
from ui.session import workspace
from ui.state import EXAMPLE, NOTICE, Act, Slot, ask
from ui.text import count, plain, show_unseen

ORDER_SIZE = 5
CELL: Slot[tuple[str, str]] = Slot("health.cell", ("", ""))
"""The chosen (tool, category) of the map."""
_CHOSEN: Slot[str] = Slot("health.figure", "")
"""The address of the figure chosen in a card."""
BARREN: Slot[tuple[str, ...]] = Slot("health.barren", ())
"""What people are asked to write, as nothing drafts it; it is proposed last."""
COMING: Slot[tuple[str, ...]] = Slot("health.coming", ())
"""What an order under way brings; it is proposed last too, so that the same key does not order it twice."""
BY_OTHERS = frozenset({"opening", "place", "turns", "first_call"})
"""Figures of which more is no remedy: they open their examples and are not ordered."""


def note_later(asked: Iterable[Trait], coming: Iterable[Trait]) -> None:
    """Keep for this run what is proposed last."""
    BARREN.set(tuple(one.address for one in asked))
    COMING.set(tuple(one.address for one in coming))


def draw_choice(
    card: str, label: str, figures: Sequence[tuple[Trait, int]], states: tuple[ExampleState, ...] = ()
) -> None:
    """A list of the figures of a card, those to be filled first, and what can be done about the chosen one."""
    if not figures:
        return
    later = (*BARREN.get(), *COMING.get())
    counted = {one.address: n for one, n in sorted(figures, key=lambda one: (one[0].address in later, one[1]))}
    slot = _CHOSEN.of(card)
    chosen = slot.get() if slot.get() in counted else next(iter(counted))
    key = f"health.{card}.figure"
    # The labels carry no counts: a list knows its rows by what they say, and a count changes with every order.
    st.session_state[key] = chosen
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            label,  # safe: our own words
            list(counted),
            key=key,
            format_func=lambda one: show_unseen(say_trait(parse_trait(one))),
            on_change=lambda: slot.set(st.session_state[key]),
        )
        draw_acts(parse_trait(chosen), counted[chosen], card, states)


def draw_acts(one: Trait, n: int, card: str, states: tuple[ExampleState, ...] = ()) -> None:
    """Show what is there, write one, order some."""
    if n and one.kind in OPENS:
        wanted = ExampleFilter(trait=one.address, states=states)
        number_button(f"Show {n:,}", wanted, key=f"health.{card}.show", icon=":material/chevron_right:")
    if one.kind in BY_OTHERS:
        return
    st.button(
        "Write one",
        key=f"health.{card}.write",
        type="tertiary",
        icon=":material/edit_note:",
        on_click=partial(ask, "write", one.address, page="health"),
    )
    order_button(one, ORDER_SIZE, key=f"health.{card}.order")
    more_button(one, key=f"health.{card}.more")


def order_button(one: Trait, n: int, *, key: str, shortcut: str | None = None, is_filled: bool = False) -> None:
    """Drafts what is missing, or asks people to write it."""
    st.button(
        f"Order {n}",
        key=key,
        type="primary" if is_filled else "secondary",
        icon=":material/auto_awesome:",
        shortcut=shortcut,
        help=f"Orders {n} candidates that show {plain(say_trait(one), 60)}; a person still accepts each. "
        "What cannot be drafted goes on the writing list.",
        on_click=partial(ask, "order", one.address, str(n), page="health"),
    )


def more_button(one: Trait, *, key: str) -> None:
    """The way to an order of any size, filled in with this; nothing where an order has no word for it."""
    cell = ordering.cell_of(one, USUAL)
    if cell is not None and st.button(
        "Order more …",
        key=key,
        type="tertiary",
        icon=":material/chevron_right:",
        icon_position="right",
        help="Opens Orders with exactly this in the form",
    ):
        open_with(cell, one)


def order_wanted(project: ProjectView, act: Act) -> None:
    """Order what was asked for, or put it on the writing list where nothing drafts it."""
    ws = workspace()
    wanted = parse_trait(act.at)
    with errors_shown():
        done = ordering.order(ws, local_actor(ws), project.id, wanted, int(act.value), nonce=act.nonce)
        # The next proposal is the emptiest cell again, so that the same key does not fill this one twice.
        CELL.clear()
        NOTICE.set(_say(done, wanted, int(act.value)))
        st.rerun()


def write_wanted(project: ProjectView, act: Act) -> None:
    """Begin a conversation that is to show something, and go to it."""
    ws = workspace()
    with errors_shown():
        wanted = parse_trait(act.at)
        begun = beginning.begin_showing(ws, local_actor(ws), project.id, wanted, nonce=act.nonce)
        EXAMPLE.set(begun.id)
        st.switch_page("../pages/write.py")


def _say(done: Ordered, wanted: Trait, n: int) -> str:
    """What a press led to."""
    shown = plain(say_trait(wanted), 60)
    if done.task is not None:
        return f"Offline nothing drafts this; {count(done.task.n_left, 'example')} on the writing list: {shown}"
    return f"{count(n, 'candidate')} ordered: {shown}. They come into the queue as soon as they are made"
