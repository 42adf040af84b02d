"""A text field whose words are a draft on the server from the first pause of the keys: a reload loses none of them."""

from __future__ import annotations

from functools import partial

from curation.services import drafting
from curation.services.drafting import Draft
from ui import editor
from ui.session import workspace
from ui.text_order import keep_newest
from ui.tokens import Claim


def take_typed(key: str, claim: Claim) -> None:
    """Keep what the field handed over; call it before its draft is read, and before an act on it."""
    commit = editor.read_commit(key)
    if commit is None:
        return
    of = (claim.person_id, claim.kind, claim.object_id, claim.field)
    save = partial(drafting.save_draft, workspace(), *of, commit.base_rev, commit.text)
    keep_newest(claim, commit.typing, save, is_handed_over=True)
    editor.mark_handled(key, commit)


def read_typed(claim: Claim) -> Draft | None:
    """What a person has typed into the field and not saved for good."""
    return drafting.read_drafts(workspace(), claim.person_id, claim.kind, claim.object_id).get(claim.field)


def draw_kept(key: str, claim: Claim, label: str, text: str, *, placeholder: str = "", is_off: bool = False) -> None:
    """The field, with the text that stands on the server."""
    editor.draw(
        editor.Field(
            key=key,
            label=label,
            value=text,
            claim=claim,
            mode="box",
            placeholder=placeholder,
            is_label_visible=True,
            is_checked_live=False,
            is_disabled=is_off,
        )
    )
