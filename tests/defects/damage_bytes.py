"""Damage to bytes, to JSON, and to the letters of values."""

from __future__ import annotations

import json
import unicodedata
from random import Random
from typing import Any

from tests.defects.damage import damages, of_bytes
from tests.defects.rows import (
    Row,
    arguments,
    calls,
    filled,
    functions,
    result,
    set_arguments,
    tool,
    turns,
    user,
    with_call,
)


def _raw(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()


@damages("J01")
def byte_of_latin_1(row: Row, draw: Random) -> Any:
    raw = _raw(row)
    place = raw.index(b'"content": "') + 12
    return of_bytes(raw[:place] + draw.choice([b"\xfc", b"\xe9", b"\xdf"]) + raw[place:])


@damages("J02")
def mark_before_the_row(row: Row, draw: Random) -> Any:
    return of_bytes(b"\xef\xbb\xbf" + _raw(row))


@damages("J03")
def cut_off(row: Row, draw: Random) -> Any:
    raw = _raw(row)
    return of_bytes(raw[: draw.randrange(len(raw) // 2, len(raw) - 1)].decode(errors="ignore").encode())


@damages("J04")
def two_rows_on_a_line(row: Row, draw: Random) -> Any:
    return of_bytes(_raw(row) + draw.choice([b" ", b"", b"\t"]) + _raw(row))


@damages("J05")
def role_twice(row: Row, draw: Random) -> Any:
    return of_bytes(_raw(row).replace(b'{"role": "user"', b'{"role": "system", "role": "user"', 1))


@damages("J06")
def argument_twice(row: Row, draw: Random) -> Any:
    found = list(filled(row))
    if not found:
        return None
    call, key, value = draw.choice(found)
    text = call["function"]["arguments"]
    pair = json.dumps({key: value}, ensure_ascii=False)[1:-1]
    call["function"]["arguments"] = text[:-1] + ", " + pair + "}"
    return row


@damages("J07")
def not_a_number(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    call = draw.choice(found)[2]
    word = draw.choice(["NaN", "Infinity", "-Infinity"])
    call["function"]["arguments"] = call["function"]["arguments"].rstrip()[:-1].rstrip().rstrip(",") + (
        f', "share": {word}}}' if arguments(call) else f'"share": {word}}}'
    )
    return row


@damages("J08")
def half_a_pair(row: Row, draw: Random) -> Any:
    return of_bytes(_raw(row).replace(b'"content": "', b'"content": "\\ud83d ', 1))


@damages("J09")
def control_character(row: Row, draw: Random) -> Any:
    turn = draw.choice(turns(row, "user"))
    turn["content"] += draw.choice(["\x00", "\x07", "\x1b"]) + "now"
    return row


@damages("J10")
def number_too_big(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    call = found[0][2]
    set_arguments(call, {**arguments(call), "order": draw.randrange(10**17, 10**20)})
    return row


@damages("J11")
def nested_too_deeply(row: Row, draw: Random) -> Any:
    depth = draw.randrange(5_000, 50_000)
    return of_bytes(_raw(row)[:-1] + b', "extra": ' + b"[" * depth + b"]" * depth + b"}")


@damages("J12")
def arguments_with_trailing_text(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    function = draw.choice(found)[2]["function"]
    function["arguments"] = draw.choice([function["arguments"][:-1], "{" + function["arguments"], "city=Paris"])
    return row


@damages("J13")
def encoded_twice(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    function = draw.choice(found)[2]["function"]
    function["arguments"] = json.dumps(function["arguments"])
    return row


@damages("J14")
def list_of_arguments(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    call = draw.choice(found)[2]
    set_arguments(call, draw.choice([list(arguments(call).values()), 5, True]))
    return row


@damages("J15")
def fenced(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    function = draw.choice(found)[2]["function"]
    function["arguments"] = f"```json\n{function['arguments']}\n```"
    return row


@damages("J16")
def object_of_arguments(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    for _, _, call in found:
        call["function"]["arguments"] = arguments(call)
    return row


_NAMES = ("Zürich", "Göteborg", "São Paulo", "Málaga", "Łódź", "Besançon", "Köln", "Tromsø é", "Århus", "Düsseldorf")


def _asked(row: Row, asked: str, called: str, key: str = "place") -> Row:
    """The row with one more request and its call."""
    row.setdefault("tools", []).append(tool("find_place", **{key: "string"}))
    row["messages"] += [
        user(f"And what about {asked}?"),
        with_call("find_place", {key: called}),
        result({"found": 1}),
        {"role": "assistant", "content": "It was found."},
    ]
    return row


@damages("U01")
def decomposed(row: Row, draw: Random) -> Any:
    name = draw.choice([one for one in _NAMES if unicodedata.normalize("NFD", one) != one])
    return _asked(row, name, unicodedata.normalize("NFD", name))


@damages("U02")
def invisible(row: Row, draw: Random) -> Any:
    found = [one for one in filled(row, "string") if isinstance(one[2], str) and len(one[2]) > 3]
    if not found:
        return None
    call, key, value = draw.choice(found)
    sign = draw.choice(["\u200b", "\u200e", "\ufeff", "\u2060"])
    set_arguments(call, {**arguments(call), key: value[:2] + sign + value[2:]})
    return row


@damages("U03")
def cyrillic_letter(row: Row, draw: Random) -> Any:
    found = [one for one in functions(row) if any(letter in one["name"] for letter in "aeo")]
    if not found:
        return None
    function = draw.choice(found)
    letter = next(one for one in "aeo" if one in function["name"])
    function["name"] = function["name"].replace(letter, {"a": "а", "e": "е", "o": "о"}[letter], 1)
    return row


@damages("U04")
def space_at_the_end(row: Row, draw: Random) -> Any:
    code = f"W-{draw.randrange(10**4, 10**5)}"
    return _asked(row, code, draw.choice([code + " ", " " + code]), "order_id")


@damages("U05")
def curly_quote(row: Row, draw: Random) -> Any:
    name = draw.choice(["O'Brien", "Ristorante da L'Angelo", "St. John's Gate", "Rock 'n' Roll"])
    return _asked(row, name, name.replace("'", "\u2019"), "name")


@damages("U06")
def decoded_wrongly(row: Row, draw: Random) -> Any:
    name = draw.choice(["Zürich", "Göteborg", "Málaga", "Köln", "Düsseldorf", "Besançon"])
    return _asked(row, name, name.encode().decode("latin-1"))


@damages("U07")
def entities(row: Row, draw: Random) -> Any:
    name = draw.choice(["Marks & Spencer", "Smith & Wesson Ltd", "R&D < 5", 'the "Lux" hotel'])
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return _asked(row, name, escaped, "name")
