"""How people speak of one tool, and what may be said when no tool fits: the data every drafter works from."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json


class ToolWording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words around one tool."""

    action: str
    """What the tool does as a plain verb phrase: "cancel the order"."""
    frames: tuple[str, ...]
    """Requests (see `frames`). One frame is one wording family."""
    ask: dict[str, tuple[str, ...]] = {}
    """Parameter → questions for it."""
    done: dict[str, tuple[str, ...]] = {}
    """`say` → answers after a success, with slots of arguments and result."""
    values: dict[str, dict[str, tuple[str, ...]]] = {}
    """Parameter → enum value → ways a person says it without naming it."""
    never: dict[str, tuple[str, ...]] = {}
    """Error of the tool → argument values that say the contrary: what came broken has been delivered."""
    retold: dict[str, str] = {}
    """Sentence → how full variety says it. Plain orders say it as it stands: recorded training was made so."""
    reads_aloud: bool = True
    """Whether values stand in the frames as they are, without quotation marks: the frames were written for them."""
    family: str = ""
    """Prefix of the family names; two wordings with the same prefix share their families."""


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that wants no tool, and the right reply."""

    say: str
    reply: str
    retold: str = ""
    """The reply that full variety gives instead."""


class Speech(msgspec.Struct, frozen=True):
    """All words of one order: per tool, per no-tool reason, and the slots remarks may use."""

    tools: dict[str, ToolWording]
    remarks: dict[str, tuple[Remark, ...]]
    """No-tool reason → remarks; reasons that grow out of the tools themselves may be missing."""
    slots: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[tuple[str, ...], ...]]
    """Parameter → parts a value is put together from."""
    system: str | None
    remark_family: str


def parameters_of(tool: Tool) -> dict[str, Json]:
    """The declared parameters of a tool, in order."""
    schema = tool.definition.view.parameters
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}


def shown_by(tool: Tool) -> dict[str, Json]:
    """The declared fields of what a tool answers, in order."""
    return _shown_by(tool.result_schema or "{}")


def result_of(tool: Tool) -> dict[str, Json]:
    """The schema of what a tool answers; empty where none is declared, or none that can be read."""
    return read_schema(tool.result_schema or "{}")


def read_schema(text: str) -> dict[str, Json]:
    """A schema from its text; empty where it is none."""
    try:
        schema = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return schema if isinstance(schema, dict) else {}


def properties_of(schema: Json) -> dict[str, Json]:
    """The properties that a schema declares, in order."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return properties if isinstance(properties, dict) else {}


@lru_cache(maxsize=4096)
def _shown_by(schema_text: str) -> dict[str, Json]:
    return properties_of(read_schema(schema_text))


def required_of(tool: Tool) -> tuple[str, ...]:
    """The required parameters of a tool, in the order they are declared."""
    schema = tool.definition.view.parameters
    required = schema.get("required") if isinstance(schema, dict) else None
    wanted = required if isinstance(required, list) else []
    return tuple(name for name in parameters_of(tool) if name in wanted)
