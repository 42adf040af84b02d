"""Says of an example that a machine drafted it, what its judges thought, and what a model was asked and answered."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.services import candidate_intake, playground_log, synthesis_views
from curation.services.manifests import PLAYGROUND, SYNTHESISED
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui.machine_opinion import draw_opinions, draw_repaired
from ui.order_rail import ORDER
from ui.state import Slot
from ui.text import clip, count, plain, source

MOST_EXCHANGES = 30
_SHOWN: Slot[bool] = Slot("review.exchanges", default=False)
"""Whether questions and answers are open; they stay so from one example to the next."""


def draw_origin(ws: Workspace, view: ExampleView, *, is_blind: bool = False) -> None:
    """One line, the judges' opinions, and on demand every question and answer; nothing where a person wrote it.

    Who judges blind is told no opinion: two people who have read the same one no longer judge apart. Its order shows
    them too, and a model that was asked to repair was asked with the verdict.
    """
    if view.origin == PLAYGROUND:
        name = playground_log.find_source(ws, view.id)
        said = f": {plain(name, 60)} in the playground" if name else ""
        st.caption(f":material/auto_awesome: Begun with a model's answer{said}")
    if view.origin != SYNTHESISED:
        return
    origin = synthesis_views.find_origin(ws, view.id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        strategy = f": {origin.strategy}" if origin else ""
        st.caption(f":material/auto_awesome: Machine-made{plain(strategy, 80)}", width="content")
        if origin is None or is_blind:
            return
        if st.button(
            "Its order", key="review.order", type="tertiary", icon=":material/chevron_right:", icon_position="right"
        ):
            ORDER.set(origin.job_id)
            st.switch_page("../pages/orders.py")
        if origin.asked_a_model:
            _draw_fold()
    draw_opinions(origin.judged.opinions)
    draw_repaired(origin.judged.repaired)
    if origin.asked_a_model and _SHOWN.get():
        _draw_exchanges(ws, view.id)


def _draw_fold() -> None:
    is_shown = _SHOWN.get()
    st.button(
        "Hide what was asked" if is_shown else "What was asked",
        key="review.exchanges.fold",
        type="tertiary",
        icon=":material/unfold_less:" if is_shown else ":material/unfold_more:",
        on_click=partial(_SHOWN.set, not is_shown),
    )


def _draw_exchanges(ws: Workspace, example_id: str) -> None:
    """Plain text only: what stands in it was written by others and by models."""
    kept = candidate_intake.read_kept(ws, example_id)
    for number, one in enumerate(kept[:MOST_EXCHANGES], 1):
        with st.container(border=True, gap="xsmall"):
            st.caption(f"Question {number:,} of {len(kept):,}, to {plain(one.model, 60) or 'a model'}")
            for turn in one.asked:
                st.caption(plain(turn.role, 20))
                _draw_text("\n".join(part for part in (turn.content, *turn.calls) if part))
            st.caption("answer")
            _draw_text(one.text or one.refusal or one.unanswered or "nothing")
    if len(kept) > MOST_EXCHANGES:
        st.caption(f"{count(len(kept) - MOST_EXCHANGES, 'more question')} not drawn.")


def _draw_text(text: str) -> None:
    shown, rest = clip(text)
    source(shown)
    if rest:
        st.caption(rest)  # safe: made by clip()
