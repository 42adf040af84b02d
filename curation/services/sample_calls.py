"""Sample calls checked against the tool as it stands on the desk, by the checker that judges every example."""

from __future__ import annotations

from random import Random

import msgspec

from curation.errors import CurationError, NotFoundError
from curation.execution.drawing import draw_object
from curation.model.definition import Tool
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.finding import Finding, Fix, Judged, Severity
from curation.model.outline import lay_out
from curation.model.reading import Reject
from curation.model.values import Arguments
from curation.reading.rows import read_row
from curation.reading.strict import parse_strict
from curation.rules import check_all, judge
from curation.schemas import compile_schema
from curation.services.cataloguing import ToolView
from curation.services.expected_values import Expected
from curation.services.form_rows import SampleRow, new_id, read_rows, sample_names
from curation.services.repairing import repair
from curation.services.text_fields import read_text
from curation.services.tool_desk import Desk
from curation.services.tool_forms import build_tool, read_fields

_DRAWS = 12
_MOST_SAID = 5
_PLACES = {"arguments": "/messages/1/tool_calls/0/function/arguments", "result": "/messages/2/content"}
"""Where the texts of a sample call stand in the exchange it is checked as."""
_RESULT_RULE = "result-schema"


class Verdict(msgspec.Struct, frozen=True):
    """What keeps one sample call from fitting the tool; nothing: it fits."""

    row: SampleRow
    name: str
    """What it is called, typed or given."""
    about_arguments: tuple[str, ...] = ()
    about_result: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.about_arguments and not self.about_result


def place_of(field: str) -> str | None:
    """Where findings about a sample's text point to; None for a field that is none."""
    part = field.rpartition("/")[2]
    return _PLACES[part] if field.startswith("samples/") and part in _PLACES else None


def check_samples(desk: Desk) -> tuple[Verdict, ...]:
    """Every sample call with what is wrong with it now."""
    rows = read_rows(desk.fields["samples"], SampleRow)
    names = sample_names(rows)
    return tuple(
        Verdict(
            row,
            names[row.id],
            _sentences(check_text(desk, "samples/-/arguments", row.arguments)),
            _sentences(check_text(desk, "samples/-/result", row.result)) if row.answer == "result" else (),
        )
        for row in rows
    )


def check_text(desk: Desk, field: str, text: str) -> tuple[Judged, ...]:
    """What is wrong with the arguments or the result of a sample; what only a conversation can tell is left out."""
    place = place_of(field)
    tool = _tool_alone(desk)
    if place is None or tool is None:
        return ()
    faults = parse_strict(text).faults
    if faults:
        return judge([Finding(one.rule, one.code, place + one.pointer, one.sentence) for one in faults])
    reading = read_row(encode(_exchange(tool, place, text)))
    if isinstance(reading, Reject):
        return ()
    found = judge(check_all(reading, {tool.name: tool}))
    return tuple(one for one in found if one.finding.at.startswith(place) and _counts(one))


def mend_text(desk: Desk, field: str, text: str, fix: Fix) -> str:
    """A sample's text with a fix made."""
    place, tool = place_of(field), _tool_alone(desk)
    if place is None or tool is None:
        raise NotFoundError("This fix belongs to another field.")
    return read_text(repair(_exchange(tool, place, text), fix), place)


def expected_in(desk: Desk, field: str) -> Expected | None:
    """The schema a sample's text is written to."""
    schema = desk.fields["result_schema" if field.endswith("/result") else "parameters"]
    return Expected(msgspec.Raw(schema.encode())) if isinstance(parse_strict(schema).value, dict) else None


def begin_sample(desk: Desk) -> SampleRow:
    """One more sample call, with arguments that no other has where the schema has as many."""
    rows = read_rows(desk.fields["samples"], SampleRow)
    row_id = new_id(desk.fields["samples"], SampleRow)
    taken = {row.arguments for row in rows}
    arguments = "{}"
    for again in range(min(len(taken), _DRAWS) + 1):
        arguments = _draw_arguments(desk.fields["parameters"], int(row_id) + again)
        if arguments not in taken:
            break
    return SampleRow(row_id, arguments=arguments)


def _draw_arguments(schema: str, seed: int) -> str:
    """Arguments that fit a schema, to begin a sample call with; `{}` where none can be drawn."""
    parsed = parse_strict(schema)
    if parsed.faults or not isinstance(parsed.value, dict):
        return "{}"
    for draw in range(_DRAWS):
        drawn = draw_object(parsed.value, Random(f"{seed}.{draw}"))
        if not compile_schema(schema).errors(drawn):
            return lay_out(msgspec.json.encode(drawn).decode())
    return "{}"


def _exchange(tool: Tool, place: str, text: str) -> Example:
    """The sample as turns of a conversation."""
    is_result = place == _PLACES["result"]
    arguments = Arguments("{}" if is_result else text)
    call = Call(name=tool.name, arguments=arguments, id="call_1", type="function")
    turns = [Message(role="user", content="A sample."), Message(role="assistant", content=None, calls=(call,))]
    if is_result:
        turns.append(Message(role="tool", content=text, tool_call_id="call_1"))
    return Example(messages=tuple(turns), tools=(tool.definition,))


def _counts(judged: Judged) -> bool:
    return judged.severity is Severity.ERROR or judged.finding.rule == _RESULT_RULE


def _tool_alone(desk: Desk) -> Tool | None:
    """The tool by its schemas alone; None while one of them is broken."""
    fields = dict.fromkeys(desk.fields, "") | {
        name: desk.fields[name] for name in ("description", "parameters", "result_schema")
    }
    try:
        return build_tool(fields | {"name": desk.fields["name"].strip() or "tool"}, None)
    except CurationError:
        return None


def count_misfits(view: ToolView) -> int:
    """How many sample calls a saved tool would refuse itself."""
    if not view.tool.samples:
        return 0
    desk = Desk(view.id, "", view, read_fields(view.tool), (), view.revision)
    return sum(not verdict.fits for verdict in check_samples(desk))


def _sentences(found: tuple[Judged, ...]) -> tuple[str, ...]:
    return tuple(one.finding.message for one in found[:_MOST_SAID])
