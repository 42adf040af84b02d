"""The columns of an imported table: what each becomes, and which one a person says holds the turns or the tools."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.services.importing import ImportPreview
from ui.text import count, plain, show_unseen

_ASKED = {"messages": "Turns", "tools": "Tools"}
_TOLD = "as recognised"


def choose_columns(preview: ImportPreview, owner: str) -> tuple[tuple[str, str], ...]:
    """The columns a person names, as pairs of key and column; `owner` is the upload they belong to."""
    names = [use.column for use in preview.columns if use.column]
    if not names:
        return ()
    chosen: list[tuple[str, str]] = []
    for place, (key, label) in zip(st.columns(len(_ASKED), gap="small"), _ASKED.items(), strict=True):
        column = place.selectbox(
            plain(f"{label} stand in"), [_TOLD, *names], key=f"import.column.{key}.{owner}", format_func=show_unseen
        )
        if column != _TOLD:
            chosen.append((key, column))
    return tuple(chosen)


def draw_columns(preview: ImportPreview) -> None:
    """What becomes of each column, and what the table had added that is left out."""
    if preview.columns:
        table = {
            "column": [use.column or "without a name" for use in preview.columns],
            "becomes": [use.key or "left out" for use in preview.columns],
            "its text": ["read as JSON" if use.is_json else "" for use in preview.columns],
        }
        st.dataframe(pd.DataFrame(table), hide_index=True, key="import.columns")
    if preview.n_nulls:
        st.caption(f"{count(preview.n_nulls, 'key')} that the table had filled with null will be left out.")
    for note in preview.notes:
        st.caption(plain(note))
