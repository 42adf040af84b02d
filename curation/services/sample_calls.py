"""Sample calls checked against the tool as it stands on the desk, by the checker that judges every example."""

from __future__ import annotations

from random import Random

import msgspec

from curation.errors import CurationError
from curation.execution.drawing import draw_object
from curation.model.definition import Tool
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.finding import Judged, Severity
from curation.model.outline import lay_out
from curation.model.reading import Reject
from curation.model.values import Arguments
from curation.reading.rows import read_row
from curation.reading.strict import parse_strict
from curation.rules import check_all, judge
from curation.schemas import compile_schema
from curation.services.form_rows import SampleRow, read_rows
from curation.services.tool_desk import Desk
from curation.services.tool_forms import build_tool

_DRAWS = 12
_ARGUMENTS = "/messages/1/tool_calls/0/function/arguments"


class Verdict(msgspec.Struct, frozen=True):
    """What keeps one sample call from fitting the tool; nothing: it fits."""

    row: SampleRow
    about_arguments: tuple[str, ...] = ()
    about_result: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.about_arguments and not self.about_result


def check_samples(desk: Desk) -> tuple[Verdict, ...]:
    """Every sample call with what is wrong with it now."""
    rows = read_rows(desk.fields["samples"], SampleRow)
    tool = _tool_alone(desk) if rows else None
    return tuple(
        Verdict(
            row,
            tuple(_sentences(check_arguments(tool, row.arguments))) if tool else (),
            check_result(desk.fields["result_schema"], row.result) if row.answer == "result" else (),
        )
        for row in rows
    )


def check_arguments(tool: Tool, text: str) -> tuple[Judged, ...]:
    """The errors of a call with these arguments; what only a conversation can tell is left out."""
    call = Call(name=tool.name, arguments=Arguments(text), id="call_1", type="function")
    turns = (Message(role="user", content="A sample call."), Message(role="assistant", content=None, calls=(call,)))
    reading = read_row(encode(Example(messages=turns, tools=(tool.definition,))))
    if isinstance(reading, Reject):
        return ()
    found = judge(check_all(reading, {tool.name: tool}), None)
    return tuple(one for one in found if one.severity is Severity.ERROR and one.finding.at.startswith(_ARGUMENTS))


def check_result(schema: str, text: str) -> tuple[str, ...]:
    """Why a declared result is no JSON, or not what the tool says that it returns."""
    parsed = parse_strict(text)
    if parsed.faults:
        return (f"Line {parsed.faults[0].line}, column {parsed.faults[0].column}: {parsed.faults[0].message}",)
    if not schema.strip() or parse_strict(schema).faults:
        return ()
    errors = compile_schema(schema).errors(parsed.value)
    return tuple(f"`{error.pointer.lstrip('/') or 'the result'}` {error.message}" for error in errors[:5])


def _tool_alone(desk: Desk) -> Tool | None:
    """The tool without its samples, which may be what is broken."""
    try:
        return build_tool(desk.fields | {"samples": "", "errors": "", "name": desk.fields["name"] or "tool"}, None)
    except CurationError:
        return None


def _sentences(found: tuple[Judged, ...]) -> list[str]:
    return [one.finding.message for one in found[:5]]


def draw_arguments(schema: str, seed: int) -> str:
    """Arguments that fit a schema, to begin a sample call with; `{}` where none can be drawn."""
    parsed = parse_strict(schema)
    if parsed.faults or not isinstance(parsed.value, dict):
        return "{}"
    for draw in range(_DRAWS):
        drawn = draw_object(parsed.value, Random(f"{seed}.{draw}"))
        if not compile_schema(schema).errors(drawn):
            return lay_out(msgspec.json.encode(drawn).decode())
    return "{}"
