"""The rows of a rail as one radio group that keeps its choice when a label changes."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.state import Slot

_SAME = "\u2060"


def draw_choice(
    heading: str, labels: Mapping[str, str], captions: Mapping[str, str], *, key: str, kept: Slot[str]
) -> None:
    """Draw the rows (id → safe label); `kept` holds the chosen id, and nothing is chosen where it names no row."""
    told_apart = _tell_apart(labels)
    # Written before drawing, whatever the widget held: a radio forgets its choice when the label of that row changes.
    st.session_state[key] = kept.get() if kept.get() in labels else None
    st.radio(
        heading,
        list(labels),
        index=None,
        key=key,
        format_func=lambda one: told_apart.get(one, one),
        captions=[captions[one] for one in labels] if any(captions.values()) else None,
        label_visibility="collapsed",
        on_change=_keep,
        args=(key, kept, tuple(labels)),
    )


def _keep(key: str, kept: Slot[str], ids: tuple[str, ...]) -> None:
    """Only a row of the list counts: a browser may still send a label that has changed meanwhile."""
    picked = st.session_state.get(key)
    if picked in ids:
        kept.set(str(picked))


def _tell_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """A radio knows its rows by what they say, so that equal labels get an invisible difference."""
    seen: dict[str, int] = {}
    apart: dict[str, str] = {}
    for one, label in labels.items():
        apart[one] = label + _SAME * seen.get(label, 0)
        seen[label] = seen.get(label, 0) + 1
    return apart
