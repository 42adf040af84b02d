"""Beside the figures of a look: what findings said back mend and cost, and what to know of a grammar and of cuts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.services.evaluation_views import Rate, Repairs, gather_notes
from curation.services.look_parts import Part
from ui.comparison import HIGHER, LOWER
from ui.layout import card_title
from ui.look_names import Names
from ui.text import named, plain

RATES = HIGHER | LOWER


def draw_beside(part: Part, names: Names) -> None:
    """Nothing where answers were not said back, and there is nothing to know of their grammar or of their length."""
    told = {names[one.label]: one.repairs for one in part.models if one.repairs}
    if told:
        _draw_repairs(told)
    held = {names[one.label]: one.held for one in part.models if one.held}
    _draw_notes(gather_notes({names[one.label]: one.lengths for one in part.models}), "content_cut")
    _draw_notes(gather_notes(held), "warning")


def _draw_notes(notes: dict[str, tuple[str, ...]], icon: str) -> None:
    for note, models in notes.items():
        st.caption(f":material/{icon}: {plain('; '.join(models))}: {named(note)}")


def _draw_repairs(told: dict[str, Repairs]) -> None:
    most = max(one.most for one in told.values())
    with st.container(border=True):
        with card_title("With findings said back", f"up to {most} times; all other figures are of first answers"):
            pass
        rows = [
            {
                "model": plain(name, 60),
                **{RATES[metric]: _rate(rate) for metric, rate in one.metrics.items()},
                "sent back": f"{one.rows:,}",
                "requests more": f"{one.rounds:,}",
                "tokens more": f"{one.tokens:,}",
                "time more": f"{one.latency_ms / 1000:,.1f} s",
            }
            for name, one in told.items()
        ]
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return ""
    doubt = "" if rate.low is None or rate.high is None else f" ({100 * rate.low:.0f}–{100 * rate.high:.0f})"
    return f"{100 * rate.value:.1f} %{doubt}"
