"""Findings about one text field while it is being typed: the same checker as everywhere, narrowed to that field."""

from __future__ import annotations

import msgspec

from curation.model.definition import Definition, Tool
from curation.model.finding import Judged
from curation.services import cataloguing, projects, writing
from curation.services.text_fields import write_text
from curation.services.workspace import Workspace
from ui.places import belongs_to
from ui.tokens import Claim

MAX_SHOWN = 8


def check_field(ws: Workspace, claim: Claim, text: str) -> tuple[Judged, ...]:
    """What is wrong with this text at its place."""
    judged = _check_tool(ws, claim, text) if claim.kind == "tool" else _check_example(ws, claim, text)
    return judged[:MAX_SHOWN]


def _check_example(ws: Workspace, claim: Claim, text: str) -> tuple[Judged, ...]:
    example = write_text(writing.open_example(ws, claim.object_id, claim.base_rev or None).example, claim.field, text)
    judged = writing.judge_example(ws, claim.project_id, example)
    return tuple(one for one in judged if belongs_to(one.finding.at, claim.field))


def _check_tool(ws: Workspace, claim: Claim, text: str) -> tuple[Judged, ...]:
    """The parameters schema of a tool; its name and description have no live check."""
    if claim.field != "parameters":
        return ()
    function = {"name": "tool", "description": "A tool.", "parameters": msgspec.Raw(text.encode())}
    try:
        definition = msgspec.json.encode({"type": "function", "function": function}).decode()
    except msgspec.MsgspecError:
        return ()
    target = projects.find_project(ws, claim.project_id).working_target
    judged = cataloguing.lint_tool(Tool(Definition(definition)), target)
    return tuple(one for one in judged if "parameters" in one.finding.at)
