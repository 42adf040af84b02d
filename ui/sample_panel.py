"""Judging an imported file or what an order made by a sample: drawn here, judged in Review, decided here."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import bulk, bulk_running, sampling
from curation.services.bulk_views import UNDONE
from curation.services.importing import SourceView
from curation.services.sampling import MOST, SampleView
from curation.services.workspace import Workspace
from ui.change_running import draw_running
from ui.errors import errors_shown
from ui.layout import card_title
from ui.list_links import number_button
from ui.moments import ago
from ui.state import NOTICE
from ui.text import count, plain, shorten

USUAL = 50


def draw_sample(ws: Workspace, actor: Actor, sources: tuple[SourceView, ...]) -> None:
    """Choose an imported file; the sample of it, or the form that draws one."""
    living = {one.batch_id: one for one in sources if not one.is_undone and one.n_imported}
    if not living:
        return
    with st.container(border=True):
        with card_title("Accept a file by a sample", "some rows are judged one by one, then all or none are accepted"):
            pass
        ids = list(living)
        batch = st.selectbox(
            "File",
            ids,
            key=f"import.sample.file.{ids[0]}",
            format_func=lambda one: f"{shorten(living[one].name, 40)} · {count(living[one].n_imported, 'row')}",
        )
        _draw_batch(ws, actor, batch)


def draw_batches(ws: Workspace, actor: Actor, batches: Sequence[str]) -> None:
    """The same for the batches in which candidates of one order came in, without a card of its own."""
    ids = list(batches)
    if not ids:
        return
    batch = ids[0]
    if len(ids) > 1:
        batch = st.selectbox(
            "Came in", ids, key=f"import.sample.batch.{ids[0]}", format_func=lambda one: f"part {ids.index(one) + 1}"
        )
    _draw_batch(ws, actor, batch)


def _draw_batch(ws: Workspace, actor: Actor, batch: str) -> None:
    sample = sampling.find_sample(ws, batch)
    if sample is not None:
        _draw_standing(ws, actor, sample)
    if sample is None or sample.state == "sent back":
        _draw_form(ws, actor, batch, sample)


def _draw_form(ws: Workspace, actor: Actor, batch: str, last: SampleView | None) -> None:
    n_all = sampling.count_judgeable(ws, batch)
    if "lead" not in actor.roles or not n_all:
        st.caption("A lead draws the sample." if n_all else "No row of these waits without errors.")
        return
    most = min(MOST, n_all)
    n = st.number_input("Rows to judge", 1, most, min(USUAL, most), step=10, key=f"import.sample.n.{batch}", width=180)
    low = 100 * sampling.best_low(int(n))
    st.caption(
        f"Of {count(n_all, 'row')} without errors. If all {int(n):,} are right, at least {low:.1f} % of them are, "
        "with 95 % confidence."
    )
    if st.button(f"Draw {count(int(n), 'row')} for review", key="import.sample.draw", icon=":material/casino:"):
        with errors_shown():
            made = sampling.draw_sample(ws, actor, batch, int(n), nonce=f"sample.{batch}.{last.id if last else ''}")
            NOTICE.set(f"{count(made.n, 'row')} wait in Review")
            st.rerun()


def _draw_standing(ws: Workspace, actor: Actor, sample: SampleView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_say_share(sample), width="content")  # safe: numbers and our words
        if sample.state == "open":
            color, icon = ("orange", ":material/pending:") if sample.n_waiting else ("green", ":material/check:")
            st.badge(f"{sample.n_waiting:,} to judge", icon=icon, color=color)
        else:
            is_in = sample.state == "accepted"
            st.badge(
                plain(sample.state),
                icon=":material/check:" if is_in else ":material/reply:",
                color="green" if is_in else "gray",
            )
        st.space("stretch")
        if sample.state == "open" and sample.n_waiting:
            waiting = ExampleFilter(batch=sample.batch_id, states=(ExampleState.SUBMITTED,))
            number_button(
                "Judge them", waiting, key="import.sample.judge", icon=":material/rate_review:", page="review"
            )
    drawn = f"{sample.n:,} of {sample.n_batch:,} rows, drawn {ago(sample.at)} by {sample.by} with seed {sample.seed}"
    st.caption(plain(drawn))
    if sample.reason:
        st.caption(f"Sent back: {plain(sample.reason, 200)}")
    if sample.bulk_id:
        _draw_accepting(ws, actor, sample)
    if sample.state == "open" and "lead" in actor.roles:
        _draw_decision(ws, actor, sample)


def _say_share(sample: SampleView) -> str:
    n = sample.n_right + sample.n_wrong
    if not n or sample.low is None or sample.high is None:
        return "Nothing is judged yet"
    return (
        f"**{sample.n_right:,} of {n:,} right**: {100 * sample.n_right / n:.1f} %, "
        f"95 % interval {100 * sample.low:.1f} to {100 * sample.high:.1f} %"
    )


def _draw_decision(ws: Workspace, actor: Actor, sample: SampleView) -> None:
    if sample.n_touched:
        st.caption(f"{count(sample.n_touched, 'row')} changed since it was drawn, and would stay as they are.")
    rest = sample.n_batch - sample.n
    if st.button(
        f"Accept the other {rest:,}",
        key="import.sample.accept",
        icon=":material/done_all:",
        type="primary" if not sample.n_waiting else "secondary",
        disabled=bool(sample.n_waiting),
        help="Opens when every drawn row is judged; rows with errors stay out" if sample.n_waiting else None,
    ):
        with errors_shown():
            closed = sampling.accept_by_sample(ws, actor, sample.id, nonce=f"accept.{sample.id}")
            bulk_running.start(ws, closed.bulk_id)
            st.rerun()
    reason = st.text_input("Why it goes back", key=f"import.sample.reason.{sample.id}", max_chars=300)
    if st.button("Send it back", key="import.sample.back", icon=":material/reply:", disabled=not reason):
        with errors_shown():
            sampling.send_back(ws, actor, sample.id, reason or "", nonce=f"back.{sample.id}")
            NOTICE.set("Sent back; its rows stay as they are")
            st.rerun()


def _draw_accepting(ws: Workspace, actor: Actor, sample: SampleView) -> None:
    """How far the act is that accepts the others; Examples takes it back as one."""
    now = bulk.view(ws, sample.bulk_id)
    if not now.is_over:
        draw_running(ws, actor, now)
        return
    word = "taken back" if now.state == UNDONE else "accepted"
    left = sum(now.left.values())
    stayed = f", {left:,} left as they were" if left else ""
    st.caption(f"{now.n_changed:,} others {word}{stayed}. Alt+Z in Examples takes the newest such act back.")
