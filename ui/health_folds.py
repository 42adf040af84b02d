"""What stands folded below the map: one line each that says what is in it, read only when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from curation.model.example import HARD_CASES, RECOVERY_KINDS
from curation.model.states import ExampleState
from curation.services.health import Health
from curation.services.projects import ProjectView
from ui import health_cards, health_sections
from ui.coverage_card import count_gaps, draw_coverage
from ui.leak_check import draw_check
from ui.length_card import draw_lengths
from ui.state import Slot
from ui.template_card import draw_template
from ui.text import count, plain

FOLDS = ("coverage", "recovery", "reading", "length", "people", "repeats", "benchmark", "whole", "rules", "template")
"""Their keys, in the order they stand."""
_OPEN: Slot[tuple[str, ...]] = Slot("health.folds", ())


def draw_folds(
    project: ProjectView,
    measured: Health,
    standing: Mapping[str, int],
    names: Mapping[str, str],
    states: tuple[ExampleState, ...],
) -> None:
    """Each by itself; a closed one costs nothing."""
    with st.container(gap="xsmall"):
        _draw_all(project, measured, standing, names, states)


def _draw_all(
    project: ProjectView,
    measured: Health,
    standing: Mapping[str, int],
    names: Mapping[str, str],
    states: tuple[ExampleState, ...],
) -> None:
    _fold("coverage", _coverage(measured), partial(draw_coverage, measured, states))
    _fold("recovery", _recovery(measured), partial(health_sections.draw_recoveries, measured, states))
    _fold("reading", _reading(measured), partial(health_sections.draw_reading, measured, states))
    _fold("length", _length(measured), partial(draw_lengths, measured, states))
    people = f"People and review · {count(len(measured.authors), 'author')}"
    _fold("people", people, partial(health_sections.draw_people, measured, standing, names, states))
    _fold("repeats", _repeats(measured), partial(health_sections.draw_repeats, measured, states))
    _fold("benchmark", "Compare with a file of benchmark rows", partial(draw_check, project))
    whole = f"The data as a whole · {count(len(measured.findings), 'finding')}"
    _fold("whole", whole, partial(health_cards.draw_faults, measured))
    if measured.rules:
        rules = f"{count(len(measured.rules), 'rule')} with findings in these rows"
        _fold("rules", rules, partial(health_cards.draw_rules, measured, states))
    _fold("template", "What the base model's chat template does to these rows", partial(draw_template, project))


def _fold(name: str, label: str, draw: Callable[[], None]) -> None:
    key = f"health.fold.{name}"
    # An expander is known by its words, which hold figures: without this it would fold up when one changes.
    st.session_state[key] = name in _OPEN.get()
    box = st.expander(label, key=key, type="compact", on_change=partial(_toggle, name, key))  # safe: plain() made it
    if box.open:
        with box:
            draw()


def _toggle(name: str, key: str) -> None:
    others = tuple(one for one in _OPEN.get() if one != name)
    _OPEN.set((*others, name) if st.session_state.get(key) else others)


def _coverage(measured: Health) -> str:
    n_never, n_values = count_gaps(measured)
    gaps = f"{count(n_never, 'parameter')} never given, {count(n_values, 'enum value')} never shown"
    return f"Parameters and enums · {gaps if n_never or n_values else 'everything is used'}"


def _recovery(measured: Health) -> str:
    n_kinds = sum(not measured.recoveries.get(kind) for kind in RECOVERY_KINDS)
    n_cases = sum(not measured.hard_cases.get(case) for case in HARD_CASES)
    kinds = [count(n_kinds, "kind of recovery", "kinds of recovery")] if n_kinds else []
    lacking = [*kinds, count(n_cases, "hard case")] if n_cases else kinds
    return f"Recovery and hard cases · {' and '.join(lacking) + ' never shown' if lacking else 'every kind is shown'}"


def _reading(measured: Health) -> str:
    if not measured.languages or not measured.n_rows:
        return "How requests read"
    language, n = next(iter(measured.languages.items()))
    places = measured.places
    first = f", right tool first in {100 * places.n_first / places.n_rows:.0f} %" if places.n_rows else ""
    return f"How requests read · {plain(language)} {100 * n / measured.n_rows:.0f} %{first}"


def _length(measured: Health) -> str:
    tokens = measured.tokens
    if tokens is not None and tokens.lengths is not None:
        longer = f"{count(tokens.n_longer, 'row')} over {tokens.max_length:,}"
        return f"Length in tokens · median {tokens.lengths.median:,}, {longer}"
    return f"Length of rows · median {measured.lengths.median:,} bytes" if measured.lengths else "Length of rows"


def _repeats(measured: Health) -> str:
    near = measured.near
    alike = f"{count(near.n_families, 'family', 'families')} nearly the same, {measured.told.n_duplicates:,} the same"
    return f"Repeats and contradictions · {alike}, {near.n_contradictions:,} contradictions"
