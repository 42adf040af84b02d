"""One argument name with two meanings in the tools of one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from curation.model.values import Json
from curation.rules.misreadings import text_of
from curation.rules.offer import OfferedTool
from curation.rules.registry import Hit
from curation.rules.units import unit_of
from curation.schemas.pointers import escape_step

_NUMBERS = {"integer": "number"}


class Meaning(NamedTuple):
    """What one tool means by an argument name."""

    name: str
    types: frozenset[str]
    """Its JSON types but null; empty when it names none."""
    unit: str | None


def find_two_meanings(tools: Sequence[OfferedTool]) -> Iterator[Hit]:
    """Arguments whose unit or type is another one in an earlier tool."""
    first: dict[str, tuple[int, Meaning]] = {}
    for index, tool in enumerate(tools):
        for meaning in _meanings(tool):
            other, before = first.setdefault(meaning.name, (index, meaning))
            if other != index and meaning != before:
                hit = _compare(tools, index, meaning, other, before)
                if hit is not None:
                    yield hit


def _compare(tools: Sequence[OfferedTool], index: int, now: Meaning, other: int, before: Meaning) -> Hit | None:
    what, mild = "", False
    if now.unit and before.unit and now.unit != before.unit:
        what = f"is in {now.unit} here and in {before.unit} there"
    elif now.types and before.types and not now.types & before.types:
        what, mild = f"is {_say(now)} here and {_say(before)} there", True
    if not what:
        return None
    base = f"/tools/{index}{'/function' if tools[index].view.wrapped else ''}"
    at = f"{base}/parameters/properties/{escape_step(now.name)}"
    message = f"`{now.name[:60]}` {what} (`{tools[other].name}`); give one of them another name."
    values: dict[str, Json] = {
        "argument": now.name[:200],
        "tools": [tools[other].name, tools[index].name],
        "mild": mild,
    }
    return Hit(at, message, values, None, f"/tools/{other}")


def _say(meaning: Meaning) -> str:
    return " or ".join(sorted(meaning.types))


@lru_cache(maxsize=4096)
def _meanings(tool: OfferedTool) -> tuple[Meaning, ...]:
    return tuple(_mean(name, schema) for name, schema in tool.properties.items() if isinstance(schema, dict))


def _mean(name: str, schema: dict[str, Json]) -> Meaning:
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else []
    types = frozenset(_NUMBERS.get(one, one) for one in kinds if isinstance(one, str) and one != "null")
    unit = unit_of(name, text_of(schema)) if types & {"number"} else None
    return Meaning(name, types, unit)
