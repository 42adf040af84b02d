"""What answers cost, model by model: time, tokens, money."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.services.answer_costs import ON_THIS_MACHINE, AnswerCost, cost_of
from curation.services.look_parts import Part
from ui.layout import card_title
from ui.look_names import Names
from ui.text import plain

UNKNOWN = "not measured"


def draw_costs(part: Part, names: Names) -> None:
    """One line a model, over all rows of the look; nothing where nothing was measured."""
    found = [cost for one in part.models if (cost := cost_of(part.look, one))]
    if not any(one.is_known for one in found):
        return
    with st.container(border=True):
        with card_title("Time, tokens and cost", "of all rows, first answers"):
            pass
        rows = [_line(one, names) for one in found]
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)
        if any(one.is_here and one.mean is not None for one in found):
            st.caption(
                "A model on this machine answers many rows at once: the time of a row is that of its batch, divided by "
                "the rows in it. One question on its own takes longer, and the percentiles are of batches."
            )
        for source in dict.fromkeys(one.price for one in found if one.price):
            st.caption(f"Price: {plain(source)}")


def _line(one: AnswerCost, names: Names) -> dict[str, str]:
    times = {"mean": one.mean, "p50": one.p50, "p90": one.p90, "p99": one.p99}
    return {
        "model": plain(names.told(one.label), 60),
        **{f"{name} ms": _figure(value, 0) for name, value in times.items()},
        "tokens an answer": _figure(one.tokens, 1),
        "cost per 1,000": say_money(one.per_thousand, one, 2),
    }


def _figure(value: float | None, digits: int) -> str:
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def say_money(amount: float | None, cost: AnswerCost, digits: int) -> str:
    """An amount in the currency of a model's price; what is answered here costs nothing."""
    if not amount and cost.is_here:
        return f"0, {ON_THIS_MACHINE}"
    if amount is None:
        return "no price known"
    return f"{plain(cost.currency)} {amount:,.{digits}f}".strip()
