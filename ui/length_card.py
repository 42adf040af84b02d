"""How long rows are for a base model, and which of them a training would cut or leave out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from curation.services import choices, token_counting
from curation.services.health import Health, Lengths
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.charts import draw
from ui.errors import errors_shown
from ui.health_charts import histogram
from ui.list_links import number_button
from ui.session import workspace
from ui.state import Act, ask
from ui.text import count, plain


def draw_lengths(measured: Health, states: tuple[ExampleState, ...]) -> None:
    """In tokens where a base model is chosen, else in bytes."""
    tokens = measured.tokens
    if tokens is not None and tokens.lengths is not None:
        _draw_histogram(tokens.lengths, 1, "Tokens", limit=tokens.max_length)
        n_left = measured.n_rows - tokens.n_rows
        left = f"; {count(n_left, 'row')} still to be counted" if n_left > 0 else ""
        unwritten = f"; {count(tokens.n_unwritten, 'row')} cannot be written so" if tokens.n_unwritten else ""
        st.caption(f"Tokens of {plain(tokens.base)}, as a training on it writes the rows{unwritten}{left}.")
        if tokens.n_longer:
            wanted = ExampleFilter(longer=f"{tokens.digest}:{tokens.max_length}", states=states)
            number_button(
                f"{count(tokens.n_longer, 'row')} longer than {tokens.max_length:,}",
                wanted,
                key="health.longer",
                icon=":material/chevron_right:",
            )
            st.caption(
                f"{tokens.n_cut:,} tokens lie beyond it. A training here leaves such rows out; others cut their ends."
            )
    elif measured.lengths is None:
        st.caption("There is no row to measure.")
    else:
        _draw_histogram(measured.lengths, 1000, "Bytes, drawn in kB")
        st.caption("Choose a base model to see tokens, and what its limit would cut.")
    _draw_base(tokens.max_length if tokens else token_counting.USUAL_LENGTH)


def _draw_histogram(lengths: Lengths, unit: int, what: str, limit: int | None = None) -> None:
    facts = (
        f"shortest {lengths.shortest:,}, median {lengths.median:,}, "
        f"95 % under {lengths.p95:,}, longest {lengths.longest:,}"
    )
    bins = [(upper / unit, n) for upper, n in lengths.histogram]
    drawn = histogram(bins, lengths.bin_width / unit, n_longer=lengths.n_longer, limit=limit)
    draw(drawn, key="health.lengths", alt_text=f"Length of rows. {what}: {facts}")
    longer = f"; {count(lengths.n_longer, 'row')} far longer than the others" if lengths.n_longer else ""
    st.caption(f"{plain(what)}: {facts}{longer}.")


def _draw_base(max_length: int) -> None:
    with st.popover("Base model", icon=":material/straighten:", type="tertiary"):
        small = choices.small_base(workspace())
        st.text_input("Model folder", value=str(small.folder), key="health.base.folder")
        st.number_input("Longest row in tokens", 16, 1_000_000, max_length, key="health.base.length")
        st.caption(f"{plain(small.name)} comes with Callwright; its first use takes half a minute to unpack it.")
        st.button("Count with it", key="health.base", on_click=partial(ask, "base", page="health"))


def choose_base(project: ProjectView, act: Act) -> None:
    """Measure rows by the base model named in the card."""
    ws = workspace()
    folder = Path(str(st.session_state.get("health.base.folder") or "")).expanduser()
    length = int(st.session_state.get("health.base.length") or token_counting.USUAL_LENGTH)
    with errors_shown(), st.spinner("Opening the base model"):
        ready = choices.prepare_base(ws, folder)
        token_counting.choose_base(ws, local_actor(ws), project.id, ready, length, nonce=act.nonce)
        token_counting.count_waiting(ws)
