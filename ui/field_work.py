"""What the routes of the live editor do for one field: check, save, mend, set out, say what may stand there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import orjson

from curation.errors import TooLongError
from curation.model.texts import is_too_long
from curation.services import drafting, settling
from curation.services.setting_out import set_out
from curation.services.settling import Typed
from curation.services.workspace import Workspace
from ui.checks import check_field, describe, expected_in, mend_field
from ui.session import workspace
from ui.text_order import keep_newest
from ui.tokens import Claim, redeem
from ui.typing_marks import Typing


class Chosen(msgspec.Struct, frozen=True):
    """The finding whose fix is wanted."""

    code: str = ""
    at: str = ""


class Ask(msgspec.Struct, frozen=True):
    """What the editor posts."""

    token: str
    text: str
    typing: Typing = Typing()
    fix: Chosen = Chosen()


def do_work(name: str, body: bytes) -> dict[str, Any]:
    """The answer to what the editor posted, for the field its token names."""
    ask = msgspec.json.decode(body, type=Ask)
    claim = redeem(workspace().home, ask.token)
    if is_too_long(ask.text):
        raise TooLongError
    return _WORK[name](claim, ask)


def _validate(claim: Claim, ask: Ask) -> dict[str, Any]:
    return {"findings": describe(claim.field, ask.text, check_field(workspace(), claim, ask.text))}


def _save(claim: Claim, ask: Ask) -> dict[str, Any]:
    # An older text that was overtaken on its way is answered like any other: the newer one is safe.
    keep_newest(claim, ask.typing, lambda: _keep(workspace(), claim, ask))
    return {"is_kept": True}


def _keep(ws: Workspace, claim: Claim, ask: Ask) -> None:
    if claim.kind == settling.KIND:
        typed = Typed(ask.typing.origin(claim.field, claim.base_rev), ask.text)
        settling.keep_typed(ws, claim.person_id, claim.object_id, typed)
    else:
        drafting.save_draft(ws, claim.person_id, claim.kind, claim.object_id, claim.field, claim.base_rev, ask.text)


def _mend(claim: Claim, ask: Ask) -> dict[str, Any]:
    return {"text": mend_field(workspace(), claim, ask.text, ask.fix.code, ask.fix.at)}


def _set_out(claim: Claim, ask: Ask) -> dict[str, Any]:  # noqa: ARG001
    return {"text": set_out(ask.text)}


def _expect(claim: Claim, ask: Ask) -> dict[str, Any]:  # noqa: ARG001
    expected = expected_in(workspace(), claim)
    return {"schema": orjson.Fragment(bytes(expected.schema)), "path": expected.path} if expected else {"schema": None}


_WORK: dict[str, Callable[[Claim, Ask], dict[str, Any]]] = {
    "validate": _validate,
    "draft": _save,
    "fix": _mend,
    "format": _set_out,
    "schema": _expect,
}
"""Route → what it does for a field."""
