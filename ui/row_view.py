"""The example as the line an export would write, beside the conversation: any format, with what it leaves out."""

from __future__ import annotations

import streamlit as st

from curation.model.places import place_words
from curation.services.row_preview import RowPreview, list_formats, preview_row
from curation.services.writing import ExampleView
from ui import keys, state
from ui.layout import card_title
from ui.scene import Scene
from ui.state import Slot
from ui.text import count, exact, plain, words

SHOWN: Slot[bool] = Slot("write.row", default=False)
FORMAT: Slot[str] = Slot("write.row_format", "")
MAX_SHOWN = 20_000
MAX_LOSSES = 12


def flip_row() -> bool:
    """Show the line, or the inspector again; whether the line is shown now."""
    SHOWN.set(not SHOWN.get())
    return SHOWN.get()


def draw_row(view: ExampleView, scene: Scene) -> None:
    """The line in the chosen format, what is lost, and the way back."""
    with card_title("As exported", f"revision {view.head_rev:,}"):
        flip_button()
    titles = list_formats()
    key = "write.row.format"
    names = list(titles)
    st.selectbox(
        "Format",
        names,
        index=names.index(FORMAT.get()) if FORMAT.get() in names else 0,
        key=key,
        format_func=titles.__getitem__,
        on_change=_choose,
        args=(key,),
    )
    scene.spots["/row"] = key
    name = str(st.session_state.get(key) or names[0])
    _draw_preview(preview_row(view.example, name))


def flip_button() -> None:
    """The one button that leads there and back."""
    st.button(
        "Back to the form" if SHOWN.get() else "As exported",
        key="write.flip_row",
        type="tertiary",
        icon=":material/edit_note:" if SHOWN.get() else ":material/data_array:",
        shortcut=keys.AS_EXPORTED.shortcut,
        on_click=state.ask,
        args=("flip_row",),
    )


def _choose(key: str) -> None:
    FORMAT.set(str(st.session_state[key]))


def _draw_preview(preview: RowPreview) -> None:
    if preview.refused:
        st.badge("refused", icon=":material/block:", color="red")
        words(preview.refused)
    elif preview.losses:
        st.badge(count(len(preview.losses), "loss", "losses"), icon=":material/remove_circle:", color="orange")
    else:
        st.badge("nothing is lost", icon=":material/check_circle:", color="green")
    for loss in preview.losses[:MAX_LOSSES]:
        st.caption(plain(f"{place_words(loss.at)}: {loss.what}", 120))
    if len(preview.losses) > MAX_LOSSES:
        st.caption(f"and {count(len(preview.losses) - MAX_LOSSES, 'more loss', 'more losses')}")
    for line in preview.lines:
        exact(line[:MAX_SHOWN])
        if len(line) > MAX_SHOWN:
            st.caption(f"{len(line):,} characters; the first {MAX_SHOWN:,} are drawn")
