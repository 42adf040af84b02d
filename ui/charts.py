"""Charts in the colours of the theme; numbers come in counted, nothing is computed from rows here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt
import pandas as pd
import streamlit as st

PADDING = {"left": 0, "top": 4, "right": 4, "bottom": 0}
SHAPES = ("circle", "square", "diamond", "triangle-up")
"""At most four hues in a chart, each with its own shape."""
_HEAT_STEPS = (1, 2, 3, 7, 8)
_HEAT_LIMITS = (0.06, 0.2, 0.4, 0.75)


class Tokens(NamedTuple):
    """The theme's colours a chart needs."""

    text: str
    page: str
    soft: str
    hairline: str
    series: tuple[str, ...]
    steps: tuple[str, ...]
    good: str
    warning: str
    gray: str


class Whisker(NamedTuple):
    """One rate of one model with its interval, in percent."""

    metric: str
    model: str
    value: float
    low: float
    high: float
    n: int


def tokens() -> Tokens:
    """The colours of the theme the browser shows."""
    mode = "dark" if st.context.theme.type == "dark" else "light"

    def colour(name: str) -> Any:
        return st.get_option(f"theme.{mode}.{name}")

    return Tokens(
        text=colour("textColor") or "#0E1219",
        page=colour("backgroundColor") or "#FFFFFF",
        soft=colour("secondaryBackgroundColor") or "#F4F5F8",
        hairline=colour("borderColor") or "#DCE0E8",
        series=tuple(colour("chartCategoricalColors") or ("#0072B2", "#C26F00", "#008A66", "#B8568C"))[:4],
        steps=tuple(colour("chartSequentialColors") or ("#D9E5F4",) * 10),
        good=colour("greenColor") or "#00795C",
        warning=colour("orangeTextColor") or "#8F4700",
        gray=colour("grayColor") or "#5F6878",
    )


def draw(chart: Any, *, key: str, alt_text: str, **options: Any) -> Any:
    """Show a chart as wide as its card, with words for those who cannot see it."""
    return st.altair_chart(chart.properties(padding=PADDING), key=key, alt=alt_text, width="stretch", **options)


def heat_map(counts: Mapping[tuple[str, str], int], tools: Sequence[str], categories: Sequence[str]) -> Any:
    """Tool × category: five stepped blues with the figure in the cell, zero as the word none."""
    look, largest = tokens(), max(counts.values(), default=0) or 1
    rows = [
        _heat_cell(look, tool, category, counts.get((tool, category), 0), largest)
        for tool in tools
        for category in categories
    ]
    axis = {"title": None, "labelOverlap": False, "ticks": False, "domain": False, "labelColor": look.text}
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("category:N", sort=list(categories), axis=alt.Axis(orient="top", labelAngle=0, **axis)),
        y=alt.Y("tool:N", sort=list(tools), axis=alt.Axis(labelLimit=150, **axis)),
    )
    picked = alt.selection_point(name="cell", fields=["tool", "category"], empty=False)
    cells = base.mark_rect(cornerRadius=2, stroke=look.page, strokeWidth=2).encode(
        color=alt.Color("fill:N", scale=None)
    )
    ring = base.mark_rect(fillOpacity=0, strokeWidth=2, cornerRadius=2).encode(
        stroke=alt.condition(picked, alt.value(look.text), alt.value("transparent"))
    )
    figures = base.mark_text(fontSize=12).encode(text="shown:N", color=alt.Color("ink:N", scale=None))
    return alt.layer(cells.add_params(picked), figures, ring).properties(height=max(1, len(tools)) * 28 + 30)


def _heat_cell(look: Tokens, tool: str, category: str, n: int, largest: int) -> dict[str, Any]:
    level = sum(n / largest > limit for limit in _HEAT_LIMITS)
    is_strong = n > 0 and level >= 3
    return {
        "tool": tool,
        "category": category,
        "n": n,
        "shown": f"{n:,}" if n else "none",
        "fill": look.steps[_HEAT_STEPS[level]] if n else look.soft,
        "ink": look.warning if not n else (look.page if is_strong else look.text),
    }


def gauge(share: float, low: float, high: float) -> Any:
    """A share in percent on a bar up to 30 %, with the wanted band drawn in."""
    look, end = tokens(), max(30.0, share + 5)
    scale = alt.Scale(domain=[0, end], nice=False)
    axis = alt.Axis(
        title=None,
        labelExpr="datum.value + ' %'",
        values=[0, 10, 20, 30],
        grid=False,
        domain=False,
        ticks=False,
        labelColor=look.text,
    )
    bands = pd.DataFrame([{"from": 0, "to": end, "fill": look.hairline}, {"from": low, "to": high, "fill": look.good}])
    bar = (
        alt.Chart(bands)
        .mark_bar(height=12, cornerRadius=3, opacity=0.45)
        .encode(x=alt.X("from:Q", scale=scale, axis=axis), x2="to:Q", color=alt.Color("fill:N", scale=None))
    )
    mark = (
        alt.Chart(pd.DataFrame([{"at": share}]))
        .mark_tick(color=look.text, thickness=4, size=26)
        .encode(x=alt.X("at:Q", scale=scale))
    )
    return alt.layer(bar, mark).properties(height=52)


