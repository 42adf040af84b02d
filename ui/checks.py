"""Findings about one text field while it is being typed: the same checker as everywhere, narrowed to that field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from curation.errors import NotFoundError
from curation.model.example import Example
from curation.model.finding import Fix, Judged
from curation.model.people import Actor
from curation.model.places import belongs_to
from curation.services import (
    cataloguing,
    expected_values,
    live_judging,
    playground_chats,
    projects,
    sample_calls,
    schema_texts,
    tool_desk,
)
from curation.services.pinpointing import pinpoint
from curation.services.repairing import repair
from curation.services.text_fields import read_text, write_text
from curation.services.workspace import Workspace
from ui.text import show_unseen
from ui.tokens import Claim

MAX_SHOWN = 8
"""Findings in one field; each is looked up in its text, and thousands of arguments may each have one."""


def check_field(ws: Workspace, claim: Claim, text: str) -> tuple[Judged, ...]:
    """What is wrong with this text at its place."""
    judged = _check_tool(ws, claim, text) if claim.kind == "tool" else _check_example(ws, claim, text)
    return judged[:MAX_SHOWN]


def describe(field: str, text: str, judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """The findings of a field as its editor takes them: what to say, where to underline, which fix to offer."""
    return [_described(_place_of(field), text, one) for one in judged[:MAX_SHOWN]]


def mend_field(ws: Workspace, claim: Claim, text: str, code: str, at: str) -> str:
    """The text with the fix made that the rule `code` offers at `at`."""
    found = next(
        (one.finding for one in check_field(ws, claim, text) if (one.finding.code, one.finding.at) == (code, at)), None
    )
    if found is None or found.fix is None or not _is_within(found.fix, _place_of(claim.field)):
        raise NotFoundError("That finding is gone.", hint="Nothing needs to be done about it any more.")
    if sample_calls.place_of(claim.field):
        return sample_calls.mend_text(_desk(ws, claim), claim.field, text, found.fix)
    if claim.kind == "tool":
        return schema_texts.mend_schema(claim.field, text, found.fix)
    return read_text(repair(_written(ws, claim, text), found.fix), claim.field)


def expected_in(ws: Workspace, claim: Claim) -> expected_values.Expected | None:
    """The schema the text of this field is written to."""
    if sample_calls.place_of(claim.field):
        return sample_calls.expected_in(_desk(ws, claim), claim.field)
    if claim.kind == "tool":
        return expected_values.schema_keywords() if claim.field in schema_texts.PLACES else None
    example = _begun(ws, claim)
    current = cataloguing.current_catalogue(ws, claim.project_id)
    return expected_values.expected_at(
        example, claim.field, {one.name: one for one in current.tools} if current else {}
    )


def _place_of(field: str) -> str:
    """The pointer that findings about a field begin with."""
    return schema_texts.PLACES.get(field) or sample_calls.place_of(field) or field


def _desk(ws: Workspace, claim: Claim) -> tool_desk.Desk:
    return tool_desk.open_desk(ws, Actor(claim.person_id), claim.project_id, claim.object_id)


def _described(place: str, text: str, judged: Judged) -> dict[str, Any]:
    finding, fix = judged.finding, judged.finding.fix
    inner = finding.at.removeprefix(place) if _is_inside(finding.at, place) else ""
    is_about_key = fix is not None and fix.value is None and fix.at == finding.at
    start, end = pinpoint(text, inner, is_about_key=is_about_key)
    return {
        "severity": judged.severity.value,
        "message": show_unseen(finding.message),
        "code": finding.code,
        "at": finding.at,
        "start": start,
        "end": end,
        "fix": fix.title if fix is not None and _is_within(fix, place) else "",
    }


def _is_within(fix: Fix, place: str) -> bool:
    """Whether a fix changes this field's text and nothing else; another name for the field itself is not text of it."""
    return _is_inside(fix.at, place) and not (fix.rename and fix.at == place)


def _is_inside(at: str, place: str) -> bool:
    return at == place or at.startswith(f"{place}/")


def _check_example(ws: Workspace, claim: Claim, text: str) -> tuple[Judged, ...]:
    judged = live_judging.judge(ws, claim.project_id, _written(ws, claim, text))
    return tuple(one for one in judged if belongs_to(one.finding.at, claim.field))


def _written(ws: Workspace, claim: Claim, text: str) -> Example:
    return write_text(_begun(ws, claim), claim.field, text)


def _begun(ws: Workspace, claim: Claim) -> Example:
    """What the field's text is written into."""
    if claim.kind == playground_chats.KIND:
        return playground_chats.read_correction(ws, claim.person_id, claim.object_id)
    return live_judging.read_revision(ws, claim.object_id, claim.base_rev)


def _check_tool(ws: Workspace, claim: Claim, text: str) -> tuple[Judged, ...]:
    """The schemas and sample calls of a tool; its name and description have no live check."""
    if sample_calls.place_of(claim.field):
        return sample_calls.check_text(_desk(ws, claim), claim.field, text)
    if claim.field not in schema_texts.PLACES:
        return ()
    return schema_texts.check_schema(claim.field, text, projects.find_project(ws, claim.project_id).working_target)
