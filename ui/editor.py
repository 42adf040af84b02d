"""The live editor as a page uses it: one text field that saves drafts by itself and hands over its text as a commit.

The field and the buttons that act on its text belong into one fragment. A page first takes the commits (and folds what
only reached the server as a draft), then performs the act, then draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import streamlit as st

from curation.model.finding import Judged
from curation.services import settling
from curation.services.workspace import find_home
from ui import keys
from ui.api import base_path
from ui.checks import describe
from ui.editor_assets import EDITOR_FOLDER, module_name
from ui.state import Slot
from ui.tokens import Claim, issue
from ui.typing_marks import Typing

Mode = Literal["text", "box", "json", "line"]
"""How a field looks: running text without a frame, framed text, JSON, or one line."""
_HANDLED: Slot[str] = Slot("editor.handled", "")
_mount = st.components.v2.component(
    "callwright.editor",
    html='<div class="field"></div>',
    css=(EDITOR_FOLDER / "editor.css").read_text(),
    js=(EDITOR_FOLDER / "loader.js").read_text(),
)


@dataclass(frozen=True)
class Field:
    """One text field: where it is on the page (`key`, by entity id) and what it writes to (`claim`)."""

    key: str
    label: str
    value: str
    claim: Claim
    mode: Mode = "text"
    placeholder: str = ""
    is_label_visible: bool = False
    is_checked_live: bool = True
    is_disabled: bool = False
    focus: str = ""
    """A new word here moves the cursor into the field."""
    caret: tuple[int, int] | None = None
    """The line and column of JSON, from 1, that the cursor is moved to."""
    findings: tuple[Judged, ...] | None = ()
    """What the page already knows about the field; typing replaces it. None: nothing, the field asks by itself."""
    is_brief: bool = False
    """Whether only errors are told below the field, as the page lists the rest."""


class Commit(msgspec.Struct, frozen=True):
    """Text handed over by a field; the nonce makes handling it twice harmless."""

    text: str
    nonce: str
    base_rev: int = 0
    at: str = ""
    """The field's pointer at `base_rev`."""
    typing: Typing = Typing()


def draw(field: Field) -> None:
    """Put the field on the page."""
    base = base_path()
    data: dict[str, Any] = {
        "module": f"{base}/editor/{module_name()}",
        "uid": field.key,
        "label": field.label,
        "label_visible": field.is_label_visible,
        "value": field.value,
        "handled": _HANDLED.of(field.key).get(),
        "mode": field.mode,
        "placeholder": field.placeholder,
        "disabled": field.is_disabled,
        "focus": field.focus,
        "caret": field.caret,
        "is_brief": field.is_brief,
        "base_rev": field.claim.base_rev,
        "at": field.claim.field,
        "of": f"{field.claim.kind}.{field.claim.object_id}",
        "token": issue(find_home(), field.claim),
        "draft_url": f"{base}/api/draft",
        "is_drafted_at_hand_over": field.claim.kind == settling.KIND,
        "check_url": f"{base}/api/validate" if field.is_checked_live else "",
        "fix_url": f"{base}/api/fix",
        "format_url": f"{base}/api/format",
        "schema_url": f"{base}/api/schema",
        "keys": {"format": keys.FORMAT.shortcut, "fix": keys.QUICK_FIX.shortcut},
        "findings": None if field.findings is None else describe(field.claim.field, field.value, field.findings),
    }
    _mount(key=field.key, data=data, on_doc_change=_nothing, on_look_change=_nothing)


def read_commit(key: str) -> Commit | None:
    """The text a field handed over and nobody has handled; call it before drawing."""
    held = st.session_state.get(key)
    raw = held.get("doc") if held is not None else None
    if not raw:
        return None
    commit = msgspec.convert(dict(raw), Commit)
    return None if _HANDLED.of(key).get() == commit.nonce else commit


def mark_handled(key: str, commit: Commit) -> None:
    """Say that a text is stored for good; until then the next run handles it again."""
    _HANDLED.of(key).set(commit.nonce)


def _nothing() -> None:
    """State reaches the page with the rerun itself."""
