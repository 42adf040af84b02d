"""Beside the figures of a look: what findings said back mend and cost, and what to know of a grammar and of cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from curation.services.answer_costs import AnswerCost, cost_of
from curation.services.evaluation_views import Noted, Rate, Repairs, gather_notes
from curation.services.look_parts import ALL, Part
from ui.comparison import HIGHER, LOWER
from ui.cost_table import say_money
from ui.layout import card_title
from ui.look_names import Names
from ui.text import named, plain

RATES = HIGHER | LOWER
OF_ALL_ROWS = ", of all rows"
"""Behind whom a note is about: some things are known of all rows together, and of no slice."""


class Told(NamedTuple):
    """What repairs did for one model, and what its answers cost."""

    name: str
    repairs: Repairs
    cost: AnswerCost


def draw_beside(part: Part, names: Names) -> None:
    """Nothing where answers were not said back, and there is nothing to know of their grammar or of their length."""
    told = [
        Told(names[one.label], one.repairs, cost)
        for one in part.models
        if one.repairs and (cost := cost_of(part.look, one))
    ]
    if told:
        _draw_repairs(told)
    _draw_notes({names[one.label]: one.lengths for one in part.models}, "content_cut")
    _draw_notes({names[one.label]: one.held for one in part.models if one.held}, "warning")
    if part.slice != ALL:
        lengths = {names[one.label]: one.lengths.of_all_rows for one in part.whole}
        held = {names[one.label]: one.held.of_all_rows for one in part.whole if one.held}
        _draw_notes(lengths, "content_cut", OF_ALL_ROWS)
        _draw_notes(held, "warning", OF_ALL_ROWS)


def _draw_notes(told: Mapping[str, Noted], icon: str, rows: str = "") -> None:
    """A line for each note; `rows` says of which it is where those are not the rows on screen."""
    for note, models in gather_notes(told).items():
        st.caption(f":material/{icon}: {plain('; '.join(models))}{rows}: {named(note)}")  # safe: icon and rows are ours


def _draw_repairs(told: Sequence[Told]) -> None:
    most = max(one.repairs.most for one in told)
    with st.container(border=True):
        with card_title("With findings said back", f"up to {most} times; all other figures are of first answers"):
            pass
        st.table(pd.DataFrame([_line(*one) for one in told]), border="horizontal", hide_index=True)


def _line(name: str, repairs: Repairs, cost: AnswerCost) -> dict[str, str]:
    return {
        "model": plain(name, 60),
        **{RATES[metric]: _rate(rate) for metric, rate in repairs.metrics.items()},
        "sent back": f"{repairs.rows:,}",
        "requests more": f"{repairs.rounds:,}",
        "tokens more": f"{repairs.tokens:,}",
        "time more": f"{repairs.latency_ms / 1000:,.1f} s",
        "cost more": say_money(repairs.cost if repairs.rounds else 0.0, cost, 4),
    }


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return ""
    doubt = "" if rate.low is None or rate.high is None else f" ({100 * rate.low:.0f}–{100 * rate.high:.0f})"
    return f"{100 * rate.value:.1f} %{doubt}"
