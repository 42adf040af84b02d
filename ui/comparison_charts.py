"""Charts that set models side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import altair as alt

from curation.services.look_parts import FAILURES_BY_HARM
from ui.charts import SHAPES, legend, names_axis, percent_axis
from ui.failure_words import RIGHT, say_failure
from ui.theme import Tokens, tokens


class Whisker(NamedTuple):
    """One rate of one model with its interval, in percent."""

    metric: str
    model: str
    value: float
    low: float
    high: float
    n: int
    mute: int = 0
    """Answers among the n that could not have counted, where they are most: then the rate says little."""

    @property
    def shown(self) -> str:
        return f"{self.value:.1f}{'*' if self.mute else ''}"


ENDS = (10, 20, 40, 60, 100)
"""Where the axis of a chart may end, in percent."""


def whiskers(rates: tuple[Whisker, ...], every: tuple[str, ...]) -> Any:
    """Dots with their 95 % intervals, one row a metric, models side by side; `every` names all that have a look."""
    look = tokens()
    metrics = list(dict.fromkeys(rate.metric for rate in rates))
    here = {rate.model for rate in rates}
    models = [name for name in every if name in here]
    colours = {name: (look.gray, *look.series)[at % len(SHAPES)] for at, name in enumerate(every)}
    shapes = {name: SHAPES[at % len(SHAPES)] for at, name in enumerate(every)}
    highest = next((end for end in ENDS if end >= max(rate.high for rate in rates)), ENDS[-1])
    values = [rate._asdict() | {"shown": rate.shown} for rate in rates]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y(
            "metric:N",
            sort=metrics,
            axis=names_axis(look),
            scale=alt.Scale(paddingInner=0.25),
        ),
        yOffset=alt.YOffset("model:N", sort=models, scale=alt.Scale(paddingOuter=0.6)),
        color=alt.Color(
            "model:N", sort=models, scale=alt.Scale(domain=models, range=[colours[one] for one in models]), legend=None
        ),
    )
    scale = alt.Scale(domain=[0, highest], nice=False)
    axis = percent_axis(look, tickCount=5)
    lines = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
    dots = base.mark_point(filled=True, size=80, opacity=1, aria=False).encode(
        x=alt.X("value:Q", scale=scale),
        shape=alt.Shape(
            "model:N",
            sort=models,
            scale=alt.Scale(domain=models, range=[shapes[one] for one in models]),
            legend=None,
        ),
    )
    figures = base.mark_text(align="left", dx=6, fontSize=11).encode(
        x=alt.X("high:Q", scale=scale), text="shown:N", color=alt.value(look.text)
    )
    return alt.layer(lines, dots, figures).properties(height=len(metrics) * max(44, 26 * len(models)) + 30)


def failure_colours(look: Tokens) -> tuple[str, ...]:
    """Right in the colour of lines; oranges are valid calls that are wrong, blues what the validator stops."""
    return (look.hairline, *look.diverging[:3], look.series[3], *look.diverging[:-4:-1])


def failure_bars(*shares: tuple[str, tuple[tuple[str, float], ...]]) -> Any:
    """One stacked bar a model: its name, and kind by kind the share in percent."""
    look = tokens()
    names = [RIGHT, *map(say_failure, FAILURES_BY_HARM)]
    rows = [
        {"model": model, "kind": name, "share": dict(kinds).get(name, 0.0), "order": at}
        for model, kinds in shares
        for at, name in enumerate(names)
    ]
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(stroke=look.page, strokeWidth=1)
        .encode(
            y=alt.Y(
                "model:N",
                sort=[model for model, _ in shares],
                axis=names_axis(look, limit=96),
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
                scale=alt.Scale(domain=names, range=failure_colours(look)),
                legend=legend(look, columns=2),
            ),
            order="order:Q",
        )
        .properties(height=len(shares) * 40 + 170)
    )
