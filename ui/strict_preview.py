"""Making a tool strict, seen before it is done: every change, every loss, every example that would break."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.errors import CurationError
from curation.model.outline import lay_out
from curation.services import tightening
from curation.services.people import local_actor
from curation.services.tightening import StrictPreview
from curation.services.tool_desk import Desk
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, named, plain, source
from ui.tool_rail import TOOL

MAX_LISTED = 12
HELP = "Every parameter required, no others allowed, optional ones as a union with null: what `strict` asks for."
_NONCE: Slot[str] = Slot("strict.nonce", "")


def draw_button(desk: Desk) -> None:
    """Opens the preview; drawn under the schema."""
    if st.button(
        "Make strict …", key=f"tool.strict.{desk.object_id}", type="tertiary", icon=":material/lock:", help=HELP
    ):
        _NONCE.set(uuid.uuid4().hex)
        _preview_dialog(desk)


@st.dialog("Make this tool strict", width="large", icon=":material/lock:")
def _preview_dialog(desk: Desk) -> None:
    for_tuning = st.checkbox(
        "For a fine-tuned model",
        key=f"strict.tuning.{desk.object_id}",
        help="Fine-tuned models also lose lengths, patterns, formats and bounds.",
    )
    with errors_shown():
        _draw_preview(desk, for_tuning=for_tuning)


def _draw_preview(desk: Desk, *, for_tuning: bool) -> None:
    try:
        seen = tightening.preview_strict(workspace(), desk, for_tuning=for_tuning)
    except CurationError as error:
        st.error(named(str(error)), icon=":material/error:")
        return
    _list_changes(seen)
    _list_broken(seen)
    with st.expander("As the model would see it"):
        source(lay_out(seen.definition))
    for sentence in seen.left[:MAX_LISTED]:
        st.error(named(sentence), icon=":material/error:")
    accept = st.button(
        "Accept and save",
        key=f"strict.accept.{desk.object_id}",
        type="primary",
        icon=":material/check:",
        disabled=bool(seen.left) or not seen.changes,
    )
    if accept:
        ws = workspace()
        saved = tightening.accept_strict(ws, local_actor(ws), desk, for_tuning=for_tuning, nonce=_NONCE.get())
        TOOL.set(saved.id)
        NOTICE.set(f"{plain(saved.name)} is strict now")
        st.rerun()


def _list_changes(seen: StrictPreview) -> None:
    if not seen.changes:
        st.caption("It is strict already.")
    for change in sorted(seen.changes, key=lambda one: not one.is_loss)[:MAX_LISTED]:
        mark = ":orange-badge[lost]" if change.is_loss else ":gray-badge[changed]"
        st.markdown(f"{mark} {named(change.words)}")
    if len(seen.changes) > MAX_LISTED:
        st.caption(f"and {count(len(seen.changes) - MAX_LISTED, 'more change')}")


def _list_broken(seen: StrictPreview) -> None:
    """The calls that would break; an example keeps the definitions it was written with until it is edited."""
    if not seen.broken:
        st.caption(
            f"All of {count(seen.n_calls, 'call')} in examples still fit."
            if seen.n_calls
            else "No example calls it yet."
        )
        return
    st.warning(
        f"{count(len(seen.broken), 'call')} of {seen.n_calls} in examples would no longer fit. Examples keep the "
        "definitions they were written with.",
        icon=":material/warning:",  # safe: numbers and our words
    )
    for one in seen.broken[:MAX_LISTED]:
        st.markdown(f"**{plain(one.label)}** {named('; '.join(one.reasons))}")
