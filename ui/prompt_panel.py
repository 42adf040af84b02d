"""The project's system prompts: what each version says, and the next one, kept as a draft while it is written."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services import drafting, system_prompts
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.system_prompts import SystemPrompt
from ui.errors import errors_shown
from ui.kept_text import draw_kept, read_typed, take_typed
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import plain, source
from ui.tokens import Claim

KIND, FIELD = "system prompt", "/text"
_NONCE: Slot[str] = Slot("prompts.nonce", "")


def open_dialog(project: ProjectView) -> None:
    """Open it; one nonce for however often its button is pressed."""
    _NONCE.set(uuid.uuid4().hex)
    _dialog(project)


# Escape would close it over a text that is not saved for good; Close is pressed on purpose.
@st.dialog("System prompts", width="large", icon=":material/edit_note:", dismissible=False)
def _dialog(project: ProjectView) -> None:
    draw_prompts(project)
    if st.button("Close", key="prompts.close"):
        st.rerun()


def draw_prompts(project: ProjectView) -> None:
    """The next version, the policies it would carry, and those there are."""
    ws = workspace()
    known = system_prompts.list_prompts(ws, project.id)
    newest = known[0] if known else None
    text = _draw_text(project, newest, len(known))
    section = system_prompts.make_section(ws, project.id)
    had_none = newest is not None and newest.section is None
    with_policies = bool(section.text) and st.toggle(
        "Add what the policies of the tools say", value=not had_none, key="prompts.policies"
    )
    if with_policies:
        source(section.text)
        where = f"catalogue v{section.catalogue_n}" if section.catalogue_n else "the tools as they are, unpublished"
        st.caption(f"Made from {where}. A later catalogue changes nothing in a saved prompt.")  # safe: our words
    elif not section.text:
        st.caption("No tool has a policy yet: write one on the Catalogue, and it can stand here.")
    if st.button(f"Save prompt {len(known) + 1}", key="prompts.save", type="primary", icon=":material/save:"):
        _save(project, text, len(known), with_policies=with_policies)
    for one in known:
        _draw_prompt(one)


def _draw_text(project: ProjectView, newest: SystemPrompt | None, base_n: int) -> str:
    """The field with what was typed and not saved yet, else with the newest prompt; another one for every version."""
    key = f"prompts.text.{project.id}.{base_n}"
    claim = Claim(local_actor(workspace()).person_id, project.id, KIND, project.id, FIELD, base_n)
    take_typed(key, claim)
    draft = read_typed(claim)
    text = draft.text if draft else newest.text if newest else ""
    draw_kept(key, claim, f"Prompt {base_n + 1}", text)
    return text


def _save(project: ProjectView, text: str, base_n: int, *, with_policies: bool) -> None:
    ws = workspace()
    actor = local_actor(ws)
    with errors_shown():
        saved = system_prompts.save_prompt(
            ws, actor, project.id, text, with_policies=with_policies, base_n=base_n, nonce=_NONCE.get()
        )
        drafting.drop_drafts(ws, actor.person_id, KIND, project.id)
        NOTICE.set(f"Prompt {saved.n} is saved; an export carries it only when it is chosen there")
        st.rerun()


def _draw_prompt(one: SystemPrompt) -> None:
    with st.expander(f"Prompt {one.n}", type="compact", key=f"prompts.shown.{one.n}"):
        st.caption(f"{ago(one.at)} · {plain(one.by)}")
        source(one.whole)
