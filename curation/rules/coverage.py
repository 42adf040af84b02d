"""Which parameters and which enum values of the tools the rows really use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from curation.model.example import Example
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict
from curation.rules.offer import OfferedTool, offer_of

VALUES_KEPT = 50_000
"""So many different values are counted, over all parameters of all tools, beside those that a definition lists."""


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


class _Given:
    """What the calls of one tool give for one parameter."""

    __slots__ = ("is_cut", "n", "unsure", "values")

    def __init__(self) -> None:
        self.n = 0
        self.values: dict[str, int] = {}
        self.is_cut = False
        """Whether values were left uncounted, as there were too many."""
        self.unsure: set[str] = set()
        """Values of a list that was first seen after that."""

    def expect(self, values: Iterable[str]) -> None:
        """Count these however many others there are."""
        for value in values:
            if value not in self.values:
                self.values[value] = 0
                if self.is_cut:
                    self.unsure.add(value)

    def count(self, values: Iterable[str]) -> dict[str, int]:
        """How often each of these was given; those that nobody can tell are left out."""
        known = {value: self.values.get(value, 0) for value in values}
        if not self.is_cut:
            return known
        return {value: n for value, n in known.items() if n or (value in self.values and value not in self.unsure)}


class _Called:
    """The calls of one tool."""

    __slots__ = ("given", "n", "offered")

    def __init__(self) -> None:
        self.n = 0
        self.given: defaultdict[str, _Given] = defaultdict(_Given)
        self.offered: OfferedTool | None = None

    def offer(self, tool: OfferedTool) -> None:
        """Expect the values that this definition lists."""
        self.offered = tool
        for name, schema in tool.properties.items():
            if values := _enum(schema):
                self.given[name].expect(map(value_text, values))


class CoverageCount:
    """Counts calls one example at a time. Free texts are not kept: only so many values, and those that are listed."""

    def __init__(self) -> None:
        self._called: defaultdict[str, _Called] = defaultdict(_Called)
        self._room = VALUES_KEPT

    def add(self, example: Example) -> None:
        for message in example.messages:
            for call in message.calls or ():
                if isinstance(call.name, str) and isinstance(call.arguments, Arguments):
                    called = self._called[call.name]
                    offered = offer_of(example).by_name.get(call.name)
                    if offered is not None and offered is not called.offered:
                        called.offer(offered)
                    called.n += 1
                    self._count(called, parse_strict(call.arguments.text).value)

    def _count(self, called: _Called, arguments: Json) -> None:
        if type(arguments) is not dict:
            return
        for name, value in arguments.items():
            given = called.given[name]
            given.n += 1
            for one in value if type(value) is list else (value,):
                text = one if type(one) is str else value_text(one)
                if text in given.values:
                    given.values[text] += 1
                elif self._room:
                    self._room -= 1
                    given.values[text] = 1
                else:
                    given.is_cut = True

    def finish(self, schemas: Mapping[str, Json]) -> tuple[ToolCoverage, ...]:
        """Every one of these tools (name → schema of its parameters), called or not."""
        return tuple(
            ToolCoverage(name, self._called[name].n, tuple(_parameters(self._called[name], schema)))
            for name, schema in sorted(schemas.items())
        )


def _parameters(called: _Called, schema: Json) -> Iterable[ParameterCoverage]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    required = schema.get("required") if isinstance(schema, dict) else None
    for parameter, inner in (properties if isinstance(properties, dict) else {}).items():
        given = called.given[parameter]
        values = given.count(enum_texts(inner))
        is_required = isinstance(required, list) and parameter in required
        yield ParameterCoverage(parameter, is_required, given.n, values)


def enum_texts(schema: Json) -> tuple[str, ...]:
    """The values of a fixed list, as they are counted; empty where there is none."""
    return tuple(map(value_text, _enum(schema)))


def _enum(schema: Json) -> list[Json]:
    if not isinstance(schema, dict):
        return []
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else _enum(schema.get("items"))


def value_text(value: Json) -> str:
    """A value as it is counted: a string itself, anything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
