"""Values by the thousand: numbers of things, addresses, amounts, dates, names."""

from __future__ import annotations

import json

from tests.property.hostile.building import (
    DRAW,
    TOOLS,
    Tools,
    Turns,
    assistant,
    call,
    fill,
    numbered,
    result,
    shape,
    tool,
    user,
)


@shape
def ids_missing() -> tuple[Turns, Tools]:
    return [user("hi"), *fill(lambda n: [call(n, order_id=numbered(n)), result(n, "ok")])], TOOLS


@shape
def ids_half_text() -> tuple[Turns, Tools]:
    return [
        user(" ".join(numbered(n) for n in range(40000))),
        *fill(lambda n: [call(n, order_id=numbered(n)[:-1]), result(n, "ok")], 450000),
    ], TOOLS


@shape
def ids_prefix_everywhere() -> tuple[Turns, Tools]:
    return [
        user("W-12345 " * 60000),
        *fill(lambda n: [call(n, order_id="W-1234"), result(n, "ok")], 450000),
    ], TOOLS


@shape
def ones() -> tuple[Turns, Tools]:
    return [
        user("1" * 500000),
        *fill(lambda n: [call(n, order_id="1" * (6 + n % 14)), result(n, "ok")], 430000),
    ], TOOLS


@shape
def ones_spaced() -> tuple[Turns, Tools]:
    return [
        user("1 " * 250000),
        *fill(lambda n: [call(n, order_id="1" * (6 + n % 14)), result(n, "ok")], 430000),
    ], TOOLS


@shape
def links() -> tuple[Turns, Tools]:
    return [
        user("http://a.b/" + "c/" * 200000),
        *fill(lambda n: [call(n, url=f"http://a.b/c/{n}x"), result(n, "ok")], 480000),
    ], TOOLS


@shape
def emails() -> tuple[Turns, Tools]:
    return [user("a@b." * 120000), *fill(lambda n: [call(n, email=f"a{n}@b.com"), result(n, "ok")], 430000)], TOOLS


@shape
def phones() -> tuple[Turns, Tools]:
    return [
        user("+1 555 " * 70000),
        *fill(lambda n: [call(n, phone=f"+1 555 {n:07d}"), result(n, "ok")], 430000),
    ], TOOLS


@shape
def amounts() -> tuple[Turns, Tools]:
    return [
        user(" ".join(f"${n}.99" for n in range(60000))),
        *fill(lambda n: [call(n, amount=n * 1.37 + 11), result(n, "ok")], 430000),
    ], TOOLS


@shape
def one_call_many_values() -> tuple[Turns, Tools]:
    return [user("x"), call(0, raw=json.dumps({"ids": [numbered(n) for n in range(60000)]})), result(0, "ok")], TOOLS


@shape
def one_call_many_keys() -> tuple[Turns, Tools]:
    return [
        user("x"),
        call(0, raw=json.dumps({f"k{n}numbered": numbered(n) for n in range(30000)})),
        result(0, "ok"),
    ], TOOLS


@shape
def names() -> tuple[Turns, Tools]:
    return [
        user(" ".join("Na" + "".join(DRAW.choice("abcdefghij") for _ in range(6)) for _ in range(50000))),
        *fill(
            lambda n: [call(n, city="Na" + "".join(DRAW.choice("abcdefghij") for _ in range(6))), result(n, "ok")],
            430000,
        ),
    ], TOOLS


@shape
def dates() -> tuple[Turns, Tools]:
    return [
        user("tomorrow 2024-01-01 next Friday " * 15000),
        *fill(lambda n: [call(n, date=f"20{n % 90 + 10}-0{n % 9 + 1}-11"), result(n, "ok")], 430000),
    ], TOOLS


@shape
def entities() -> tuple[Turns, Tools]:
    return [
        user("Cancel the shipped one"),
        call(1, q="a"),
        result(1, [{"order_id": numbered(n), "state": "shipped", "customer_id": numbered(n + 5)} for n in range(6000)]),
        *fill(lambda n: [call(n + 2, order_id=numbered(n)), result(n + 2, "ok")], 480000),
    ], TOOLS


