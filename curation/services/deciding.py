"""What a person decides about a field with two texts: theirs, the stored one, or both."""

from __future__ import annotations

from curation.errors import BlockedError, NotFoundError
from curation.model.people import Actor
from curation.services import drafting, writing
from curation.services.drafting import Draft
from curation.services.origins import origin_of
from curation.services.settling import KIND, History
from curation.services.text_fields import write_text
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView


def use_mine(ws: Workspace, actor: Actor, example_id: str, name: str, *, nonce: str) -> ExampleView:
    """Decide for the typed text: it replaces the stored one in a new revision."""
    view = writing.open_example(ws, example_id)
    draft = _need_draft(ws, actor, example_id, name)
    field = History(ws, example_id).follow(origin_of(draft), view.head_rev)
    if field is None:
        raise BlockedError("The turn this text belongs to is gone.", hint="Keep your text as a copy of the example.")
    changed = write_text(view.example, field, draft.text)
    if changed is not view.example:
        view = writing.save_example(ws, actor, example_id, view.head_rev, changed, why="typed", nonce=nonce)
    drafting.drop_read(ws, actor.person_id, [draft])
    return view


def keep_mine_as_copy(ws: Workspace, actor: Actor, example_id: str, name: str, *, nonce: str) -> ExampleView:
    """Decide for both: a new example begins from the revision the person saw, with their text in it."""
    draft = _need_draft(ws, actor, example_id, name)
    began_from = writing.open_example(ws, example_id, draft.base_rev)
    mine = write_text(began_from.example, origin_of(draft).field, draft.text)
    copy = writing.new_example(ws, actor, began_from.project_id, mine, nonce=nonce)
    drafting.drop_read(ws, actor.person_id, [draft])
    return copy


def drop_mine(ws: Workspace, actor: Actor, example_id: str, name: str) -> None:
    """Decide for the stored text."""
    drafting.drop_drafts(ws, actor.person_id, KIND, example_id, name)


def _need_draft(ws: Workspace, actor: Actor, example_id: str, name: str) -> Draft:
    draft = drafting.read_drafts(ws, actor.person_id, KIND, example_id).get(name)
    if draft is None:
        raise NotFoundError("That text was already decided about.", hint="Reload the page.")
    return draft
