"""What answers cost, model by model: time, tokens, money."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.services.answer_costs import AnswerCost, cost_of
from curation.services.look_parts import Part
from ui.layout import card_title
from ui.look_names import Names
from ui.text import plain

UNKNOWN = "not measured"


def draw_costs(part: Part, names: Names) -> None:
    """One line a model, over all rows of the look; nothing where nothing was measured."""
    found = [cost for one in part.models if (cost := cost_of(one))]
    if not any(_is_known(one) for one in found):
        return
    with st.container(border=True):
        with card_title("Time, tokens and cost", "of all rows, first answers"):
            pass
        rows = [_line(one, names) for one in found]
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
        for source in dict.fromkeys(one.price for one in found if one.price):
            st.caption(f"Price: {plain(source)}")


def _is_known(one: AnswerCost) -> bool:
    return any(value is not None for value in (one.p50, one.tokens, one.per_thousand))


def _line(one: AnswerCost, names: Names) -> dict[str, str]:
    return {
        "model": plain(names.told(one.label), 60),
        **{f"{name} ms": _figure(value, 0) for name, value in (("p50", one.p50), ("p90", one.p90), ("p99", one.p99))},
        "tokens an answer": _figure(one.tokens, 1),
        "cost per 1,000": _money(one),
    }


def _figure(value: float | None, digits: int) -> str:
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def _money(one: AnswerCost) -> str:
    if one.per_thousand is None:
        return "no price known"
    return f"{plain(one.currency)} {one.per_thousand:,.2f}".strip()
