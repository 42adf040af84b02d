"""The share of decisions that call nothing, on Home."""

from __future__ import annotations

import math

import streamlit as st

from curation.services.gauging import NoToolGauge
from ui.layout import Colour, card_title
from ui.share_bar import draw_share
from ui.text import count, plain


def draw_gauge(gauge: NoToolGauge) -> None:
    """The share against the band that is wanted."""
    share = 100 * gauge.n_no_tool / gauge.n_decisions if gauge.n_decisions else 0.0
    low, high = (100 * bound for bound in gauge.band)
    word, colour = _band(share, low, high)
    with card_title("No-tool decisions"):
        st.markdown(f"**{share:.1f} %**", width="content")
        st.badge(plain(word), color=colour)
    if gauge.n_decisions:
        words_for_it = f"{share:.1f} % of decisions call nothing; the band is {low:.0f} to {high:.0f} %"
        draw_share(share, low, high, key="home.gauge", alt_text=words_for_it)
    lacking = _lacking(gauge)
    more = f" · {lacking:,} more reach the band" if lacking else ""
    st.caption(f"{gauge.n_no_tool:,} of {count(gauge.n_decisions, 'decision')} · in {count(gauge.n_rows, 'row')}{more}")


def _lacking(gauge: NoToolGauge) -> int:
    """How many more decisions that call nothing would reach the band."""
    low = gauge.band[0]
    return max(0, math.ceil((low * gauge.n_decisions - gauge.n_no_tool) / (1 - low) - 1e-9))


def _band(share: float, low: float, high: float) -> tuple[str, Colour]:
    band = f"{low:.0f}–{high:.0f} %"
    if share < low:
        return f"below {band}", "orange"
    if share > high:
        return f"above {band}", "orange"
    return f"within {band}", "green"
