"""How a mistake a person can put right is shown: what happened, and what to do; bugs go to the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from curation.errors import CurationError
from ui.text import plain

_log = logging.getLogger("callwright.ui")


def show_error(error: CurationError) -> None:
    """One banner: the sentence in bold, the remedy under it."""
    hint = f"\n\n{plain(error.hint)}" if error.hint else ""
    st.error(f"**{plain(error.message)}**{hint}", icon=":material/error:")


def show_refusal(error: CurationError | None) -> None:
    """The banner of an act on a desk: it floats above the acts and moves nothing; draw it last."""
    with st.container(key="desk-refused"):
        if error is not None:
            show_error(error)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Run one act; a `CurationError` becomes a banner and the page goes on."""
    try:
        yield
    except CurationError as error:
        show_error(error)


def on_script_error(error: Exception) -> bool:
    """The last net of the app: users' mistakes as a banner, bugs as one sentence with the details in the log."""
    if isinstance(error, CurationError):
        show_error(error)
        return True
    _log.error("A page failed", exc_info=error)
    st.error(
        "**Something in Callwright broke.** The details are in the terminal where Callwright runs. Text you typed is "
        "kept as a draft; if a field says that it is not saved yet, leave this tab open until it is.",
        icon=":material/error:",
    )
    return True
