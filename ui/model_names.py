"""The name of a model at its host: chosen from what the host lists, or typed where it lists none."""

from __future__ import annotations

import streamlit as st

from curation.errors import CurationError
from curation.model.people import Actor
from curation.services.order_choices import list_hosted_names
from curation.services.served_models import list_served
from ui.text import show_unseen

LISTED_S = 60
"""How long a list is good for: a form draws itself again at every press."""


def choose_name(label: str, offered: tuple[str, ...], *, key: str) -> str:
    """The name; one that is not in the list may be typed too, since hosts do not list everything they answer with."""
    if not offered:
        typed = st.text_input(
            label,  # safe: from the calls here
            key=key,
            placeholder="as the host calls it",
            persist_state="session",
        )
        return str(typed).strip()
    chosen = st.selectbox(
        label,  # safe: from the calls here
        offered,
        index=None,
        key=f"{key}.listed",
        format_func=show_unseen,
        placeholder=f"one of {len(offered):,} that the host lists, or another name",
        accept_new_options=True,
        persist_state="session",
    )
    return str(chosen or "").strip()


@st.cache_data(ttl=LISTED_S, max_entries=8, show_spinner="Asking the host which models it offers")
def offered_here(host: str, port: int | None) -> tuple[str, ...]:  # noqa: ARG001 - each place is remembered apart
    """What the host set up for this installation lists."""
    return list_hosted_names()


@st.cache_data(
    ttl=LISTED_S,
    max_entries=32,
    show_spinner="Asking the host which models it offers",
    hash_funcs={Actor: lambda actor: sorted(actor.roles)},  # Who may not ask is not told what others were.
)
def offered_at(actor: Actor, address: str) -> tuple[tuple[str, ...], str]:
    """What the host at an address lists, and why it lists nothing."""
    try:
        return list_served(actor, address), ""
    except CurationError as error:
        return (), str(error)
