"""The two schemas of a tool as they are typed: what is wrong with one, and one of its findings mended."""

from __future__ import annotations

import msgspec

from curation.errors import NotFoundError
from curation.model.definition import Definition, Tool
from curation.model.finding import Finding, Fix, Judged
from curation.model.rule_names import RULE_SLUGS
from curation.model.source import quote
from curation.reading.edits import change_of, edit_source, source_at
from curation.reading.strict import parse_strict
from curation.rules import judge
from curation.schemas import compile_schema
from curation.services.cataloguing import lint_tool

PLACES = {"parameters": "/function/parameters", "result_schema": "/result_schema"}
"""Field of a tool that holds a schema → the pointer its findings begin with."""


def check_schema(field: str, text: str, target: str | None) -> tuple[Judged, ...]:
    """What is wrong with a schema's text; that it is no JSON before anything else."""
    if not text.strip() and field != "parameters":
        return ()
    faults = parse_strict(text).faults
    if faults:
        named = [Finding(one.rule, one.code, PLACES[field] + one.pointer, one.sentence) for one in faults]
        return judge(named, target)
    if field == "parameters":
        return tuple(one for one in lint_tool(_tool_of(text), target) if one.finding.at.startswith(PLACES[field]))
    return judge(_result_findings(text), target)


def mend_schema(field: str, text: str, fix: Fix) -> str:
    """The schema's text with a fix made; everything else stays as it is typed."""
    place = PLACES[field]
    if not fix.at.startswith(place):
        raise NotFoundError("This fix belongs to another field.")
    name = quote(place.rpartition("/")[2])
    row = f"{{{name}:{text}}}" if field != "parameters" else f'{{"function":{{{name}:{text}}}}}'
    return source_at(edit_source(row, fix.at, change_of(fix)), place)


def _tool_of(text: str) -> Tool:
    function = {"name": "tool", "description": "A tool.", "parameters": msgspec.Raw(text.encode())}
    return Tool(Definition(msgspec.json.encode({"type": "function", "function": function}).decode()))


def _result_findings(text: str) -> list[Finding]:
    return [
        Finding(
            RULE_SLUGS["T06"],
            "T06",
            PLACES["result_schema"] + fault.pointer,
            f"{_place_words(fault.pointer)} {fault.message.rstrip('.')}{'' if fault.message.endswith('?') else '.'}",
            fix=Fix(f"Write {fault.suggestion}", PLACES["result_schema"] + fault.pointer, quote(fault.suggestion))
            if isinstance(fault.suggestion, str)
            else None,
        )
        for fault in compile_schema(text).faults
    ]


def _place_words(pointer: str) -> str:
    steps = [step for step in pointer.split("/") if step and not step.isdecimal()]
    return f"`{steps[-1]}` of the result schema" if steps else "The result schema"
