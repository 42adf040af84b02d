"""Words put into a definition's name, descriptions and parameters, to see which of them a template shows the model."""

from __future__ import annotations

from typing import NamedTuple

from curation.model.values import Json
from curation.schemas.pointers import escape_step

_DEEPEST = 12
_INNER_SCHEMAS = ("items", "additionalProperties")
_INNER_LISTS = ("anyOf", "oneOf", "allOf")


class Mark(NamedTuple):
    """A word that stands for one place of a row."""

    word: str
    at: str
    part: str
    turn: int
    """-1 for a definition."""
    owner: str
    """The call or definition it belongs to; the place itself for a text."""


class Marks(list[Mark]):
    """All words of one row, in the order of their places."""

    def add(self, at: str, part: str, turn: int, owner: str = "") -> str:
        """A new word for a place."""
        word = f"qx{len(self):06d}zk"
        self.append(Mark(word, at, part, turn, owner or at))
        return word

    def add_number(self, at: str, turn: int, owner: str, *, is_whole: bool) -> int | float:
        """A new number for a place that holds one."""
        number = 730_000_000 + len(self)
        self.append(Mark(str(number), at, "value", turn, owner))
        return number if is_whole else number + 0.5


def mark_tool(tool: Json, index: int, marks: Marks) -> Json:
    """The definition with words instead of names and descriptions; its types stay."""
    at = f"/tools/{index}"
    if not isinstance(tool, dict):
        return tool
    function = tool.get("function")
    if isinstance(function, dict):
        return {**tool, "function": _mark_function(function, f"{at}/function", at, marks)}
    return _mark_function(tool, at, at, marks)


def _mark_function(function: dict[str, Json], at: str, owner: str, marks: Marks) -> dict[str, Json]:
    marked = dict(function)
    if _is_text(function.get("name")):
        marked["name"] = marks.add(f"{at}/name", "tool", -1, owner)
    if _is_text(function.get("description")):
        marked["description"] = marks.add(f"{at}/description", "description", -1, owner)
    if isinstance(function.get("parameters"), dict):
        marked["parameters"] = _mark_schema(function["parameters"], f"{at}/parameters", owner, marks, 0)
    return marked


def _mark_schema(schema: Json, at: str, owner: str, marks: Marks, depth: int) -> Json:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return schema
    marked = dict(schema)
    if depth and _is_text(schema.get("description")):
        marked["description"] = marks.add(f"{at}/description", "description", -1, owner)
    if isinstance(schema.get("properties"), dict):
        _mark_properties(marked, at, owner, marks, depth)
    for key in _INNER_SCHEMAS:
        if isinstance(schema.get(key), dict):
            marked[key] = _mark_schema(schema[key], f"{at}/{key}", owner, marks, depth + 1)
    for key in _INNER_LISTS:
        if isinstance(schema.get(key), list):
            inner = enumerate(schema[key])
            marked[key] = [_mark_schema(one, f"{at}/{key}/{i}", owner, marks, depth + 1) for i, one in inner]
    return marked


def _mark_properties(schema: dict[str, Json], at: str, owner: str, marks: Marks, depth: int) -> None:
    """Rename the properties, and with them what `required` lists."""
    names, properties = {}, {}
    for name, inner in schema["properties"].items():
        place = f"{at}/properties/{escape_step(name)}"
        # Only the parameters themselves: templates that write signatures leave out what lies deeper.
        names[name] = marks.add(place, "parameter" if depth == 0 else "inner parameter", -1, owner)
        properties[names[name]] = _mark_schema(inner, place, owner, marks, depth + 1)
    schema["properties"] = properties
    if isinstance(schema.get("required"), list):
        schema["required"] = [names.get(one, one) if isinstance(one, str) else one for one in schema["required"]]


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip())
