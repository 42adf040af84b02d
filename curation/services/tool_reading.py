"""Tools from files of any shape people have them in, and what the checks say of them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from curation.errors import UnreadableError
from curation.formats.foreign import refuse_foreign
from curation.model.definition import Tool
from curation.model.finding import Finding, Judged
from curation.rules import check_tool, judge
from curation.rules.several_tools import check_side_by_side
from curation.schemas.strict import StrictSchema, make_definition_strict
from curation.targets import get_target
from curation.toolkits import ReadTool, ToolsRead, fit_names, read_tools

MAX_BYTES = 32_000_000


class CheckedTool(msgspec.Struct, frozen=True):
    """One tool of a file with its findings, whose places are those in the file."""

    number: int
    name: str
    findings: tuple[Judged, ...]


def read_source(name: str, data: bytes, format_name: str | None = None) -> ToolsRead:
    """Everything in a file's bytes, the tools that could not be read included; errors name the file."""
    refuse_foreign(data, name)
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        return read_tools(data, format_name)
    except UnreadableError as error:
        raise UnreadableError(f"{name}: {error.message}", hint=error.hint) from error


def load_tools(name: str, data: bytes, format_name: str | None = None) -> tuple[ReadTool, ...]:
    """The tools in a file's bytes, all of them or none; errors name the file."""
    read = read_source(name, data, format_name)
    for fault in read.faults:
        raise UnreadableError(f"{name}: {fault.name}: {fault.words}", hint=fault.remedy)
    return read.tools


def read_tool_file(name: str) -> tuple[Tool, ...]:
    """The tools of a file."""
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"Cannot read {name}: {error.strerror}.") from error
    return tuple(sourced.tool for sourced in load_tools(name, data))


def check_tools(tools: tuple[ReadTool, ...], target: str | None) -> tuple[CheckedTool, ...]:
    """Every tool with its findings, those beside the others too."""
    profile = get_target(target).name if target else None
    beside: dict[int, list[Finding]] = {}
    for finding in check_side_by_side([sourced.tool.definition for sourced in tools]):
        number, _, at = finding.at.removeprefix("/tools/").partition("/")
        relative = msgspec.structs.replace(finding, at=f"/{at}" if at else "", related=None)
        beside.setdefault(int(number), []).append(relative)
    return tuple(_check(at, sourced, beside.get(at, []), profile) for at, sourced in enumerate(tools))


def _check(at: int, sourced: ReadTool, beside: list[Finding], target: str | None) -> CheckedTool:
    judged = judge((*check_tool(sourced.tool), *beside), target)
    placed = tuple(
        Judged(msgspec.structs.replace(one.finding, at=sourced.outer(one.finding.at)), one.severity) for one in judged
    )
    return CheckedTool(at + 1, sourced.tool.name, placed)


class StrictTool(msgspec.Struct, frozen=True):
    """One tool of a file in its strict form."""

    number: int
    name: str
    made: StrictSchema


def tighten_tools(tools: tuple[ReadTool, ...], *, for_tuning: bool) -> tuple[StrictTool, ...]:
    """Every tool in its strict form, with what was done to it and what still stands in the way."""
    return tuple(
        StrictTool(
            number, sourced.tool.name, make_definition_strict(sourced.tool.definition.text, for_tuning=for_tuning)
        )
        for number, sourced in enumerate(tools, start=1)
    )


def fit_tools(tools: tuple[ReadTool, ...]) -> tuple[ReadTool, ...]:
    """The tools under names that every service takes; what was renamed is noted."""
    return fit_names(tools)
