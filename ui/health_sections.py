"""What stands folded below the map: recoveries and hard cases, how requests read, who wrote, and what repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from curation.model.example import HARD_CASES, RECOVERY_KINDS
from curation.model.filters import ExampleFilter, Use
from curation.model.states import ExampleState
from curation.model.traits import Trait, trait
from curation.model.transitions import words as state_words
from curation.services.health import Health
from curation.services.trait_words import PLACE_WORDS, plain_name
from ui.charts import draw_kept
from ui.health_charts import bars
from ui.health_choice import draw_choice
from ui.list_links import number_button
from ui.text import count

MOST_BARS = 8
SHOWN = 5


def _filled(counted: Mapping[str, int], known: tuple[str, ...]) -> dict[str, int]:
    """With a nought for everything known that nobody has shown."""
    return {**dict.fromkeys(known, 0), **counted}


def _bars(key: str, what: str, counted: Mapping[str, int]) -> None:
    shown = {plain_name(name): n for name, n in list(counted.items())[:MOST_BARS]}
    told = ", ".join(f"{name} {n:,}" for name, n in shown.items())
    draw_kept(bars, tuple(shown.items()), key=f"health.{key}", alt_text=f"{what}: {told}")


def draw_recoveries(measured: Health, states: tuple[ExampleState, ...]) -> None:
    """What comes after a failed call, and the hard cases."""
    left, right = st.columns(2, gap="medium")
    with left:
        recoveries = _filled(measured.recoveries, RECOVERY_KINDS)
        st.markdown("**After a failed call**")
        _bars("recoveries", "Kinds of recovery", recoveries)
        draw_choice("recovery", "Kind", [(trait("recovery", name), n) for name, n in recoveries.items()], states)
    with right:
        cases = {name: measured.hard_cases.get(name, 0) for name in HARD_CASES}
        st.markdown("**Hard cases**")
        _bars("cases", "Hard cases", cases)
        _draw_case(cases, states)


def _draw_case(cases: Mapping[str, int], states: tuple[ExampleState, ...]) -> None:
    draw_choice("tag", "Case", [(trait("tag", name), n) for name, n in cases.items()], states)
    with st.container(horizontal=True, gap="small"):
        for name, n in cases.items():
            if n:
                wanted = ExampleFilter(tag=name, states=states)
                number_button(f"{plain_name(name)} {n:,}", wanted, key=f"health.case.{name}")


def draw_reading(measured: Health, states: tuple[ExampleState, ...]) -> None:
    """Languages, first words, turns, and what gives the right call away."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Languages**")
        _bars("languages", "Languages of the requests", measured.languages)
        _choice("language", "Language", measured.languages, states)
        st.markdown("**Turns**")
        turns = dict(sorted(measured.turns.items(), key=lambda one: (len(one[0]), one[0])))
        _bars("turns", "Rows by number of turns", turns)
        _choice("turns", "Turns", turns, states)
    with right:
        st.markdown("**Where the right tool stands**")
        _draw_places(measured, states)
        st.markdown("**The decision that calls first**")
        _choice("first_call", "Decision", measured.first_calls, states)
        st.markdown("**How requests begin**")
        for words, n in measured.openings:
            wanted = ExampleFilter(trait=trait("opening", words).address, states=states)
            label = f"{words} · {count(n, 'row')} ({100 * n / measured.n_rows:.0f} %)"
            number_button(label, wanted, key=f"health.opening.{words}")
        if not measured.openings:
            st.caption("No beginning comes up in 20 rows or more.")
        _draw_tool_openings(measured, states)


def _draw_tool_openings(measured: Health, states: tuple[ExampleState, ...]) -> None:
    """A tool whose requests all begin alike is learnt by the beginning."""
    openings = measured.told.tool_openings[:MOST_BARS]
    if not openings:
        return
    st.markdown("**How requests for each tool begin**")
    calling = {use.tool: use.n_rows for use in measured.uses}
    for one in openings:
        wanted = ExampleFilter(trait=trait("opening", one.words).address, tool=one.tool, use=Use.CALLED, states=states)
        share = f", {100 * one.n_rows / calling[one.tool]:.0f} % of its rows" if calling.get(one.tool) else ""
        label = f"{one.tool}: {one.words} · {count(one.n_rows, 'row')}{share}"
        number_button(label, wanted, key=f"health.begins.{one.tool}")


