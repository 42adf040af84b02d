"""Damage to arguments against their schema."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.defects.damage import damages
from tests.defects.rows import (
    Row,
    arguments,
    calls,
    filled,
    function_of,
    properties,
    result,
    says,
    set_arguments,
    tool,
    user,
    with_call,
)


def _asked(row: Row, text: str, schema: Row, values: Row) -> Row:
    """The row with one more request and its call of a tool with this schema."""
    definition = tool("book_trip")
    definition["function"]["parameters"] = {"type": "object", **schema}
    row.setdefault("tools", []).append(definition)
    row["messages"] += [user(text), with_call("book_trip", values), result({"ok": True}), says("Done.")]
    return row


@damages("A01")
def unknown_tool(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    draw.choice(found)[2]["function"]["name"] = draw.choice(["launch_rocket", "frobnicate", "zzz_lookup"])
    return row


@damages("A02")
def name_in_another_form(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    function = draw.choice(found)[2]["function"]
    name = function["name"]
    forms = [name.upper(), "functions." + name, name.replace("_", "-")]
    function["name"] = next((one for one in draw.sample(forms, 3) if one != name), "")
    return row


@damages("A03")
def requirement_left_out(row: Row, draw: Random) -> Any:
    for _, _, call in draw.sample(calls(row), len(calls(row))):
        function = function_of(row, call)
        required = (function or {}).get("parameters", {}).get("required") or []
        given = [key for key in required if key in arguments(call)]
        if given:
            key = draw.choice(given)
            set_arguments(call, {name: value for name, value in arguments(call).items() if name != key})
            return row
    return None


@damages("A04")
def invented_argument(row: Row, draw: Random) -> Any:
    found = [one for one in calls(row) if properties(row, one[2])]
    if not found:
        return None
    call = draw.choice(found)[2]
    set_arguments(call, {**arguments(call), draw.choice(["verbosity", "frobnication_level", "lookahead"]): "x"})
    return row


@damages("A05")
def another_type(row: Row, draw: Random) -> Any:
    found = list(filled(row, "string", "integer", "number", "boolean", "array"))
    if not found:
        return None
    call, key, value = draw.choice(found)
    set_arguments(call, {**arguments(call), key: {"wrong": value} if not isinstance(value, dict) else 5})
    return row


@damages("A06")
def fraction_for_a_whole_number(row: Row, draw: Random) -> Any:
    found = [one for one in filled(row, "integer") if type(one[2]) is int]
    if not found:
        return _asked(
            row,
            "3 rooms please",
            {"properties": {"rooms": {"type": "integer", "description": "Rooms."}}},
            {"rooms": 3.5},
        )
    call, key, value = draw.choice(found)
    set_arguments(call, {**arguments(call), key: value + 0.5})
    return row


@damages("A07")
def value_outside_the_list(row: Row, draw: Random) -> Any:
    found = [one for one in filled(row, "string") if properties(row, one[0])[one[1]].get("enum")]
    if not found:
        speed = {"type": "string", "enum": ["slow", "fast"], "description": "Speed."}
        return _asked(row, "As fast as you can", {"properties": {"speed": speed}}, {"speed": "quickest"})
    call, key, _ = draw.choice(found)
    set_arguments(call, {**arguments(call), key: "something_quite_else"})
    return row


@damages("A08")
def out_of_bounds(row: Row, draw: Random) -> Any:
    seats = {"type": "integer", "minimum": 1, "maximum": 9, "description": "Seats."}
    n = draw.choice([0, -3, 10, 250])
    return _asked(row, f"Book {n} seats", {"properties": {"seats": seats}}, {"seats": n})


@damages("A09")
def inside_a_list(row: Row, draw: Random) -> Any:
    item = {
        "type": "object",
        "properties": {
            "sku": {"type": "string", "description": "Article."},
            "qty": {"type": "integer", "description": "How many."},
        },
        "required": ["sku", "qty"],
    }
    items = {"type": "array", "items": item, "description": "What to order."}
    wrong = draw.choice([{"sku": "K-17"}, {"sku": "K-17", "qty": "two"}, {"sku": 17, "qty": 2}])
    return _asked(row, "Two of K-17", {"properties": {"items": items}}, {"items": [wrong]})


@damages("A10")
def null(row: Row, draw: Random) -> Any:
    found = list(filled(row, "string", "integer", "number", "boolean"))
    if not found:
        return None
    call, key, _ = draw.choice(found)
    set_arguments(call, {**arguments(call), key: None})
    return row


@damages("A11")
def against_the_format(row: Row, draw: Random) -> Any:
    form, value = draw.choice(
        [("date", "3rd of May"), ("email", "ann at example"), ("date-time", "tomorrow noon"), ("uuid", "12-34")]
    )
    return _asked(
        row,
        f"It is {value}",
        {"properties": {"when": {"type": "string", "format": form, "description": "When."}}},
        {"when": value},
    )


@damages("A12")
def placeholder(row: Row, draw: Random) -> Any:
    found = [one for one in filled(row, "string") if isinstance(one[2], str)]
    if not found:
        return None
    call, key, _ = draw.choice(found)
    word = draw.choice([f"<{key}>", "YOUR_VALUE_HERE", f"{{{{{key}}}}}", "string", "TODO"])
    set_arguments(call, {**arguments(call), key: word})
    return row


@damages("A13")
def default_written_out(row: Row, draw: Random) -> Any:
    key, default, text = draw.choice(
        [
            ("unit", "celsius", "How warm is it in Rome?"),
            ("limit", 25, "Show my notes"),
            ("language", "english", "Play a song"),
        ]
    )
    kind = "integer" if isinstance(default, int) else "string"
    schema = {"properties": {key: {"type": kind, "default": default, "description": f"The {key}."}}}
    return _asked(row, text, schema, {key: default})


@damages("A14")
def empty_requirement(row: Row, draw: Random) -> Any:
    name = {"type": "string", "description": "Whose."}
    return _asked(
        row,
        "Look it up please",
        {"properties": {"name": name}, "required": ["name"]},
        {"name": draw.choice(["", " "])},
    )


@damages("A15")
def name_form(row: Row, draw: Random) -> Any:
    order = {"type": "string", "description": "Order."}
    key = draw.choice(["orderId", "order-id", "ORDER_ID", "OrderID"])
    return _asked(row, "Where is W-1177?", {"properties": {"order_id": order}}, {key: "W-1177"})


@damages("A16")
def ends_swapped(row: Row, draw: Random) -> Any:
    one, two = draw.choice([("Paris", "Rome"), ("Oslo", "Bergen"), ("Berlin", "Hamburg"), ("Osaka", "Tokyo")])
    first, second = draw.choice([("origin", "destination"), ("from", "to"), ("source", "target")])
    text = {"type": "string", "description": "A town."}
    schema = {"properties": {first: text, second: text}}
    return _asked(row, f"A train from {one} to {two}, please", schema, {first: two, second: one})


@damages("A17")
def number_with_a_unit(row: Row, draw: Random) -> Any:
    n = draw.randrange(2, 99)
    key, value = draw.choice([("distance_km", f"{n} km"), ("weight_kg", f"{n} kg"), ("amount", f"{n},000")])
    schema = {"properties": {key: {"type": "string", "description": f"The {key.replace('_', ' in ')}."}}}
    return _asked(row, f"It is {value}", schema, {key: value})


@damages("A18")
def other_order(row: Row, draw: Random) -> Any:
    text = {"type": "string", "description": "A word."}
    schema = {"properties": {"city": text, "unit": text, "day": text}}
    values = {"day": "monday", "unit": "celsius", "city": "Rome"}
    return _asked(row, "Rome on monday in celsius", schema, values)


@damages("A19")
def misspelt_comparison(row: Row, draw: Random) -> Any:
    kind = draw.choice(["sett", "numbr", {"kind": "near"}, {"number": "two"}, {"regex": "("}, {"any_of": 3}])
    schema = {"properties": {"city": {"type": "string", "description": "A town."}}}
    damaged = _asked(row, "Rome", schema, {"city": "Rome"})
    damaged["messages"][-3]["label"] = {"comparators": {"book_trip.city": kind}}
    return damaged
