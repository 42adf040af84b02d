"""A rendered training row with the tokens it teaches marked, and those it only shows in grey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from curation.services.choices import CheckedRow
from ui.text import count, named, plain

MAX_CHARACTERS = 6000
Piece = tuple[str, bool]
"""A stretch of text, and whether it is trained."""


def draw_row(row: CheckedRow) -> None:
    """Counts, the text with its mask, and what stands in the way."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Row {row.number} · {row.n_trained:,} of {count(row.tokens, 'token')} carry loss", width="content")
        st.space("stretch")
        st.badge("trained", icon=":material/school:", color="green")
        st.badge("read only", icon=":material/visibility:", color="gray")
    for problem in row.problems:
        st.error(named(problem), icon=":material/error:")
    length = sum(len(text) for text, _ in row.pieces)
    st.markdown("  \n".join(mask_lines(row.pieces)))
    if length > MAX_CHARACTERS:
        st.caption(f"{length:,} characters; the first {MAX_CHARACTERS:,} are drawn")


def mask_lines(pieces: Sequence[Piece]) -> Iterator[str]:
    """Markdown of each line of the text; every character of it is inert."""
    line: list[str] = []
    for text, trained in _clipped(pieces):
        first, *others = text.split("\n")
        line.append(_marked(first, trained))
        for other in others:
            yield "".join(line)
            line = [_marked(other, trained)]
    yield "".join(line)


def _clipped(pieces: Sequence[Piece]) -> Iterator[Piece]:
    left = MAX_CHARACTERS
    for text, trained in pieces:
        if left <= 0:
            return
        yield text[:left], trained
        left -= len(text)


def _marked(text: str, trained: bool) -> str:
    if not text.strip():
        return text
    before, after = " " * (text[0] == " "), " " * (text[-1] == " ")
    colour = "green-background" if trained else "gray"
    return f"{before}:small[:{colour}[{plain(text)}]]{after}"