def _choice(kind: str, label: str, counted: Mapping[str, int], states: tuple[ExampleState, ...]) -> None:
    figures: list[tuple[Trait, int]] = [(trait(kind, name), n) for name, n in counted.items()]
    draw_choice(kind, label, figures, states)


def _draw_places(measured: Health, states: tuple[ExampleState, ...]) -> None:
    places = measured.places
    if not places.n_rows:
        st.caption("No row calls one of several tools.")
        return
    st.caption(
        f"First in {100 * places.n_first / places.n_rows:.0f} % of {count(places.n_rows, 'row')} that call one of "
        f"several tools; by chance it would be {100 * places.by_chance:.0f} %."
    )
    with st.container(horizontal=True, gap="small"):
        for place, n in (("first", places.n_first), ("between", places.n_between), ("last", places.n_last)):
            if n:
                wanted = ExampleFilter(trait=trait("place", place).address, states=states)
                number_button(f"{PLACE_WORDS[place]} {n:,}", wanted, key=f"health.place.{place}")


def draw_people(
    measured: Health, standing: Mapping[str, int], names: Mapping[str, str], states: tuple[ExampleState, ...]
) -> None:
    """Whose rows these are, where they came from, and how far they were reviewed; each opens its examples."""
    st.markdown("**Review**")
    _buttons("state", {state_words(one): (standing.get(one, 0), ExampleFilter(states=(one,))) for one in ExampleState})
    st.markdown("**Authors**")
    authors = {
        names.get(who, who): (n, ExampleFilter(author=who, states=states)) for who, n in measured.authors.items()
    }
    _buttons("author", authors, measured.n_rows)
    st.markdown("**Origin**")
    origins = {name: (n, ExampleFilter(origin=name, states=states)) for name, n in measured.origins.items()}
    _buttons("origin", origins, measured.n_rows)


def _buttons(kind: str, counted: Mapping[str, tuple[int, ExampleFilter]], of: int = 0) -> None:
    with st.container(horizontal=True, gap="small"):
        for name, (n, wanted) in list(counted.items())[:20]:
            share = f" ({100 * n / of:.0f} %)" if of else ""
            if n:
                number_button(f"{name} {n:,}{share}", wanted, key=f"health.{kind}.{name}")


def draw_repeats(measured: Health, states: tuple[ExampleState, ...]) -> None:
    """Families of nearly the same rows, those that are the same, and requests answered by different calls."""
    near, told = measured.near, measured.told
    if near.n_waiting:
        st.caption(f"{count(near.n_waiting, 'row')} still to be compared; what follows is of the others.")
    st.markdown(
        f"**Nearly the same** · {count(near.n_families, 'family', 'families')}, {near.n_leaks:,} in several splits"
    )
    with st.container(horizontal=True, gap="small"):
        for one in near.families[:SHOWN]:
            wanted = ExampleFilter(alike=f"family:{one.family}", states=states)
            _repeat_button(one.n_rows, one.numbers[0], one.splits, wanted, f"health.family.{one.family}")
    st.markdown(f"**The same but for ids** · {told.n_duplicates:,}")
    with st.container(horizontal=True, gap="small"):
        for same in told.duplicates[:SHOWN]:
            wanted = ExampleFilter(alike=f"same:{same.normal}", states=states)
            _repeat_button(same.n_rows, same.numbers[0], same.splits, wanted, f"health.same.{same.normal}")
    st.markdown(f"**The same request, other calls** · {near.n_contradictions:,}")
    with st.container(horizontal=True, gap="small"):
        for torn in near.contradictions[:SHOWN]:
            wanted = ExampleFilter(alike=f"request:{torn.request}", states=states)
            _repeat_button(torn.n_rows, torn.numbers[0], (), wanted, f"health.torn.{torn.request}")


def _repeat_button(n_rows: int, number: int, splits: Sequence[str], wanted: ExampleFilter, key: str) -> None:
    """Rows that repeat each other, and the splits they leak between."""
    leak = f" · in {' and '.join(splits)}" if len(splits) > 1 else ""
    number_button(f"{count(n_rows, 'row')}, first {number:,}{leak}", wanted, key=key)
