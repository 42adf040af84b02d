"""The prompts that draft: what each says, what comes into its places, and the project's own words for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

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
from ui.kept_text import draw_kept, read_typed, take_typed
from ui.moments import ago
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import plain, say, show_unseen, source
from ui.tokens import Claim

KIND = "drafting prompt"
MOST_VERSIONS = 30
_NONCE: Slot[str] = Slot("orders.prompts.nonce", "")


class _Field(NamedTuple):
    """The field a prompt's words stand in, and whose they are."""

    project_id: str
    person_id: str
    view: PromptView
    base_n: int = 0
    """The version that what is typed began from."""

    @property
    def key(self) -> str:
        """Another one for every version: what is saved begins anew."""
        return f"orders.prompts.text.{self.view.prompt.name}.{self.view.base_n}"

    @property
    def claim(self) -> Claim:
        return Claim(self.person_id, self.project_id, KIND, self.project_id, self.view.prompt.name, self.base_n)

    def take(self) -> Draft | None:
        """What was typed and is not saved yet; words as they are saved are none."""
        take_typed(self.key, self.claim)
        draft = read_typed(self.claim)
        return None if draft is None or draft.text.strip() == self.view.prompt.text else draft


def draw_button(project: ProjectView, strategy: Strategy) -> None:
    """The way to the prompts, those of the chosen strategy first."""
    if st.button("Prompts", key="orders.prompts", type="tertiary", icon=":material/edit_note:"):
        _NONCE.set(uuid.uuid4().hex)
        _dialog(project, strategy.prompts)


# Escape would close it over a text that is not saved for good; Close is pressed on purpose.
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
    standing = " · own words, to be mended" if view.finding else " · own words" if view.prompt.is_own else ""
    return show_unseen(f"{view.prompt.title}{standing}")


def _draw_text(project: ProjectView, actor: Actor, view: PromptView, *, may_save: bool) -> str:
    """The field with what is typed into it, what is wrong with that, and what can be done."""
    field = _Field(project.id, actor.person_id, view, view.base_n)
    draft = field.take() if may_save else None
    text = draft.text if draft else view.prompt.text
    if draft:
        field = field._replace(base_n=draft.base_rev)
    draw_kept(field.key, field.claim, "Text", text, is_off=not may_save)
    fault = view.finding if draft is None else drafting_prompts.check_text(view.prompt.name, text)
    if fault:
        st.error(plain(fault), icon=":material/error:")
    if not may_save:
        st.caption("An expert or a lead of the project can change these words.")
        return text
    if draft:
        _draw_standing(field, draft)
    _draw_acts(project, actor, field, text, is_wrong=bool(fault))
    return text


def _draw_standing(field: _Field, draft: Draft) -> None:
    """That the words are not saved yet; and where another version came in between, who saved it."""
    view = field.view
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
        st.button("Go on with mine", key="orders.prompts.mine", on_click=_put, args=(field,), type="secondary")
        st.button("Take the saved one", key="orders.prompts.theirs", on_click=_drop, args=(field,), type="tertiary")


def _draw_acts(project: ProjectView, actor: Actor, field: _Field, text: str, *, is_wrong: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_saved = st.button("Save prompt", key="orders.prompts.save", type="primary", icon=":material/save:")
        st.button(
            "Back to the shipped text",
            key="orders.prompts.shipped",
            type="tertiary",
            icon=":material/undo:",
            help="Puts it into the field; it counts once it is saved",
            disabled=text.strip() == field.view.shipped,
            on_click=_put,
            args=(field, field.view.shipped),
        )
    if is_saved and not is_wrong:
        _save(project, actor, field, text)


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
                args=(_Field(project.id, actor.person_id, view, view.base_n), one.text or view.shipped),
            )


def _put(field: _Field, text: str | None = None) -> None:
    """Callback: these words, or else those typed by now, stand in the field, begun from the newest version."""
    typed = field.take()
    if text is None and typed is not None:
        text = typed.text
    if text is not None:
        claim, newest = field.claim, field.view.base_n
        drafting.save_draft(workspace(), claim.person_id, KIND, claim.object_id, claim.field, newest, text)


def _drop(field: _Field) -> None:
    """Callback: what was typed goes, the saved words come back."""
    field.take()
    drafting.drop_drafts(workspace(), field.person_id, KIND, field.project_id, field.claim.field)


def _save(project: ProjectView, actor: Actor, field: _Field, text: str) -> None:
    ws, name = workspace(), field.view.prompt.name
    with errors_shown():
        n = drafting_prompts.save_prompt(ws, actor, project.id, name, text, base_n=field.base_n, nonce=_NONCE.get())
        drafting.drop_drafts(ws, actor.person_id, KIND, project.id, name)
        NOTICE.set(f"Version {n} of the prompt is saved; new orders ask in these words")
        st.rerun()
