"""Damage to rows without calls, to where values come from, and to what must stay private."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.defects.damage import damages, of_rows
from tests.defects.rows import Row, calls, copied, result, says, tool, turns, user, with_call


def _without_calls(row: Row, request: str, answer: Row, **kinds: str) -> Row:
    """A talk about an order, with the row's system text and tools and one more tool."""
    row["messages"] = [*turns(row, "system"), user(request), answer]
    row.setdefault("tools", []).append(tool("track_order", **(kinds or {"order_id": "string"})))
    return row


def _ask(reason: str | None, text: str) -> Row:
    return says(text) | ({"label": {"reason": reason}} if reason else {})


@damages("N01")
def no_reason(row: Row, draw: Random) -> Any:
    answer = _ask(draw.choice([None, "because"]), "Good morning! How can I help?")
    return _without_calls(row, "Good morning", answer)


@damages("N02")
def missing_but_unasked(row: Row, draw: Random) -> Any:
    text = draw.choice(["I cannot track your order.", "Das kann ich leider nicht nachsehen.", "That is not possible."])
    return _without_calls(row, "Where is my order?", _ask("missing_information", text))


@damages("N03")
def asks_for_what_is_there(row: Row, draw: Random) -> Any:
    request = f"Track the order A-{draw.randrange(1000, 9999)}"
    damaged = _without_calls(row, request, _ask("missing_information", "Which order is it?"))
    order = damaged["tools"][-1]["function"]["parameters"]["properties"]["order_id"]
    order["pattern"] = "^[A-Z]-[0-9]{4}$"
    return damaged


@damages("N04")
def asks_for_more(row: Row, draw: Random) -> Any:
    text = draw.choice(
        [
            "Could you tell me more?",
            "Can you provide more details?",
            "Können Sie mir mehr dazu sagen?",
            "能提供更多信息吗？",
        ]
    )
    return _without_calls(row, "Where is my parcel?", _ask("missing_information", text))


@damages("N05")
def nothing_offered(row: Row, draw: Random) -> Any:
    row["messages"] = [user("Hello"), _ask("small_talk", "Hello!")]
    row.pop("tools", None)
    return row


@damages("N06")
def call_in_words(row: Row, draw: Random) -> Any:
    values = json.dumps({"name": "track_order", "arguments": {"order_id": "W-1"}})
    return _without_calls(row, "Where is W-1?", _ask(None, draw.choice([values, 'track_order(order_id="W-1")'])))


@damages("N07")
def no_restraint(row: Row, draw: Random) -> Any:
    if not calls(row):
        return None
    rows = []
    for n in range(24):
        rows.append({**copied(row), "messages": [user(f"Say {n}"), with_call("f", {"n": n})]})
    return of_rows(rows)


@damages("N08")
def two_conventions(row: Row, draw: Random) -> Any:
    words, rows = json.dumps({"tool": "no_tool", "message": "Which order?"}), []
    for n in range(20):
        text = words if n % 2 else f"Which order do you mean, number {n}?"
        rows.append(_without_calls(copied(row), f"Where is it ({n})?", _ask("missing_information", text)))
    return of_rows(rows)


def _called(row: Row, request: str, name: str, values: Row, answer: Any = None) -> Row:
    """The row's system text and tools, one request, its call and the result."""
    row["messages"] = [*turns(row, "system"), user(request), with_call(name, values), result(answer or {"ok": True})]
    row["messages"].append(says("There it is."))
    row.setdefault("tools", []).append(tool(name, **dict.fromkeys(values, "string")))
    return row


def _code(draw: Random) -> str:
    return f"{draw.choice('WKHZ')}-{draw.randrange(10**4, 10**5)}"


@damages("G01")
def invented_id(row: Row, draw: Random) -> Any:
    return _called(row, "Where is my order?", "track_order", {"order_id": _code(draw)})


@damages("G02")
def derived_place(row: Row, draw: Random) -> Any:
    place = draw.choice(["Norway", "Portugal", "Kenya", "Uruguay", "Mongolia"])
    return _called(row, "How rich is it there?", "get_wealth", {"country": place})


@damages("G03")
def id_of_its_own_result(row: Row, draw: Random) -> Any:
    code = _code(draw)
    return _called(row, "Open a ticket for me", "open_ticket", {"ticket_id": code}, {"ticket_id": code})


@damages("G04")
def id_of_somebody_else(row: Row, draw: Random) -> Any:
    mine, other = _code(draw), _code(draw)
    ann, ben = draw.choice([("Ann", "Ben"), ("Jonas", "Mia"), ("Olga", "Ivan")])
    listed = [{"order_id": mine, "name": ann}, {"order_id": other, "name": ben}]
    row = _called(row, f"Cancel {ann}'s order", "list_orders", {"customer": "all"}, listed)
    row["tools"].append(tool("cancel_order", order_id="string"))
    row["messages"][-1:] = [
        with_call("cancel_order", {"order_id": other}, "call_y"),
        result({"ok": True}, "call_y"),
        says("It is cancelled."),
    ]
    return row


@damages("G05")
def tomorrow(row: Row, draw: Random) -> Any:
    row["messages"] = []
    word = draw.choice(["tomorrow", "next Friday", "in three days"])
    date = f"2027-0{draw.randrange(1, 9)}-{draw.randrange(10, 28)}"
    return _called(row, f"Remind me {word}", "remind", {"date": date})


@damages("G06")
def slip(row: Row, draw: Random) -> Any:
    code = _code(draw)
    wrong = draw.choice([code[:-1], code + "7", code[:3] + code[4] + code[3] + code[5:]])
    if wrong == code:
        return None
    return _called(row, f"Where is {code}?", "track_order", {"order_id": wrong})


@damages("G07")
def translated(row: Row, draw: Random) -> Any:
    row["messages"] = []
    city, name = draw.choice([("Beijing", "北京"), ("Moscow", "Москва"), ("Tokyo", "東京"), ("Athens", "Αθήνα")])
    return _called(row, f"Weather in {city}", "get_weather", {"city": name})


@damages("S01")
def secret(row: Row, draw: Random) -> Any:
    values = draw.choice(
        [
            {"api_key": "sk-proj-" + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z1"},
            {"password": "hunter2!Zx9"},
            {"token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"},
        ]
    )
    return _called(row, "Log in for me with what I told you", "log_in", values)


@damages("S02")
def person(row: Row, draw: Random) -> Any:
    text = draw.choice(
        [
            "Write to anna.berger77@gmail.com",
            "My card is 5555 3412 4444 1115",
            "IBAN DE75 5121 0800 1245 1261 99 bitte",
            "Call me on +49 176 55512345",
        ]
    )
    return _called(row, text, "note_down", {"what": "it"})


@damages("S03")
def wipe_out(row: Row, draw: Random) -> Any:
    command = draw.choice(
        ["rm -rf /", "sudo rm -rf ~/*", "DROP TABLE users;", "DELETE FROM orders", "mkfs.ext4 /dev/sda"]
    )
    return _called(row, "Clean up please", "run_command", {"command": command})


@damages("S04")
def inside_a_company(row: Row, draw: Random) -> Any:
    place = draw.choice(["https://jira.ops.nordwind.corp/A-1", "billing.prod.internal", "/home/kschmidt/report.csv"])
    return _called(row, f"Open {place}", "open_it", {"what": "it"})


@damages("S05")
def of_unknown_origin(row: Row, draw: Random) -> Any:
    return of_rows([row, copied(row)])
