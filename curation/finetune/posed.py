"""Questions as a model elsewhere is asked them: by tools of its own, or by the prompt of the router."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from curation.errors import UnreadableError
from curation.finetune.rows import ask, turn_of
from curation.formats import get_format
from curation.formats.contract import Format
from curation.formats.files import FileRow, read_rows
from curation.formats.router import parse_answer
from curation.llm.contract import Prompt
from curation.llm.router_schema import FREE, RouterSchema, write_router_schema
from curation.metrics.held import Held
from curation.model.definition import Definition
from curation.model.reading import Reading, Reject
from curation.model.values import Json
from curation.rendering import read_numbered_row

NATIVE = "native.jsonl"
"""Name of the file in `data/` with the questions to models that call tools of their own: without what is right."""


class Posed(msgspec.Struct, frozen=True):
    """One question, and what is known of it."""

    prompt: Prompt
    tools: tuple[Definition, ...] | None
    """None where nothing is known of what the row offers."""
    form: RouterSchema = FREE
    is_refused: bool = False
    """Whether the right answer does not fit the form."""


def read_native(path: Path) -> list[Posed]:
    """The questions as a host takes them: turns with calls and results, and the tools on offer."""
    return [_pose_native(row, path) for row in _read(path, get_format("openai"))]


def read_routed(path: Path, *, is_held: bool) -> list[Posed]:
    """The router's rows, each to the last turn before what is right; held ones name the form of an answer."""
    return [_pose_routed(row, path, is_held=is_held) for row in _read(path, get_format("router"))]


def sum_up_forms(posed: Sequence[Posed]) -> Held:
    """How far the forms of all questions can hold an answer."""
    return Held(
        loosened=tuple(sorted({name for one in posed for name in one.form.loosened})),
        refused=sum(one.is_refused for one in posed),
        unheld=sum(not one.form.text for one in posed),
    )


def _pose_native(row: FileRow, path: Path) -> Posed:
    try:
        said = msgspec.json.decode(row.raw, type=_NativeRow)
    except msgspec.DecodeError as error:
        raise UnreadableError(f"Line {row.line} of {path.name} is no question: {error}.") from error
    turns = tuple(turn_of(message) for message in said.messages)
    return Posed(Prompt(turns, tuple(msgspec.json.encode(tool).decode() for tool in said.tools)), _offered(row.result))


class _NativeRow(msgspec.Struct):
    messages: list[dict[str, Json]]
    tools: list[Json] = []


def _pose_routed(row: FileRow, path: Path, *, is_held: bool) -> Posed:
    tools = _offered(row.result)
    asked = read_numbered_row(row.raw, "router", path, row.line)
    prompt = ask(asked)
    if not is_held or tools is None:
        return Posed(prompt, tools)
    form = write_router_schema(tools)
    right = parse_answer(str(asked.messages[-1].get("content")))
    return Posed(msgspec.structs.replace(prompt, schema=form.text), tools, form, is_refused=not form.can_say(right))


def _read(path: Path, fmt: Format) -> list[FileRow]:
    try:
        with path.open("rb") as stream:
            return [row for row in read_rows(stream, fmt) if row.raw.strip()]
    except OSError as error:
        raise UnreadableError(f"The questions in {path.name} cannot be read: {error.strerror}.") from error


def _offered(reading: Reading | Reject) -> tuple[Definition, ...] | None:
    tools = reading.example.tools if isinstance(reading, Reading) else None
    return tools if isinstance(tools, tuple) else None
