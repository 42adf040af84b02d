"""A tool as it is stored: its definition by content, and beside it what a model does not see."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection

from curation.model.definition import Definition, Execution, Policy, Sample, SideEffect, Tool, ToolError
from db.many_rows import add_rows
from db.tables import definition


class Meaning(msgspec.Struct, frozen=True, omit_defaults=True):
    """What belongs to a tool and a model does not see, as stored beside its definition."""

    side_effect: SideEffect | None = None
    idempotent: bool | None = None
    idempotency_parameter: str | None = None
    policy: Policy = Policy()
    result_schema: str | None = None
    errors: tuple[ToolError | str, ...] = ()
    """Older revisions hold a bare message."""
    execution: Execution = Execution()
    samples: tuple[Sample, ...] = ()


def say_meaning(one: Tool) -> str:
    """What belongs to a tool beside its definition, as text."""
    fields = {name: getattr(one, name) for name in Meaning.__struct_fields__}
    return msgspec.json.encode(Meaning(**fields)).decode()


def join_tool(text: str, meaning: str) -> Tool:
    """A tool from both of its texts."""
    fields = msgspec.structs.asdict(msgspec.json.decode(meaning, type=Meaning))
    errors = tuple(ToolError(one) if isinstance(one, str) else one for one in fields.pop("errors"))
    return Tool(Definition(text), errors=errors, **fields)


def add_definitions(connection: Connection, definitions: Iterable[Definition]) -> None:
    """Store definitions by content; known ones stay as they are."""
    rows = [(one.hash, one.view.name, one.text) for one in definitions]
    add_rows(connection, definition, rows, keep_known=True)
