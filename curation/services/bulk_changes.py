"""What a bulk act can do to one example: a step of its state, or an edit of its text."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from curation.errors import BlockedError, CurationError
from curation.model.example import Example
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.model.transitions import TRANSITIONS
from curation.reading.edits import apply_fix
from curation.services.judging import Bench, check_example, count_severity, read_body, reread
from curation.services.roles import require

MOST_FIXES = 50
"""Repairs of one rule made in one example; each is looked for anew, as places move."""


IN_BULK = " in bulk"
UNDO_OF = "undo of "
"""How the audit names an act over many examples, and its being taken back."""


class BulkAct(StrEnum):
    """One thing that can be done to many examples."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REQUEST_CHANGES = "request changes"
    ARCHIVE = "archive"
    RESTORE = "restore"
    ADD_TAG = "add tag"
    REMOVE_TAG = "remove tag"
    SET_GROUP = "set group"
    FIX = "fix"
    RECHECK = "check again"


class BulkChange(msgspec.Struct, frozen=True):
    """An act with what it needs: the tag, the group, the comment, or the rule whose faults are mended."""

    act: BulkAct
    value: str = ""


PERMISSIONS: dict[BulkAct, str] = {
    BulkAct.SUBMIT: "submit example",
    BulkAct.ACCEPT: "accept batch",
    BulkAct.REQUEST_CHANGES: "request changes",
    BulkAct.ARCHIVE: "archive example",
    BulkAct.RESTORE: "restore example",
    BulkAct.ADD_TAG: "save example",
    BulkAct.REMOVE_TAG: "save example",
    BulkAct.SET_GROUP: "save example",
    BulkAct.FIX: "save example",
    BulkAct.RECHECK: "save example",
}
STEPS: dict[BulkAct, str] = {
    BulkAct.SUBMIT: "submit",
    BulkAct.ACCEPT: "accept in a batch",
    BulkAct.REQUEST_CHANGES: "request changes",
    BulkAct.ARCHIVE: "archive",
    BulkAct.RESTORE: "restore",
}
"""Acts that move the state; all others but checking save a revision."""
NEEDS_VALUE = {
    BulkAct.REQUEST_CHANGES: "Say in a comment what to change.",
    BulkAct.ADD_TAG: "Name the tag.",
    BulkAct.REMOVE_TAG: "Name the tag.",
    BulkAct.SET_GROUP: "Name the group.",
    BulkAct.FIX: "Choose the rule whose faults are mended.",
}
SOUND_ONLY = frozenset({BulkAct.SUBMIT, BulkAct.ACCEPT})
"""Acts that take no example with errors."""


def require_possible(actor: Actor, change: BulkChange) -> BulkChange:
    """Refuse what the actor may not do, or what lacks its word; the change with its word in order."""
    require(actor, PERMISSIONS[change.act])
    said = change.value.strip() if change.act is BulkAct.REQUEST_CHANGES else " ".join(change.value.split())
    if change.act in NEEDS_VALUE and not said:
        raise CurationError(f"`{change.act}` needs a word more.", hint=NEEDS_VALUE[change.act])
    return BulkChange(change.act, said if change.act in NEEDS_VALUE else "")


def states_before(act: BulkAct) -> frozenset[ExampleState]:
    """The states in which the act is open."""
    if act is BulkAct.RECHECK:
        return frozenset(ExampleState)
    return frozenset(TRANSITIONS[STEPS.get(act, "save")])


def edit_of(change: BulkChange, bench: Bench) -> Callable[[Example], Example] | None:
    """What an act does to the text; None for acts that leave it alone."""
    value = change.value
    match change.act:
        case BulkAct.ADD_TAG:
            return lambda example: _retag(example, (*example.tags, value))
        case BulkAct.REMOVE_TAG:
            return lambda example: _retag(example, tuple(tag for tag in example.tags if tag != value))
        case BulkAct.SET_GROUP:
            return lambda example: msgspec.structs.replace(example, group=value)
        case BulkAct.FIX:
            return lambda example: mend(bench, example, value)
        case _:
            return None


def mend(bench: Bench, example: Example, rule: str) -> Example:
    """The example with every fault of one rule repaired that the checker knows a repair for."""
    for _ in range(MOST_FIXES):
        findings = check_example(bench, reread(example)[1])[0]
        fix = next((one.fix for one in findings if one.rule == rule and one.fix is not None), None)
        if fix is None:
            break
        mended = apply_fix(example, fix)
        if mended == example:
            break
        example = mended
    return example


def require_sound(bench: Bench, body: bytes) -> None:
    """Refuse an example with errors."""
    judged = check_example(bench, read_body(body))[1]
    if count_severity(judged, Severity.ERROR):
        raise BlockedError("it has errors")


def _retag(example: Example, tags: tuple[str, ...]) -> Example:
    return msgspec.structs.replace(example, tags=tuple(dict.fromkeys(tags)))
