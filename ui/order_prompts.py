"""The prompts that draft: what each says, what comes into its places, and the project's own words for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import streamlit as st

from curation.model.people import Actor
from curation.services import drafting, drafting_prompts
from curation.services.drafting import Draft
from curation.services.drafting_prompts import OwnText, PromptView
from curation.services.order_choices import Strategy
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.roles import ALLOWED
from ui.errors import errors_shown
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import plain, say, show_unseen, source

KIND = "drafting prompt"
MOST_VERSIONS = 30
_NONCE: Slot[str] = Slot("orders.prompts.nonce", "")
_ROUND: Slot[int] = Slot("orders.prompts.round", 0)
"""Counts how often words were put into the field from elsewhere: the field is then drawn anew."""


def draw_button(project: ProjectView, strategy: Strategy) -> None:
    """The way to the prompts, those of the chosen strategy first."""
    if st.button("Prompts", key="orders.prompts", type="tertiary", icon=":material/edit_note:"):
        _NONCE.set(uuid.uuid4().hex)
        _dialog(project, strategy.prompts)


# Escape would close it over words that the browser has not sent yet; a press of Close sends them first.
@st.dialog("Prompts", width="large", icon=":material/edit_note:", dismissible=False)
def _dialog(project: ProjectView, first: Sequence[str]) -> None:
    draw_prompts(project, first)
    if st.button("Close", key="orders.prompts.close"):
        st.rerun()


def draw_prompts(project: ProjectView, first: Sequence[str]) -> None:
    """One prompt at a time: its words, a look at it filled in, and the versions it had."""
    ws = workspace()
    actor = local_actor(ws)
    found = {one.prompt.name: one for one in drafting_prompts.list_prompts(ws, project.id)}
    name = st.selectbox(
        "Prompt",
        sorted(found, key=lambda one: first.index(one) if one in first else len(first)),
        key="orders.prompts.which",
        format_func=lambda one: _word_title(found[one]),
        persist_state="session",
    )
    view = found[name]
    st.caption(say("{purpose} Edition {edition}.", purpose=view.prompt.purpose, edition=view.prompt.edition))
    places = [say("**{place}** {about}", place=f"{{{one}}}", about=it.about) for one, it in view.prompt.places.items()]
    st.caption("  \n".join(places))
    may_save = bool(actor.roles & ALLOWED["save drafting prompt"])
    text = _draw_text(project, actor, view, may_save=may_save)
    with st.expander("Preview, filled with samples", type="compact", icon=":material/visibility:"):
        _draw_preview(name, text)
    for version in view.versions[:MOST_VERSIONS]:
        _draw_version(project, actor, view, version, may_save=may_save)


def _word_title(view: PromptView) -> str:
    return show_unseen(f"{view.prompt.title} · own words" if view.prompt.is_own else view.prompt.title)


def _draw_text(project: ProjectView, actor: Actor, view: PromptView, *, may_save: bool) -> str:
    """The field with what is typed into it, what is wrong with that, and what can be done."""
    name = view.prompt.name
    draft = drafting.read_drafts(workspace(), actor.person_id, KIND, project.id).get(name) if may_save else None
    base_n = draft.base_rev if draft else view.base_n
    key = f"orders.prompts.text.{name}.{view.base_n}.{_ROUND.get()}"
    if key not in st.session_state:
        st.session_state[key] = draft.text if draft else view.prompt.text
    text = str(
        st.text_area(
            "Text",
            key=key,
            height=320,
            disabled=not may_save,
            on_change=_keep,
            args=(project.id, actor.person_id, view, base_n, key),
        )
    )
    if not may_save:
        st.caption("An expert or a lead of the project can change these words.")
        return text
    if draft:
        _draw_standing(project, actor, view, draft)
    if fault := drafting_prompts.check_text(name, text):
        st.error(plain(fault), icon=":material/error:")
    _draw_acts(project, actor, view, text, base_n, fault)
    return text


def _draw_standing(project: ProjectView, actor: Actor, view: PromptView, draft: Draft) -> None:
    """That the words are not saved yet; and where another version came in between, who saved it."""
    if draft.base_rev == view.base_n:
        st.caption(f":material/edit: Not saved yet, kept since {ago(draft.saved_at)}")
        return
    newest = view.versions[0]
    said = say(
        "{by} saved version {n} meanwhile, and your words began from version {base}. Version {n} stands below.",
        by=newest.by,
        n=newest.n,
        base=draft.base_rev,
    )
    st.warning(said, icon=":material/group:")  # safe: made by say()
    with st.container(horizontal=True, gap="small"):
        where = (project.id, actor.person_id, view)
        st.button(
            "Go on with mine", key="orders.prompts.mine", on_click=_put, args=(*where, draft.text), type="secondary"
        )
        st.button("Take the saved one", key="orders.prompts.theirs", on_click=_drop, args=where, type="tertiary")


def _draw_acts(project: ProjectView, actor: Actor, view: PromptView, text: str, base_n: int, fault: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_saved = st.button("Save prompt", key="orders.prompts.save", type="primary", icon=":material/save:")
        st.button(
            "Back to the shipped text",
            key="orders.prompts.shipped",
            type="tertiary",
            icon=":material/undo:",
            help="Puts it into the field; it counts once it is saved",
            disabled=text.strip() == view.shipped,
            on_click=_put,
            args=(project.id, actor.person_id, view, view.shipped),
        )
    if is_saved and not fault:
        _save(project, actor, view, text, base_n)


def _draw_preview(name: str, text: str) -> None:
    if drafting_prompts.check_text(name, text):
        st.caption("It comes once the text names every place.")
    else:
        source(drafting_prompts.preview_text(name, text))


def _draw_version(project: ProjectView, actor: Actor, view: PromptView, one: OwnText, *, may_save: bool) -> None:
    key = f"orders.prompts.version.{view.prompt.name}.{one.n}"
    with st.expander(f"Version {one.n}", type="compact", key=key):
        edition = plain(view.edition_of(one))
        st.caption(f"{ago(one.at)} · {plain(one.by)} · edition {edition}")
        if not one.text:
            st.caption("It went back to the shipped text.")
        source(one.text or view.shipped)
        if may_save:
            st.button(
                "Begin from this",
                key=f"{key}.begin",
                type="tertiary",
                icon=":material/content_copy:",
                on_click=_put,
                args=(project.id, actor.person_id, view, one.text or view.shipped),
            )


def _keep(project_id: str, person_id: str, view: PromptView, base_n: int, key: str) -> None:
    """Callback: what is typed is kept at once; words as they are saved need no keeping."""
    _keep_text(project_id, person_id, view, base_n, str(st.session_state.get(key) or ""))


def _keep_text(project_id: str, person_id: str, view: PromptView, base_n: int, text: str) -> None:
    ws, name = workspace(), view.prompt.name
    if text.strip() == view.prompt.text and base_n == view.base_n:
        drafting.drop_drafts(ws, person_id, KIND, project_id, name)
    else:
        drafting.save_draft(ws, person_id, KIND, project_id, name, base_n, text)


def _put(project_id: str, person_id: str, view: PromptView, text: str) -> None:
    """Callback: other words come into the field, begun from the newest version."""
    _keep_text(project_id, person_id, view, view.base_n, text)
    _ROUND.set(_ROUND.get() + 1)


def _drop(project_id: str, person_id: str, view: PromptView) -> None:
    """Callback: what was typed goes, the saved words come back."""
    drafting.drop_drafts(workspace(), person_id, KIND, project_id, view.prompt.name)
    _ROUND.set(_ROUND.get() + 1)


def _save(project: ProjectView, actor: Actor, view: PromptView, text: str, base_n: int) -> None:
    ws, name = workspace(), view.prompt.name
    with errors_shown():
        n = drafting_prompts.save_prompt(ws, actor, project.id, name, text, base_n=base_n, nonce=_NONCE.get())
        drafting.drop_drafts(ws, actor.person_id, KIND, project.id, name)
        NOTICE.set(f"Version {n} of the prompt is saved; new orders ask in these words")
        st.rerun()
