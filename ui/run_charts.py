"""Charts of a training run over its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from ui.charts import SHAPES, percent_axis
from ui.theme import tokens

DASHES = ((1, 0), (8, 6), (4, 6), (2, 6))
"""Strokes and gaps of up to four curves in one chart, the first drawn through."""
MOST_MARKS = 20
"""Shapes along one curve: enough to tell it from another, few enough to see it."""


def curve(points: Sequence[tuple[int, float]], steps: int, hue: int = 0) -> Any:
    """One small curve over the steps of a run."""
    look = tokens()
    steps = max(steps, *(step for step, _ in points))
    frame = pd.DataFrame(list(points), columns=["step", "value"])
    return (
        alt.Chart(frame)
        .mark_line(color=look.series[hue % 4], strokeWidth=2, point=len(points) < 3)
        .encode(
            x=alt.X(
                "step:Q",
                scale=alt.Scale(domain=[0, max(steps, 1)]),
                axis=alt.Axis(title=None, grid=False, tickCount=3, labelColor=look.text),
            ),
            y=alt.Y(
                "value:Q",
                scale=alt.Scale(zero=False),
                axis=alt.Axis(title=None, tickCount=3, labelColor=look.text, format=",.3~r"),
            ),
        )
        .properties(height=110)
    )


Shown = tuple[tuple[str, tuple[tuple[int, float], ...]], ...]
"""Named curves: what a chart is made of, and kept by."""


def curves(shown: Shown, steps: int, best: int) -> Any:
    """Up to four rates in percent over the steps, the best look marked; the names stand in the words above."""
    look, names = tokens(), [name for name, _ in shown][:4]
    steps = max(steps, *(step for _, points in shown for step, _ in points))
    rows = [{"step": step, "value": value * 100, "name": name} for name, points in shown for step, value in points]
    mark = alt.Chart(pd.DataFrame([{"step": best}])).mark_rule(strokeDash=[4, 3], color=look.text).encode(x="step:Q")
    lines = _named(
        rows, names, steps, alt.Y("value:Q", scale=alt.Scale(domain=[0, 100]), axis=_percents()), is_dashed=True
    )
    return alt.layer(mark, *lines).properties(height=220)


def overlaid(shown: Shown, is_rate: bool) -> Any:
    """One curve of up to four runs, each with its own shape."""
    names = [name for name, _ in shown][:4]
    steps = max(step for _, points in shown for step, _ in points)
    factor = 100 if is_rate else 1
    rows = [{"step": step, "value": value * factor, "name": name} for name, points in shown for step, value in points]
    axis = _percents() if is_rate else alt.Axis(title=None, tickCount=5, labelColor=tokens().text, format=",.3~r")
    lines = _named(rows, names, steps, alt.Y("value:Q", scale=alt.Scale(zero=False), axis=axis))
    return alt.layer(*lines).properties(height=260)


def _percents() -> Any:
    return percent_axis(tokens(), tickCount=5)


def _named(
    rows: list[dict[str, Any]], names: list[str], steps: int, y: Any, *, is_dashed: bool = False
) -> tuple[Any, Any]:
    """Lines with marks, a hue and a shape for each name; of a long curve every so many points carry one."""
    look = tokens()
    stride = max(1, len(rows) // (MOST_MARKS * len(names)))
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "step:Q",
            scale=alt.Scale(domain=[0, max(steps, 1)]),
            axis=alt.Axis(title="step", titleColor=look.text, grid=False, tickCount=5, labelColor=look.text),
        ),
        y=y,
        color=alt.Color(
            "name:N",
            sort=names,
            scale=alt.Scale(domain=names, range=list(look.series[: len(names)])),
            legend=None,
        ),
    )
    marked = alt.Chart(pd.DataFrame(rows[::stride])).encode(
        x="step:Q",
        y=y,
        color=alt.Color("name:N", legend=None, scale=alt.Scale(domain=names, range=list(look.series[: len(names)]))),
        shape=alt.Shape(
            "name:N", sort=names, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), legend=None
        ),
    )
    lines = base.mark_line(strokeWidth=2.5 if is_dashed else 2)
    if is_dashed:
        # Where curves lie on each other, the gaps of the upper show the lower.
        scale = alt.Scale(domain=names, range=[list(dash) for dash in DASHES[: len(names)]])
        lines = lines.encode(strokeDash=alt.StrokeDash("name:N", legend=None, scale=scale))
    return lines, marked.mark_point(filled=True, size=60, aria=False)
