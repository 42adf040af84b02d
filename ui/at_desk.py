"""Who sits before this browser: one of the local people, said once, kept in a cookie of the browser, and audited.

There is no sign-in on a workspace of one machine, so this is a name badge and no lock; anywhere else it is not offered.
"""

from __future__ import annotations

import uuid

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from curation.model.people import ROLES, Actor, Role
from curation.services import claiming, people
from curation.services.workspace import Workspace
from ui import state
from ui.errors import errors_shown
from ui.review_claims import tab_token
from ui.state import Slot
from ui.text import plain, shorten

FIRST_ROLES: tuple[Role, ...] = ("annotator",)
"""What somebody new may do, unless more is chosen for them."""
PERSON: Slot[str] = Slot("desk.person", "")
"""Who sits at this tab; a new tab begins with the browser's."""
_COOKIE = "callwright_person"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEEPER = st.components.v2.component(
    "callwright.at_desk",
    html="",
    js="""
export default function ({ data }) {
  const [name, value] = data.cookie
  if (value) document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`
}
""",
)


def person_at_desk() -> str:
    """The id of the person at the tab that runs now; "" where nobody has said so."""
    if get_script_run_ctx() is None or not is_one_machine():
        return ""
    return PERSON.get() or st.context.cookies.get(_COOKIE, "")


def is_one_machine() -> bool:
    """Whether this server listens to its own machine alone."""
    return str(st.get_option("server.address") or "") in _LOOPBACK


def choose_person(ws: Workspace, actor: Actor, page: str) -> None:
    """Who is at the desk, the others, and a name for somebody new."""
    _KEEPER(key="desk.cookie", data={"cookie": [_COOKIE, PERSON.get()]})
    if not is_one_machine():
        return
    # Named after the person: once another sits down it is another one, which is closed.
    with st.popover(
        plain(actor.name, 20), type="tertiary", icon=":material/person:", key=f"{page}.person.{actor.person_id}.open"
    ):
        names = {one.person_id: one.name for one in people.list_people(ws)}
        ids = list(names)
        key = f"{page}.person.{actor.person_id}.{len(ids)}"
        st.selectbox(
            "At the desk",
            ids,
            index=ids.index(actor.person_id),
            format_func=lambda one: shorten(str(names.get(one, one)), 40),
            key=key,
            on_change=_chosen,
            args=(ws, actor, key),
        )
        st.caption("A name badge, not a lock: whoever sits at this machine may say who they are.")
        name = st.text_input("Somebody else", placeholder="Their name", key=f"{page}.person.name.{len(ids)}")
        roles = st.multiselect(
            "Who may act as",
            ROLES,
            default=FIRST_ROLES,
            format_func=str.capitalize,
            key=f"{page}.person.roles.{len(ids)}",
        )
        if st.button("Add and sit down", key=f"{page}.person.add", icon=":material/person_add:"):
            with errors_shown():
                fresh = people.add_person(ws, actor, name or "", roles, nonce=uuid.uuid4().hex)
                _sit_down(ws, actor, fresh.person_id)
                st.rerun()


def _chosen(ws: Workspace, actor: Actor, key: str) -> None:
    with errors_shown():
        _sit_down(ws, actor, str(st.session_state[key]))


def _sit_down(ws: Workspace, actor: Actor, person_id: str) -> None:
    """Who stands up leaves what lies on this desk to who sits down."""
    claiming.release(ws, actor, state.REVIEWED.get(), tab_token())
    taken = people.change_places(ws, actor, person_id, nonce=uuid.uuid4().hex)
    PERSON.set(taken.person_id)
    state.NOTICE.set(f"{plain(taken.name, 40)} is at the desk")
