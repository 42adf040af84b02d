"""Charts that set models side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from ui.charts import SHAPES, legend, names_axis, percent_axis
from ui.theme import tokens


class Whisker(NamedTuple):
    """One rate of one model with its interval, in percent."""

    metric: str
    model: str
    value: float
    low: float
    high: float
    n: int


FAILURES: tuple[tuple[str, str, str], ...] = (
    ("right", "#D3D9E3", "#3A4252"),
    ("wrong arguments", "#7FBCEB", "#8EC9EF"),
    ("wrong tool", "#0072B2", "#3C8FD0"),
    ("invalid", "#0B386F", "#1F5FA8"),
    ("false call", "#E0912B", "#E69F00"),
    ("missed call", "#8F3B00", "#C2571A"),
)
"""What an answer can be, with its colour in the light and the dark theme: blues are calls made wrongly, oranges are
call or no call decided wrongly."""


def whiskers(rates: Sequence[Whisker], models: Sequence[str], highest: float = 100) -> Any:
    """Dots with their 95 % intervals, one row a metric, models side by side with their own shapes."""
    look = tokens()
    metrics = list(dict.fromkeys(rate.metric for rate in rates))
    colours = [look.gray, *look.series][: len(models)]
    frame = pd.DataFrame([rate._asdict() | {"shown": f"{rate.value:.1f}"} for rate in rates])
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "metric:N",
            sort=metrics,
            axis=names_axis(look),
            scale=alt.Scale(paddingInner=0.25),
        ),
        yOffset=alt.YOffset("model:N", sort=list(models), scale=alt.Scale(paddingOuter=0.6)),
        color=alt.Color("model:N", sort=list(models), scale=alt.Scale(domain=list(models), range=colours), legend=None),
    )
    scale = alt.Scale(domain=[0, highest], nice=False)
    axis = percent_axis(look, tickCount=5)
    lines = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
    dots = base.mark_point(filled=True, size=80, opacity=1, aria=False).encode(
        x=alt.X("value:Q", scale=scale),
        shape=alt.Shape(
            "model:N",
            sort=list(models),
            scale=alt.Scale(domain=list(models), range=list(SHAPES[: len(models)])),
            legend=None,
        ),
    )
    figures = base.mark_text(align="left", dx=6, fontSize=11).encode(
        x=alt.X("high:Q", scale=scale), text="shown:N", color=alt.value(look.text)
    )
    return alt.layer(lines, dots, figures).properties(height=len(metrics) * max(44, 26 * len(models)) + 30)


def failure_bars(shares: Mapping[str, Mapping[str, float]]) -> Any:
    """One stacked bar a model: model → kind → share in percent."""
    look = tokens()
    column = 2 if look.is_dark else 1
    names = [failure[0] for failure in FAILURES]
    rows = [
        {"model": model, "kind": name, "share": kinds.get(name, 0.0), "order": at}
        for model, kinds in shares.items()
        for at, name in enumerate(names)
    ]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(stroke=look.page, strokeWidth=1)
        .encode(
            y=alt.Y(
                "model:N",
                sort=list(shares),
                axis=names_axis(look),
                scale=alt.Scale(paddingInner=0.4, paddingOuter=0.2),
            ),
            x=alt.X(
                "share:Q",
                stack="zero",
                scale=alt.Scale(domain=[0, 100]),
                axis=percent_axis(look, tickCount=5, grid=False),
            ),
            color=alt.Color(
                "kind:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[failure[column] for failure in FAILURES]),
                legend=legend(look, columns=2),
            ),
            order="order:Q",
        )
        .properties(height=len(shares) * 40 + 150)
    )
