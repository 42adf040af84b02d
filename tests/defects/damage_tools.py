"""Damage to definitions and their schemas."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.defects.damage import damages, of_row, of_rows
from tests.defects.rows import Row, calls, copied, function_of, functions, tool


def _parameters(row: Row, draw: Random) -> Row | None:
    """The schema of one tool with parameters."""
    found = [one["parameters"] for one in functions(row) if one.get("parameters", {}).get("properties")]
    return draw.choice(found) if found else None


def _argument(row: Row, draw: Random, *kinds: str) -> Row | None:
    """The schema of one argument of these types."""
    schema = _parameters(row, draw)
    found = [one for one in (schema or {}).get("properties", {}).values() if not kinds or one.get("type") in kinds]
    return draw.choice(found) if found else None


@damages("T01")
def calls_without_tools(row: Row, draw: Random) -> Any:
    return {key: value for key, value in row.items() if key != "tools"} if calls(row) else None


@damages("T02")
def name_twice(row: Row, draw: Random) -> Any:
    if not row.get("tools"):
        return None
    twin = copied(row["tools"][0])
    twin["function"]["description"] = "Does something else altogether."
    row["tools"].append(twin)
    return row


@damages("T03")
def odd_name(row: Row, draw: Random) -> Any:
    if not functions(row):
        return None
    draw.choice(functions(row))["name"] = draw.choice(["get weather!", "", "a" * 90, "wetter für morgen"])
    return row


@damages("T04")
def bare_definition(row: Row, draw: Random) -> Any:
    if not row.get("tools"):
        return None
    row["tools"][0] = row["tools"][0]["function"]
    return row


@damages("T05")
def parameters_of_another_kind(row: Row, draw: Random) -> Any:
    if not functions(row):
        return None
    draw.choice(functions(row))["parameters"] = draw.choice([[], "none", {"type": "string"}, 5])
    return row


@damages("T06")
def unknown_type(row: Row, draw: Random) -> Any:
    schema = _argument(row, draw)
    if schema is None:
        return None
    schema["type"] = draw.choice(["str", "date", "int", "text", "dict"])
    return row


@damages("T07")
def reference_to_nowhere(row: Row, draw: Random) -> Any:
    schema = _parameters(row, draw)
    if schema is None:
        return None
    schema["properties"]["extra"] = {
        "$ref": draw.choice(["#/$defs/none", "https://example.com/schema.json"]),
        "description": "Extra.",
    }
    return row


@damages("T08")
def broken_pattern(row: Row, draw: Random) -> Any:
    schema = _argument(row, draw, "string")
    if schema is None:
        return None
    schema["pattern"] = draw.choice(["[a-z", "(", "*a", "a{2,1}"])
    return row


@damages("T09")
def undeclared_requirement(row: Row, draw: Random) -> Any:
    schema = _parameters(row, draw)
    if schema is None:
        return None
    schema["required"] = [*schema.get("required", []), "town_of_residence"]
    return row


@damages("T10")
def enum_of_another_type(row: Row, draw: Random) -> Any:
    schema = _argument(row, draw, "string")
    if schema is None:
        return None
    schema.update(draw.choice([{"enum": [1, 2]}, {"enum": ["a", "a"]}, {"enum": ["a"], "default": "b"}]))
    return row


@damages("T11")
def bounds_crossed(row: Row, draw: Random) -> Any:
    schema = _argument(row, draw, "string", "integer", "number", "array")
    if schema is None:
        return None
    crossed = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}
    low, high = crossed.get(schema["type"], ("minimum", "maximum"))
    schema |= {low: 9, high: 2}
    return row


@damages("T12")
def no_description(row: Row, draw: Random) -> Any:
    if not functions(row):
        return None
    target = draw.choice([draw.choice(functions(row)), _argument(row, draw) or functions(row)[0]])
    target["description"] = ""
    return row


@damages("T13")
def long_description(row: Row, draw: Random) -> Any:
    if not functions(row):
        return None
    draw.choice(functions(row))["description"] = "Looks things up in the great book of things. " * 60
    return row


@damages("T14")
def half_strict(row: Row, draw: Random) -> Any:
    found = [one for one in functions(row) if one.get("parameters", {}).get("properties")]
    if not found:
        return None
    function = draw.choice(found)
    function["strict"] = True
    function["parameters"].pop("additionalProperties", None)
    return row


@damages("T15")
def open_object(row: Row, draw: Random) -> Any:
    schema = _parameters(row, draw)
    if schema is None:
        return None
    schema["properties"]["options"] = {"type": "object", "description": "More options."}
    return row


@damages("T16")
def one_of(row: Row, draw: Random) -> Any:
    schema = _argument(row, draw, "string")
    if schema is None:
        return None
    schema["oneOf"] = [{"const": "a"}, {"const": "b"}]
    return row


@damages("T17")
def of_another_draft(row: Row, draw: Random) -> Any:
    schema = _parameters(row, draw)
    if schema is None:
        return None
    if draw.random() < 0.5:
        next(iter(schema["properties"].values()))["nullable"] = True
    else:
        schema["definitions"] = {"unit": {"type": "string"}}
    return row


@damages("T18")
def tools_alike(row: Row, draw: Random) -> Any:
    found = [tool for tool in row.get("tools", []) if tool["function"].get("parameters", {}).get("properties")]
    if not found:
        return None
    twin = copied(draw.choice(found))
    twin["function"]["name"] += "_v2"
    row["tools"].append(twin)
    return row


@damages("T19")
def two_versions(row: Row, draw: Random) -> Any:
    found = [one for one in functions(row) if one.get("parameters", {}).get("properties")]
    if not found:
        return None
    older = copied(row)
    parameters = next(one for one in functions(older) if one["name"] == found[0]["name"])["parameters"]
    parameters["properties"]["api_version"] = {"type": "string", "description": "Version."}
    return of_rows([row, older])


@damages("T20")
def empty_list(row: Row, draw: Random) -> Any:
    return None if calls(row) else {**row, "tools": []}


@damages("T21")
def hundreds_of_tools(row: Row, draw: Random) -> Any:
    subjects = ["order", "invoice", "parcel", "ticket", "user", "room", "flight", "alarm", "note", "card"]
    added = [tool(f"handle_{subjects[n % 10]}_{n}", **{f"{subjects[n % 10]}_{n}": "string"}) for n in range(150)]
    return {**row, "tools": [*row.get("tools", []), *added]}


@damages("T22")
def effect_unsaid(row: Row, draw: Random) -> Any:
    found = calls(row)
    function = function_of(row, found[0][2]) if found else None
    return of_row(row, known={function["name"]: {"policy": {"text": "Use with care."}}}) if function else None
