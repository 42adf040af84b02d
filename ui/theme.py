"""The colours of the theme, for what Streamlit does not colour itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

_ORANGE_TO_BLUE = ("#8F3B00", "#B85C00", "#D98536", "#EAB27F", "#A6C4E4", "#6F9FD0", "#3B77B5", "#0F4F8F")


class Tokens(NamedTuple):
    """The theme's colours a chart needs."""

    text: str
    page: str
    soft: str
    hairline: str
    series: tuple[str, ...]
    steps: tuple[str, ...]
    diverging: tuple[str, ...]
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
        diverging=tuple(colour("chartDivergingColors") or _ORANGE_TO_BLUE),
        good=colour("greenColor") or "#00795C",
        warning=colour("orangeTextColor") or "#8F4700",
        gray=colour("grayColor") or "#5F6878",
        is_dark=mode == "dark",
    )
