"""The heat map of tools expected and tools called."""

from __future__ import annotations

from typing import Any

import altair as alt

from ui.theme import Tokens, tokens

RIGHT = ("#BFD3EE", "#1E4976")
WRONG = ("#F4D8A8", "#6B440E")
"""The cell of a right and of a wrong choice, in the light and the dark theme; figures on them keep 4.5 : 1."""
CELL_PX, HEAD_PX = 30, 92
SHORT_NAME = "length(datum.label) > 17 ? slice(datum.label, 0, 7) + '…' + slice(datum.label, -9) : datum.label"
"""Names of tools are often alike at the beginning: a long one is cut in the middle."""
Cell = tuple[str, str, int]


def confusion_map(cells: tuple[Cell, ...], rows: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    """Expected × called; what never happened is a soft cell."""
    look = tokens()
    counted = {(expected, given): n for expected, given, n in cells}
    values = [_cell(look, row, column, counted.get((row, column), 0)) for row in rows for column in columns]
    axis: dict[str, Any] = {"title": None, "labelOverlap": False, "labelFlush": False, "ticks": False, "domain": False}
    axis |= {"labelColor": look.text, "labelFontSize": 11, "labelLimit": 120, "labelExpr": SHORT_NAME}
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("called:N", sort=list(columns), axis=alt.Axis(orient="top", labelAngle=-40, labelAlign="left", **axis)),
        y=alt.Y("expected:N", sort=list(rows), axis=alt.Axis(**axis)),
    )
    picked = alt.selection_point(name="cell", fields=["expected", "called"], empty=False)
    squares = base.mark_rect(cornerRadius=2, stroke=look.page, strokeWidth=2).encode(
        color=alt.Color("fill:N", scale=None)
    )
    ring = base.mark_rect(fillOpacity=0, strokeWidth=2, cornerRadius=2).encode(
        stroke=alt.condition(picked, alt.value(look.text), alt.value("transparent"))
    )
    figures = base.mark_text(fontSize=11, color=look.text).encode(text="shown:N")
    height = max(1, len(rows)) * CELL_PX + HEAD_PX
    return alt.layer(squares.add_params(picked), figures, ring).properties(height=height)


def _cell(look: Tokens, expected: str, called: str, n: int) -> dict[str, Any]:
    strong = (RIGHT if expected == called else WRONG)[look.is_dark]
    return {
        "expected": expected,
        "called": called,
        "n": n,
        "shown": f"{n:,}" if n else "",
        "fill": strong if n else look.soft,
    }
