"""The figures of one run over its steps: small curves, the tool calls on validation rows, and all of it as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from curation.services import run_watching
from curation.services.jobs import JobView
from curation.services.run_watching import Series
from ui.charts import draw_kept, word_legend
from ui.layout import card_title
from ui.run_charts import curve, curves
from ui.text import count

RATES = {
    "validation_valid_call_rate": "valid call",
    "validation_tool_name_accuracy": "right tool",
    "validation_argument_match": "right arguments",
    "validation_false_call_rate": "false call",
}
"""The tool-call metrics on validation rows, at most four in one chart."""
CURVES = {
    "loss": "training loss",
    "eval_loss": "validation loss",
    "learning_rate": "learning rate",
    "grad_norm": "gradient norm",
    "tokens_per_s": "tokens a second",
    "step_s": "seconds a step",
    "memory_mb": "memory in MB",
}
ALL = {**CURVES, **RATES}
NO_CURVES = frozenset({"memory_limit_mb"})
"""Told once; said in words above."""
IN_A_ROW, NARROWEST_PX = 3, 200


def draw_curves(job: JobView, series: Series) -> None:
    """One small card a curve, three in a row."""
    shown = [(name, title) for name, title in CURVES.items() if series.get(name)]
    if not shown:
        return
    with st.grid(min(IN_A_ROW, len(shown)), min_column_width=NARROWEST_PX, gap="small"):
        for at, (name, title) in enumerate(shown):
            with st.container(border=True):
                points = tuple(series[name])
                st.markdown(f"{title} **{figure(points[-1][1])}**")  # safe: our words and a number
                words = f"{title} over {len(points)} points, from {figure(points[0][1])} to {figure(points[-1][1])}"
                draw_kept(curve, points, job.steps, at, key=f"run.{name}.{job.id}", alt_text=words)


def draw_rates(job: JobView, series: Series) -> None:
    """Tool calls on the same validation rows, look by look; the best one is what is kept."""
    shown = {title: tuple(series[name]) for name, title in RATES.items() if series.get(name)}
    best = run_watching.find_best(series)
    if not shown or best is None:
        return
    with st.container(border=True):
        with card_title("Tool calls on validation", count(max(map(len, shown.values())), "look")):
            st.badge(f"best at step {best.step:,}", icon=":material/star:", color="green")
        last = [f"{title} {100 * points[-1][1]:.1f} %" for title, points in shown.items()]
        st.markdown(word_legend(last), help="At the last look")  # safe: our table of rates
        draw_kept(
            curves,
            tuple(shown.items()),
            job.steps,
            best.step,
            key=f"run.rates.{job.id}",
            alt_text=f"Best at step {best.step}. At the last look: {', '.join(last)}",
        )
        st.caption("The adapter of the best look is kept, by these rates and not by the loss.")


def draw_table(job: JobView, series: Series) -> None:
    """Every figure of every step, for those who cannot see curves and those who want to copy them."""
    if not series:
        return
    with st.expander("All curves as a table", type="compact", key=f"run.table.{job.id}"):
        names = [name for name in (*ALL, *series) if name in series and name not in NO_CURVES]
        table = run_watching.tabulate({name: series[name] for name in dict.fromkeys(names)})
        frame = pd.DataFrame([values for _, values in table.rows], columns=[_title(name) for name in table.names])
        frame.insert(0, "step", [step for step, _ in table.rows])
        st.dataframe(frame, key=f"run.figures.{job.id}", hide_index=True, placeholder="", column_config=_formats(names))


def _formats(names: Sequence[str]) -> dict[str, Any]:
    """Rates in percent as the chart has them; of everything else the digits that count, also of a small rate."""
    return {_title(name): number_format(name) for name in names}


def number_format(name: str) -> Any:
    """How one figure stands in a table."""
    is_rate = name.startswith(run_watching.LOOK_PREFIX)
    return st.column_config.NumberColumn(format="percent" if is_rate else "%.4g")


def figure(value: float) -> str:
    """Three digits that count; thousands in full."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _title(name: str) -> str:
    return ALL.get(name) or name.removeprefix(run_watching.LOOK_PREFIX).replace("_", " ")