@shape
def entities_results() -> tuple[Turns, Tools]:
    return [
        user("Cancel the shipped one"),
        *fill(
            lambda n: [
                call(n + 2, order_id=numbered(n)),
                result(
                    n + 2, [{"order_id": numbered(n + 1), "state": "x"}, {"order_id": numbered(n + 2), "state": "y"}]
                ),
            ],
            900000,
        ),
    ], TOOLS


@shape
def commas_numbers() -> tuple[Turns, Tools]:
    return [user("1," * 240000), assistant("The total is " + "1," * 230000)], TOOLS


@shape
def answer_numbers() -> tuple[Turns, Tools]:
    return [
        user("x"),
        call(1, q="a"),
        result(1, " ".join(str(n) for n in range(70000))),
        assistant(" ".join(f"{n}.5" for n in range(60000))),
    ], TOOLS


@shape
def long_numbers() -> tuple[Turns, Tools]:
    """Numbers of 4,000 digits beside a sign of another script, new ones each time: what was read once is kept."""
    return [
        user("What’s 2000 factorial?"),
        *fill(lambda n: [call(n, n=n), result(n, {"n": n, "result": str(DRAW.randrange(10**3999, 10**4000))})], 100000),
        assistant("It has 5736 digits."),
    ], TOOLS


@shape
def grouped_numbers() -> tuple[Turns, Tools]:
    """A number of thousands of groups, beside a sign of another script."""
    return [
        user("What’s that?"),
        call(1, q="a"),
        result(1, f"{DRAW.randrange(100, 1000)},123," * 50000),
        assistant("It has 400 figures."),
    ], TOOLS


@shape
def command() -> tuple[Turns, Tools]:
    return [user("Run it"), call(1, command="rm -rf " * 120000), result(1, "ok")], TOOLS


@shape
def commands_many() -> tuple[Turns, Tools]:
    return [
        user("Run it"),
        *fill(lambda n: [call(n, command=f"drop table a{n}; rm -rf /x"), result(n, "ok")]),
    ], TOOLS


@shape
def long_commands() -> tuple[Turns, Tools]:
    """Each as long as is looked at, and nothing in it but the beginning of what is looked for."""
    begun = (
        "delete from t where x = '" + " " * 15000,
        "delete from t where x = '" + " " * 7500 + ")" + " " * 7500,
        "update t set a=1\n" * 1100 + "where x = 2",
        "rm -" + "r" * 15000,
        "rm " + "-r " * 5000,
    )
    return [
        user("Run it"),
        *(turn for n, command in enumerate(begun) for turn in (call(n, command=command), result(n, "ok"))),
    ], TOOLS


@shape
def path() -> tuple[Turns, Tools]:
    return [user("x"), call(1, path="../" * 320000)], TOOLS


@shape
def base64ish() -> tuple[Turns, Tools]:
    return [user("x"), assistant("QUJD" * 240000)], TOOLS


@shape
def secrets() -> tuple[Turns, Tools]:
    return [user("sk-" + "a" * 470000), assistant("ghp_" + "A1" * 230000)], TOOLS


@shape
def urls_text() -> tuple[Turns, Tools]:
    return [user("http://" * 65000), assistant("www." * 115000)], TOOLS


@shape
def at_signs() -> tuple[Turns, Tools]:
    return [user("@" * 480000), assistant("a@" * 230000)], TOOLS


@shape
def phone_digits() -> tuple[Turns, Tools]:
    return [user("1234567890 " * 43000), assistant("+49 (0) " * 57000)], TOOLS


@shape
def card_numbers() -> tuple[Turns, Tools]:
    return [user("4111 1111 1111 1111 " * 24000), assistant("DE89 3704 0044 0532 0130 00 " * 17000)], TOOLS


@shape
def units() -> tuple[Turns, Tools]:
    return [
        user("5 kg 10 miles $3 " * 28000),
        *fill(lambda n: [call(n, weight_lb=n % 100, distance_km=n % 77), result(n, "ok")], 450000),
    ], [tool("find", weight_lb="number", distance_km="number")]


@shape
def strings_in_args() -> tuple[Turns, Tools]:
    return [user("x"), call(1, raw=json.dumps({"q": "“curly” ’ \u00a0é " * 35000}, ensure_ascii=False))], TOOLS