def bars(counts: Mapping[str, int]) -> Any:
    """Named counts, longest name fully drawn, the figure at the bar's end."""
    look = tokens()
    frame = pd.DataFrame([{"name": name, "n": n} for name, n in counts.items()])
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "name:N",
            sort=list(counts),
            axis=alt.Axis(
                title=None, labelOverlap=False, labelLimit=180, ticks=False, domain=False, labelColor=look.text
            ),
        ),
        x=alt.X("n:Q", axis=None, scale=alt.Scale(domainMin=0, domainMax=max([*counts.values(), 1]) * 1.12)),
    )
    drawn = base.mark_bar(height=10, cornerRadiusEnd=2, color=look.series[0])
    figures = base.mark_text(align="left", dx=4, color=look.text).encode(text=alt.Text("n:Q", format=","))
    return alt.layer(drawn, figures).properties(height=len(counts) * 23 + 8)


def histogram(bins: Sequence[tuple[float, float, int]], unit: str, limit: float | None = None) -> Any:
    """Counted bins as (from, to, n), with a dashed line where something is cut."""
    look = tokens()
    frame = pd.DataFrame([{"from": start, "to": end, "n": n} for start, end, n in bins])
    drawn = (
        alt.Chart(frame)
        .mark_bar(color=look.series[0], stroke=look.page, strokeWidth=1)
        .encode(
            x=alt.X("from:Q", bin="binned", axis=alt.Axis(title=unit, grid=False, labelColor=look.text, tickCount=6)),
            x2="to:Q",
            y=alt.Y("n:Q", axis=alt.Axis(title=None, tickCount=3, labelColor=look.text, format=",.0f")),
        )
    )
    if limit is None:
        return drawn.properties(height=150)
    line = alt.Chart(pd.DataFrame([{"at": limit}])).mark_rule(strokeDash=[4, 3], color=look.text).encode(x="at:Q")
    return alt.layer(drawn, line).properties(height=150)


def curve(points: Sequence[tuple[int, float]], steps: int, hue: int = 0) -> Any:
    """One small curve over the steps of a run."""
    look = tokens()
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
                axis=alt.Axis(title=None, tickCount=3, labelColor=look.text, format="~g"),
            ),
        )
        .properties(height=110)
    )


def curves(series: Mapping[str, Sequence[tuple[int, float]]], steps: int) -> Any:
    """Up to four rates in percent over the steps, each with its own shape and its name at the right."""
    look, names = tokens(), list(series)[:4]
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
            axis=alt.Axis(title=None, labelExpr="datum.value + ' %'", tickCount=5, labelColor=look.text),
        ),
        color=alt.Color(
            "name:N",
            sort=names,
            scale=alt.Scale(domain=names, range=list(look.series[: len(names)])),
            legend=_legend(look, "bottom"),
        ),
        shape=alt.Shape("name:N", sort=names, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)]))),
    )
    return alt.layer(base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=60, aria=False)).properties(
        height=240
    )


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
            axis=alt.Axis(
                title=None, labelOverlap=False, labelLimit=160, ticks=False, domain=False, labelColor=look.text
            ),
            scale=alt.Scale(paddingInner=0.25),
        ),
        yOffset=alt.YOffset("model:N", sort=list(models), scale=alt.Scale(paddingOuter=0.6)),
        color=alt.Color("model:N", sort=list(models), scale=alt.Scale(domain=list(models), range=colours), legend=None),
    )
    scale = alt.Scale(domain=[0, highest], nice=False)
    axis = alt.Axis(title=None, labelExpr="datum.value + ' %'", tickCount=5, labelColor=look.text)
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
    return alt.layer(lines, dots, figures).properties(height=len(metrics) * max(34, 20 * len(models)) + 30)


FAILURES: tuple[tuple[str, str, str], ...] = (
    ("right", "#D3D9E3", "#3A4252"),
    ("wrong arguments", "#7FBCEB", "#8EC9EF"),
    ("wrong tool", "#0072B2", "#3C8FD0"),
    ("invalid", "#0B386F", "#1F5FA8"),
    ("needless call", "#E0912B", "#E69F00"),
    ("missed call", "#8F3B00", "#C2571A"),
)
"""What an answer can be, with its colour in the light and the dark theme: blues are calls made wrongly, oranges are
call or no call decided wrongly."""


def failure_bars(shares: Mapping[str, Mapping[str, float]]) -> Any:
    """One stacked bar a model: model → kind → share in percent."""
    look = tokens()
    column = 2 if st.context.theme.type == "dark" else 1
    names = [failure[0] for failure in FAILURES]
    rows = [
        {"model": model, "kind": name, "share": kinds.get(name, 0.0), "order": at}
        for model, kinds in shares.items()
        for at, name in enumerate(names)
    ]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(height=24, stroke=look.page, strokeWidth=1)
        .encode(
            y=alt.Y(
                "model:N",
                sort=list(shares),
                axis=alt.Axis(
                    title=None, labelOverlap=False, labelLimit=140, ticks=False, domain=False, labelColor=look.text
                ),
            ),
            x=alt.X(
                "share:Q",
                stack="zero",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(
                    title=None, labelExpr="datum.value + ' %'", tickCount=5, grid=False, labelColor=look.text
                ),
            ),
            color=alt.Color(
                "kind:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[failure[column] for failure in FAILURES]),
                legend=_legend(look, "bottom", columns=3),
            ),
            order="order:Q",
        )
        .properties(height=len(shares) * 40 + 90)
    )


def _legend(look: Tokens, orient: str, columns: int = 2) -> Any:
    return alt.Legend(title=None, orient=orient, columns=columns, labelColor=look.text, symbolOpacity=1, labelLimit=180)
