"""Which parameters and which enum values of the tools the rows really use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from curation.model.example import Example
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict


class ParameterCoverage(msgspec.Struct, frozen=True):
    """One parameter: in how many calls it is given, and how often each of its enum values."""

    name: str
    is_required: bool
    n_given: int
    values: dict[str, int] = {}
    """Enum value → calls; empty where the parameter is no enum."""

    @property
    def unused_values(self) -> tuple[str, ...]:
        return tuple(value for value, n in self.values.items() if not n)


class ToolCoverage(msgspec.Struct, frozen=True):
    """One tool: how often it is called, and with what."""

    tool: str
    n_calls: int
    parameters: tuple[ParameterCoverage, ...]


class CoverageCount:
    """Counts calls one example at a time."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._given: Counter[tuple[str, str]] = Counter()
        self._values: Counter[tuple[str, str, str]] = Counter()

    def add(self, example: Example) -> None:
        for message in example.messages:
            for call in message.calls or ():
                if isinstance(call.name, str) and isinstance(call.arguments, Arguments):
                    self._calls[call.name] += 1
                    self._count(call.name, parse_strict(call.arguments.text).value)

    def _count(self, tool: str, arguments: Json) -> None:
        if not isinstance(arguments, dict):
            return
        for name, value in arguments.items():
            self._given[tool, name] += 1
            for one in value if isinstance(value, list) else [value]:
                self._values[tool, name, _text(one)] += 1

    def finish(self, schemas: Mapping[str, Json]) -> tuple[ToolCoverage, ...]:
        """Every one of these tools (name → schema of its parameters), called or not."""
        return tuple(
            ToolCoverage(name, self._calls[name], tuple(self._parameters(name, schema)))
            for name, schema in sorted(schemas.items())
        )

    def _parameters(self, name: str, schema: Json) -> Iterable[ParameterCoverage]:
        properties = schema.get("properties") if isinstance(schema, dict) else None
        required = schema.get("required") if isinstance(schema, dict) else None
        for parameter, inner in (properties if isinstance(properties, dict) else {}).items():
            values = {_text(value): self._values[name, parameter, _text(value)] for value in _enum(inner)}
            is_required = isinstance(required, list) and parameter in required
            yield ParameterCoverage(parameter, is_required, self._given[name, parameter], values)


def _enum(schema: Json) -> list[Json]:
    if not isinstance(schema, dict):
        return []
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else _enum(schema.get("items"))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
