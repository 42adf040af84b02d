"""What every answer was: right, or wrong in one of the ways there are, those that do most harm first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.services.look_parts import FAILURES_BY_HARM, Figures, Part
from ui.charts import draw_kept
from ui.comparison_charts import failure_bars
from ui.failure_words import RIGHT, say_failure
from ui.layout import card_title
from ui.look_names import Names


def failure_shares(figures: Figures) -> dict[str, float]:
    """What every answer was, in percent of all rows; together they make 100."""
    rows = figures.n.rows or 1
    counts = {say_failure(name): figures.failures.get(name, 0) for name in FAILURES_BY_HARM}
    right = max(0, figures.n.rows - sum(counts.values()))
    return {name: 100 * n / rows for name, n in ({RIGHT: right} | counts).items()}


def draw_failures(part: Part, names: Names) -> None:
    """One bar a model, and the same figures as a table."""
    shares = {names[one.label]: failure_shares(one.report.overall) for one in part.models if one.report}
    with st.container(border=True, height="stretch"):
        with card_title("What goes wrong", "worst first"):
            pass
        words = "; ".join(f"{name}: {_tell(kinds)}" for name, kinds in shares.items())
        bars = tuple((name, tuple(kinds.items())) for name, kinds in shares.items())
        draw_kept(failure_bars, *bars, key="evaluation.failures", alt_text=f"What goes wrong, of all rows. {words}")
        st.caption("Orange calls are valid, so they are carried out; blue answers are stopped by the validator.")
        opened = st.expander("The same as a table", type="compact", key="evaluation.failures.fold", on_change="rerun")
        if opened.open:
            with opened:
                _draw_table(shares)


def _tell(kinds: dict[str, float]) -> str:
    """What there is of it, for those who cannot see the bar."""
    return ", ".join(f"{kind} {share:.1f} %" for kind, share in kinds.items() if share or kind == RIGHT)


def _draw_table(shares: dict[str, dict[str, float]]) -> None:
    """A line a way to answer, so that the card need not be wide."""
    kinds = next(iter(shares.values()), {})
    columns = {f"{name} %": [round(share, 1) for share in found.values()] for name, found in shares.items()}
    st.dataframe(
        pd.DataFrame({"answer": list(kinds), **columns}),
        hide_index=True,
        height="content",
        column_config={name: st.column_config.NumberColumn(format="%.1f") for name in columns},
        key="evaluation.failures.table",
        alt="What every answer was, in percent of all rows",
    )
