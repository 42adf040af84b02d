"""Every rate there is, model by model: of the rows on screen, and slice by slice; worked out when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.services.look_parts import Part
from curation.services.rate_tables import RateLine, list_rates, list_slice_rates, list_titles
from curation.services.rate_words import say_slice
from ui.look_choice import sentence_case
from ui.look_names import Names
from ui.text import shorten

EVERY = ""
"""Stands for all rates among those that can be chosen."""
TABLE_PX = 420


def draw_rate_folds(part: Part, names: Names) -> None:
    """Two folds; nothing is counted while they are closed."""
    rates = st.expander("All rates", type="compact", key="evaluation.all_rates.fold", on_change="rerun")
    if rates.open:
        with rates:
            _draw_all(part, names)
    slices = st.expander("Rates by slice", type="compact", key="evaluation.slice_rates.fold", on_change="rerun")
    if slices.open:
        with slices:
            _draw_slices(part, names)


def _draw_all(part: Part, names: Names) -> None:
    lines = list(list_rates(part.models))
    about = {"about": [line.family for line in lines]}
    _draw_table(about | _columns(lines, names), "all_rates", "Every rate of every model with its interval and rows")
    st.caption("n counts what a rate is of: rows, or arguments; a rate of nothing is left empty.")


def _draw_slices(part: Part, names: Names) -> None:
    titles = list_titles()
    chosen = st.selectbox(
        "Rate",
        [EVERY, *titles],
        key="evaluation.slice_rates.rate",
        format_func=lambda one: titles.get(one, "Every rate"),
        label_visibility="collapsed",
        width=340,
    )
    lines = list(list_slice_rates(part, chosen))
    if not lines:
        st.caption("No slice has rows that this rate counts.")
        return
    said = {name: sentence_case(shorten(say_slice(name), 60)) for name in dict.fromkeys(line.slice for line in lines)}
    places = {"slice": [said[line.slice] for line in lines]}
    _draw_table(places | _columns(lines, names), "slice_rates", "Rates in every slice, model by model")
    st.caption("Slices of all rows asked, whichever are chosen above; a row can stand in several.")


def _draw_table(columns: dict[str, list[Any]], name: str, alt: str) -> None:
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        key=f"evaluation.{name}",
        height=TABLE_PX,
        column_config={"%": st.column_config.NumberColumn(format="%.1f")},
        alt=alt,
    )


def _columns(lines: Sequence[RateLine], names: Names) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "rate": [line.metric.title for line in lines],
        "better": [line.better for line in lines],
        "model": [names[line.label] for line in lines],
        "%": [_percent(line.rate.value) for line in lines],
        "95 % interval": [_interval(line) for line in lines],
        "n": [line.rate.n for line in lines],
    }
    if any(line.mute for line in lines):
        columns["says little"] = [line.doubt for line in lines]
    return columns


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 1)


def _interval(line: RateLine) -> str:
    """Empty where nothing was counted, and for a rate above 1."""
    low, high = line.rate.low, line.rate.high
    return "" if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}"
