"""The decision at the bottom: what stands in the way at the left, the acts at the right, at every width."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitInvalidLayoutContextError


def _row() -> DeltaGenerator:
    try:
        with st.bottom:
            return st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small")
    except StreamlitInvalidLayoutContextError:
        # The last run of the whole page was broken off before it reached the bar: only another one can place it.
        st.rerun()


@contextmanager
def decision_bar() -> Iterator[tuple[DeltaGenerator, DeltaGenerator]]:
    """Two places in one row that never wraps: words give way and are cut in theirs, the acts keep their spot."""
    with _row():
        words = st.container(
            key="decision-words", horizontal=True, wrap=False, vertical_alignment="center", gap="small", width="stretch"
        )
        acts = st.container(
            key="decision-acts",
            horizontal=True,
            wrap=False,
            vertical_alignment="center",
            horizontal_alignment="right",
            gap="small",
            width="content",
        )
        yield words, acts
