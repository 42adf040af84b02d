"""Charts of the dataset: coverage, the share of no-tool decisions, counts and lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from ui.charts import names_axis
from ui.theme import Tokens, tokens

_HEAT_STEPS = (1, 2, 3, 7, 8)
_HEAT_LIMITS = (0.06, 0.2, 0.4, 0.75)
_IN_LINES = "length(datum.label) > 8 ? split(replace(datum.label, '-', '- '), ' ') : datum.label"
"""Beside each other in a narrow window, long names of columns would run into one word."""


def heat_map(cells: tuple[tuple[str, str, int], ...]) -> Any:
    """Tool × category: five stepped blues with the figure in the cell, zero as the word none."""
    look, largest = tokens(), max((n for _, _, n in cells), default=0) or 1
    tools = list(dict.fromkeys(tool for tool, _, _ in cells))
    categories = list(dict.fromkeys(category for _, category, _ in cells))
    rows = [_heat_cell(look, tool, category, n, largest) for tool, category, n in cells]
    axis = {
        "title": None,
        "labelOverlap": False,
        "labelFlush": False,
        "ticks": False,
        "domain": False,
        "labelColor": look.text,
        "labelFontSize": 12,
    }
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("category:N", sort=categories, axis=alt.Axis(orient="top", labelAngle=0, labelExpr=_IN_LINES, **axis)),
        y=alt.Y("tool:N", sort=tools, axis=alt.Axis(labelLimit=150, **axis)),
    )
    picked = alt.selection_point(name="cell", fields=["tool", "category"], empty=False)
    squares = base.mark_rect(cornerRadius=2, stroke=look.page, strokeWidth=2).encode(
        color=alt.Color("fill:N", scale=None)
    )
    ring = base.mark_rect(fillOpacity=0, strokeWidth=2, cornerRadius=2).encode(
        stroke=alt.condition(picked, alt.value(look.text), alt.value("transparent"))
    )
    figures = base.mark_text(fontSize=12).encode(text="shown:N", color=alt.Color("ink:N", scale=None))
    return alt.layer(squares.add_params(picked), figures, ring).properties(height=max(1, len(tools)) * 28 + 44)


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


def bars(counts: tuple[tuple[str, int], ...]) -> Any:
    """Named counts, longest name fully drawn, the figure at the bar's end."""
    look = tokens()
    base = alt.Chart(alt.InlineData(values=[{"name": name, "n": n} for name, n in counts])).encode(
        y=alt.Y(
            "name:N",
            sort=[name for name, _ in counts],
            axis=names_axis(look),
        ),
        x=alt.X("n:Q", axis=None, scale=alt.Scale(domainMin=0, domainMax=max([*(n for _, n in counts), 1]) * 1.12)),
    )
    drawn = base.mark_bar(height=10, cornerRadiusEnd=2, color=look.series[0])
    figures = base.mark_text(align="left", dx=4, color=look.text).encode(text=alt.Text("n:Q", format=","))
    return alt.layer(drawn, figures).properties(height=len(counts) * 23 + 8)


def histogram(bins: Sequence[tuple[float, int]], width: float, *, n_longer: int, limit: float | None = None) -> Any:
    """Equally wide bins by their upper ends; the few far longer rows stand behind a gap, in the colour of a warning.

    A limit inside what is drawn is a dashed line.
    """
    look = tokens()
    end = bins[-1][0]
    rows = [{"from": upper - width, "to": upper, "n": n, "fill": look.series[0], "shown": ""} for upper, n in bins]
    if n_longer:
        end += 2 * width
        rows.append(
            {"from": end - width, "to": end, "n": n_longer, "fill": look.series[1], "shown": f"{n_longer:,} longer"}
        )
    start = bins[0][0] - width
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "from:Q",
            scale=alt.Scale(domain=[start, end], nice=False, zero=False),
            axis=alt.Axis(title=None, grid=False, tickCount=6, labelColor=look.text),
        ),
        y=alt.Y("n:Q", axis=alt.Axis(title=None, tickCount=3, labelColor=look.text, format=",.0f")),
    )
    drawn = base.mark_bar(stroke=look.page, strokeWidth=1).encode(
        x2="to:Q", y2=alt.datum(0), color=alt.Color("fill:N", scale=None)
    )
    figures = base.mark_text(dy=-7, align="right", color=look.text).encode(x="to:Q", text="shown:N")
    layers = [drawn, figures]
    if limit is not None and start < limit < end:
        cut = alt.Chart(pd.DataFrame([{"at": limit}]))
        layers.append(cut.mark_rule(strokeDash=[4, 3], color=look.text).encode(x="at:Q"))
    return alt.layer(*layers).properties(height=170)
