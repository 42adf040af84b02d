"""Charts of a training run over its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from ui.charts import SHAPES, percent_axis
from ui.theme import tokens


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
                axis=alt.Axis(title=None, tickCount=3, labelColor=look.text, format=".3~r"),
            ),
        )
        .properties(height=110)
    )


def curves(series: Mapping[str, Sequence[tuple[int, float]]], steps: int) -> Any:
    """Up to four rates in percent over the steps, each with its own shape; the names stand in the words above."""
    look, names = tokens(), list(series)[:4]
    steps = max(steps, *(step for name in names for step, _ in series[name]))
    rows = [{"step": step, "value": value * 100, "name": name} for name in names for step, value in series[name]]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "step:Q",
            scale=alt.Scale(domain=[0, max(steps, 1)]),
            axis=alt.Axis(title=None, grid=False, tickCount=5, labelColor=look.text),
        ),
        y=alt.Y(
            "value:Q",
            scale=alt.Scale(domain=[0, 100]),
            axis=percent_axis(look, tickCount=5),
        ),
        color=alt.Color(
            "name:N",
            sort=names,
            scale=alt.Scale(domain=names, range=list(look.series[: len(names)])),
            legend=None,
        ),
        shape=alt.Shape(
            "name:N", sort=names, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), legend=None
        ),
    )
    return alt.layer(base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=60, aria=False)).properties(
        height=220
    )
