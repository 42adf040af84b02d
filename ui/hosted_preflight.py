"""What a host would be sent, what it costs and how long it lasts there, shown before the launch."""

from __future__ import annotations

import uuid
from typing import NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.model.values import Json
from curation.services import hosted_preflight, hosted_training
from curation.services.choices import ProviderChoice
from curation.services.freezing import DatasetView
from curation.services.hosted_preflight import HostedPreflight
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui import keys
from ui.decision_bar import decision_bar
from ui.errors import errors_shown, show_error
from ui.layout import card_title
from ui.run_name import begin_next
from ui.run_rail import RUN
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, named, plain

SHOWN_REFUSED = 5
_SEEN: Slot[str] = Slot("training.hosted.seen", "")
"""What the preflight on screen was made for."""
_NONCE: Slot[str] = Slot("training.hosted.nonce", "")


class HostedPlan(NamedTuple):
    """What a person chose in the form."""

    project: ProjectView
    version: DatasetView
    provider: ProviderChoice
    values: dict[str, Json]
    name: str = ""

    @property
    def looked_at(self) -> str:
        return f"{self.version.id}|{self.provider.name}|{sorted(self.values.items())}"


def draw_hosted_preflight(plan: HostedPlan) -> None:
    """Ask for a look, show it, and open the launch when nothing stands in its way."""
    is_seen = _SEEN.get() == plan.looked_at
    with card_title("What would be sent"):
        if st.button(
            "Look again" if is_seen else "Show",
            key="training.hosted.show",
            type="secondary" if is_seen else "primary",
            icon=":material/preview:",
            shortcut=None if is_seen else keys.NEXT_ACT.shortcut,
        ):
            # The key, the address or the profile of a host may have changed under its name.
            _preflight.clear()
            _SEEN.set(plan.looked_at)
            _NONCE.set(uuid.uuid4().hex)
            st.rerun()
    if not is_seen:
        st.caption("The rows, the price and the terms of the host. Nothing leaves this machine before the launch.")
        _draw_launch(plan, "Show what would be sent first")
        return
    try:
        with st.spinner("Judging every row by the host's rules"):
            found = _preflight(plan.project.id, plan.version.n, plan.provider.name, plan.values)
    except CurationError as error:
        show_error(error)
        return
    _draw_found(found)
    _draw_launch(plan, "" if found.is_ready else "The problems above keep this from starting")


@st.cache_data(max_entries=4, show_spinner=False)
def _preflight(project_id: str, version_n: int, provider: str, values: dict[str, Json]) -> HostedPreflight:
    """One look; what is not among these arguments stays as it was when it was looked at."""
    return hosted_preflight.preflight_hosted(workspace(), project_id, version_n, provider, values)


def _draw_found(found: HostedPreflight) -> None:
    st.markdown(
        f"**{count(found.n_rows, 'training row')}, {count(found.n_validation, 'validation row')}** · "
        f"about {count(found.tokens, 'token')}, seen {found.terms.epochs:g} times"
    )
    st.markdown(_cost(found))  # safe: numbers and our own profile
    st.caption(f"The rows leave this machine for {plain(found.terms.address) or 'an address that is not set yet'}")
    for problem in found.problems:
        st.error(named(problem), icon=":material/error:")
    for note in found.notes:
        st.caption(f":material/info: {named(note.text)} ({plain(note.source)}, {plain(note.date)})")
    if found.n_refused:
        _draw_refused(found)


def _cost(found: HostedPreflight) -> str:
    if found.cost is None:
        return found.no_price
    price = found.cost.price
    return (
        f"About **{found.cost.amount:,.2f} {price.currency}**, at {price.per_million:g} {price.currency} for a million "
        f"tokens ({plain(price.source)}, {price.date})"
    )


def _draw_refused(found: HostedPreflight) -> None:
    left = count(found.n_refused, "example is left out", "examples are left out")
    with st.expander(f"{left}: the host would refuse them", type="compact"):
        for one in found.refused[:SHOWN_REFUSED]:
            st.caption(f"{plain(one.example_id)}: {named(one.why)}")
        if found.n_refused > SHOWN_REFUSED:
            st.caption(f"and {found.n_refused - SHOWN_REFUSED:,} more")


def _draw_launch(plan: HostedPlan, reason: str) -> None:
    """At the bottom in every state; while something is missing it says what."""
    with decision_bar() as (words, acts):
        words.caption(plain(reason) or "It goes on when this tab or the app is closed", width="content")
        pressed = acts.button(
            "Send and launch",
            key="training.hosted.launch",
            type="secondary" if reason else "primary",
            icon=":material/cloud_upload:",
            shortcut=None if reason else keys.NEXT_ACT.shortcut,
            disabled=bool(reason),
        )
    if pressed:
        with errors_shown():
            _launch(plan)


def _launch(plan: HostedPlan) -> None:
    ws = workspace()
    job = hosted_training.launch_hosted(
        ws,
        local_actor(ws),
        plan.project.id,
        plan.version.n,
        provider=plan.provider.name,
        parameters=plan.values,
        name=plan.name,
        nonce=_NONCE.get(),
    )
    RUN.set(job.id)
    NOTICE.set(f"{plain(job.name)} is waiting to start")
    _SEEN.clear()
    begin_next()
    st.rerun()
