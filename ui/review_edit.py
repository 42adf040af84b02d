"""Edit and accept: a reviewer puts an example right on the Write page and accepts it there with one more key."""

from __future__ import annotations

import streamlit as st

from curation.model.finding import Severity
from curation.model.people import Actor
from curation.services import reviewing
from curation.services.second_looks import WAITING
from curation.services.text_fields import arguments_at, content_at
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import keys, rail, review_claims, state
from ui.cursor import aim
from ui.review_bar import PAGE
from ui.review_decided import Decision, remember
from ui.state import Act, Slot
from ui.turns import name_turns
from ui.write_goals import SELECTED, go_to, place_of

EDITED: Slot[tuple[str, int]] = Slot("review.edited", ("", 0))
"""The example a reviewer is putting right in this tab, and the last change before that."""
BACK_TO_REVIEW = "back_to_review"
"""The way back without accepting; what was typed stays as a draft."""


def begin_edit(view: ExampleView, word: str) -> None:
    """Open the example on the Write page, the cursor where it is most likely needed."""
    if not is_edited(view) or view.state in WAITING:
        EDITED.set((view.id, view.seq))
    state.EXAMPLE.set(view.id)
    rail.reveal("write")
    ids = name_turns(view.id, view.head_rev, view.example)
    fault = next((one.finding for one in view.judged if one.severity is Severity.ERROR), None)
    if fault is not None:
        go_to(view, ids, place_of(fault), word)
    else:
        _aim_at_decision(view, ids, word)
    st.switch_page("../pages/write.py")


def _aim_at_decision(view: ExampleView, ids: tuple[str, ...], word: str) -> None:
    """The first call's arguments; the last answer where nothing is called."""
    calling = next((turn for turn, one in enumerate(view.example.messages) if one.calls), None)
    if calling is not None:
        SELECTED.of(view.id).set(f"{ids[calling]}/0")
        aim(arguments_at(calling, 0), word)
    elif view.example.messages:
        aim(content_at(len(view.example.messages) - 1), word)


def is_edited(view: ExampleView) -> bool:
    """Whether a reviewer has this example on the Write page to accept it there."""
    return EDITED.get()[0] == view.id


def draw_accept(view: ExampleView, *, is_primary: bool) -> None:
    """Accept, at the spot and on the key it has in Review."""
    st.button(
        "Accept",
        key="write.accept",
        icon=":material/check:",
        shortcut=keys.ACCEPT.shortcut,
        type="primary" if is_primary else "secondary",
        on_click=state.ask,
        args=("accept",),
        kwargs={"rev": view.head_rev},
    )


def go_back(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """Back to Review, to the example as it stands now."""
    state.REVIEWED.set(view.id)
    st.switch_page(f"../pages/{PAGE}.py")
    return view


def accept_edited(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Accept what was put right and go on with the next one in Review."""
    after = reviewing.accept_edited(ws, actor, view.id, act.rev, nonce=act.nonce)
    remember(actor, Decision(after.id, after.head_rev, after.seq, since=EDITED.take()[1]))
    state.REVIEWED.set(review_claims.following(ws, actor, after.id))
    state.NOTICE.set("Put right and accepted; Alt+Z takes it back")
    st.switch_page(f"../pages/{PAGE}.py")
    return after
