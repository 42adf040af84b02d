"""What the demo of the small agent is made of: three tools, fifty examples to learn from, and twenty scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

import msgspec

from curation.model.definition import Definition, Execution, Policy, Sample, SideEffect, Tool, ToolError
from curation.model.states import Split

PROJECT = "Small agent"
SALT = "callwright small agent 1"
SCENARIOS = "agent/scenario/"
"""What the groups of the scenarios begin with: all of them are asked in the test split."""
HELD_BACK = 6
"""Every so many of the examples is a row of validation."""


class File(NamedTuple):
    """A file of rows as somebody would import it."""

    name: str
    format: str
    rows: bytes

    def open(self) -> BytesIO:
        return BytesIO(self.rows)


class _SampleFile(msgspec.Struct, frozen=True):
    """One sample of a tool, its values as plain JSON."""

    name: str
    arguments: msgspec.Raw
    result: msgspec.Raw = msgspec.Raw(b"")
    error: str | None = None


class _ToolFile(msgspec.Struct, frozen=True):
    """One element of `tools.json`."""

    definition: msgspec.Raw
    side_effect: SideEffect
    idempotent: bool
    policy: Policy
    result_schema: msgspec.Raw
    errors: tuple[ToolError, ...]
    execution: Execution
    samples: tuple[_SampleFile, ...]


class _Grouped(msgspec.Struct, frozen=True):
    """As much of a row as its split is told by."""

    group: str


def agent_tools() -> tuple[Tool, ...]:
    """`search`, `calculate` and `send_email`, with all that their team knows of them."""
    return tuple(_read_tool(entry) for entry in msgspec.json.decode(_read("tools.json"), type=list[_ToolFile]))


def example_file() -> File:
    """The examples to learn from, in the format that keeps their labels."""
    return File("agent-examples.jsonl", "callwright", _offer_tools(_read("examples.jsonl")))


def scenario_file() -> File:
    """The scenarios: a request, the calls that are right, what they bring back, and the answer."""
    return File("agent-scenarios.jsonl", "scenario", _offer_tools(_read("scenarios.jsonl")))


def agent_splits() -> Mapping[str, Split]:
    """Group → split: scenarios are the test; examples are learnt from, but for those that training looks at."""
    rows = [*_read("examples.jsonl").splitlines(), *_read("scenarios.jsonl").splitlines()]
    groups = [msgspec.json.decode(row, type=_Grouped).group for row in rows]
    return {group: _split_of(group, number) for number, group in enumerate(groups, 1)}


def _split_of(group: str, number: int) -> Split:
    if group.startswith(SCENARIOS):
        return Split.TEST
    return Split.TRAIN if number % HELD_BACK else Split.VALIDATION


def _offer_tools(rows: bytes) -> bytes:
    """The rows, each offering all tools: the files beside this module say them once."""
    tools = ",".join(tool.definition.text for tool in agent_tools()).encode()
    return b"".join(row[:-1] + b',"tools":[' + tools + b"]}\n" for row in rows.splitlines())


def _read_tool(entry: _ToolFile) -> Tool:
    return Tool(
        definition=Definition(_compact(entry.definition)),
        side_effect=entry.side_effect,
        idempotent=entry.idempotent,
        policy=entry.policy,
        result_schema=_compact(entry.result_schema),
        errors=entry.errors,
        execution=entry.execution,
        samples=tuple(_read_sample(sample) for sample in entry.samples),
    )


def _read_sample(entry: _SampleFile) -> Sample:
    result = _compact(entry.result) if bytes(entry.result) else None
    return Sample(entry.name, _compact(entry.arguments), result, entry.error)


def _compact(raw: msgspec.Raw) -> str:
    return msgspec.json.format(bytes(raw), indent=-1).decode()


def _read(name: str) -> bytes:
    return (files("curation.services.demo_assets") / "agent" / name).read_bytes()
