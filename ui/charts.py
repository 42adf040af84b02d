"""The colours of the theme as a chart needs them, and the one way a chart is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import altair as alt
import streamlit as st

PADDING = {"left": 0, "top": 4, "right": 4, "bottom": 0}
SHAPES = ("circle", "square", "diamond", "triangle-up")
"""At most four hues in a chart, each with its own shape."""
MARKS = ("●", "■", "◆", "▲")
"""The shapes as they stand in a line of text."""
NO_BREAK, EM_SPACE = "\u00a0", "\u2003"


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
    is_dark: bool


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
        is_dark=mode == "dark",
    )


def draw(chart: Any, *, key: str, alt_text: str, **options: Any) -> Any:
    """Show a chart as wide as its card, with words for those who cannot see it."""
    return st.altair_chart(chart.properties(padding=PADDING), key=key, alt=alt_text, width="stretch", **options)


def word_legend(names: Sequence[str], *, first_is_gray: bool = False) -> str:
    """The series (names already safe) behind their marks, as words that wrap with their card, never inside a name."""
    look = tokens()
    colours = (look.gray, *look.series) if first_is_gray else look.series
    signs = [f':color[{mark}]{{foreground="{colour}"}}' for mark, colour in zip(MARKS, colours, strict=False)]
    parts = [f"{sign} {name}".replace(" ", NO_BREAK) for sign, name in zip(signs, names, strict=False)]
    return f"{EM_SPACE} ".join(parts)


def legend(look: Tokens, columns: int = 2) -> Any:
    """Names under the chart, in the text colour."""
    return alt.Legend(
        title=None, orient="bottom", columns=columns, labelColor=look.text, symbolOpacity=1, labelLimit=180
    )


def names_axis(look: Tokens, limit: int = 170) -> Any:
    """An axis of names, every one of them drawn."""
    return alt.Axis(title=None, labelOverlap=False, labelLimit=limit, ticks=False, domain=False, labelColor=look.text)


def percent_axis(look: Tokens, **options: Any) -> Any:
    """An axis of percents."""
    return alt.Axis(title=None, labelExpr="datum.value + ' %'", labelColor=look.text, **options)
