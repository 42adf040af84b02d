"""The one way a chart is drawn, and the parts charts share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import msgspec
import streamlit as st

from ui.theme import Tokens, tokens

PADDING = {"left": 0, "top": 4, "right": 4, "bottom": 0}
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down")
"""At most four hues in a chart and gray, each with its own shape."""
MARKS = ("●", "■", "◆", "▲", "▼")
"""The shapes as they stand in a line of text."""
NO_BREAK, EM_SPACE = "\u00a0", "\u2003"


def draw(chart: Any, *, key: str, alt_text: str, **options: Any) -> Any:
    """Show a chart as wide as its card, with words for those who cannot see it."""
    return st.altair_chart(chart.properties(padding=PADDING), key=key, alt=alt_text, width="stretch", **options)


def draw_kept(make: Callable[..., Any], *figures: Hashable, key: str, alt_text: str, **options: Any) -> Any:
    """The same for a chart that is made of these figures alone: while they are the same, it is not made again.

    Making one takes longer than all the rest of a page, and a page is drawn again at every press.
    """
    spec = msgspec.json.decode(_spec(make, figures, tokens()))
    return st.vega_lite_chart(spec=spec, key=key, alt=alt_text, width="stretch", **options)


@lru_cache(maxsize=128)
def _spec(make: Callable[..., Any], figures: tuple[Hashable, ...], _look: Tokens) -> bytes:
    made: dict[str, Any] = make(*figures).properties(padding=PADDING).to_dict()
    # The sizes of the library's own theme; the chart is as wide as its card.
    made.pop("config", None)
    return msgspec.json.encode(made)


def word_legend(names: Sequence[str], places: Sequence[int] = (), *, first_is_gray: bool = False) -> str:
    """The series (names already safe) behind their marks, as words that wrap with their card, never inside a name.

    With `places` each stands where the whole chart has it, the first one gray.
    """
    look = tokens()
    colours = (look.gray, *look.series) if first_is_gray or places else look.series
    signs = [f':color[{mark}]{{foreground="{colour}"}}' for mark, colour in zip(MARKS, colours, strict=False)]
    signs = [signs[place] for place in places] or signs
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
