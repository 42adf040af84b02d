"""Damage to the order, the roles and the form of turns, and to the pairing of calls and results."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.defects.damage import damages, of_row
from tests.defects.rows import Row, answered, calls, copied, functions, result, tool, turns, user


@damages("M01")
def no_messages(row: Row, draw: Random) -> Any:
    value: Any = draw.choice([[], None, {}, "hello"])
    return {**row, "messages": value} if draw.random() < 0.7 else {key: row[key] for key in row if key != "messages"}


@damages("M02")
def strange_role(row: Row, draw: Random) -> Any:
    draw.choice(turns(row, "user"))["role"] = draw.choice(["human", "User", "customer", "ai", 5])
    return row


@damages("M03")
def nobody_answers(row: Row, draw: Random) -> Any:
    return {**row, "messages": [turn for turn in row["messages"] if turn["role"] in ("system", "user")]}


@damages("M04")
def ends_on_the_user(row: Row, draw: Random) -> Any:
    row["messages"].append(user(draw.choice(["Thanks a lot", "Und jetzt?", "And in Rome?"])))
    return row


@damages("M05")
def late_system_turn(row: Row, draw: Random) -> Any:
    if not turns(row, "system"):
        row["messages"].insert(0, {"role": "system", "content": "Be brief."})
    row["messages"].append({"role": "system", "content": "Answer in French."})
    row["messages"] += [user("Go on"), {"role": "assistant", "content": "Bien."}]
    return row


@damages("M06")
def says_nothing(row: Row, draw: Random) -> Any:
    texts = [turn for turn in turns(row, "assistant") if "tool_calls" not in turn]
    if not texts:
        return None
    draw.choice(texts)["content"] = draw.choice(["", " ", None])
    return row


@damages("M07")
def no_content(row: Row, draw: Random) -> Any:
    turn = draw.choice(turns(row, "user"))
    turn["content"] = None
    if draw.random() < 0.5:
        del turn["content"]
    return row


@damages("M08")
def text_beside_a_call(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    row["messages"][draw.choice(found)[0]]["content"] = "Let me look that up for you."
    return row


@damages("M09")
def user_calls(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    turns(row, "user")[0]["tool_calls"] = [copied(found[0][2])]
    return row


@damages("M10")
def user_twice(row: Row, draw: Random) -> Any:
    place = row["messages"].index(turns(row, "user")[0])
    row["messages"].insert(place, user("Hello there"))
    return row


@damages("M11")
def assistant_twice(row: Row, draw: Random) -> Any:
    if row["messages"][-1]["role"] != "assistant" or "tool_calls" in row["messages"][-1]:
        return None
    row["messages"].append({"role": "assistant", "content": "Anything else?"})
    return row


@damages("M12")
def unknown_key(row: Row, draw: Random) -> Any:
    target = draw.choice([row, row["messages"][0], row["messages"][-1]])
    target[draw.choice(["speaker", "comment", "lang"])] = "x"
    return row


@damages("M13")
def parts_in_a_result(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results:
        return None
    turn = draw.choice(results)
    turn["content"] = [{"type": "text", "text": turn["content"]}]
    return row


@damages("M14")
def odd_weight(row: Row, draw: Random) -> Any:
    draw.choice(turns(row, "assistant"))["weight"] = draw.choice([0.5, 2, "1", -1, True])
    return row


@damages("M15")
def nothing_learned(row: Row, draw: Random) -> Any:
    for turn in turns(row, "assistant"):
        turn["weight"] = 0
    return row


@damages("M16")
def assistant_first(row: Row, draw: Random) -> Any:
    row["messages"] = [turn for turn in row["messages"] if turn["role"] != "system"]
    row["messages"].insert(0, {"role": "assistant", "content": "Hello, how can I help?"})
    return row


@damages("M17")
def old_form(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    place, _, call = found[0]
    row["messages"] = [
        *row["messages"][:place],
        {"role": "assistant", "content": None, "function_call": call["function"]},
        {"role": "function", "name": call["function"]["name"], "content": "{}"},
        {"role": "assistant", "content": "Here it is."},
    ]
    return row


@damages("M18")
def picture(row: Row, draw: Random) -> Any:
    turn = draw.choice(turns(row, "user"))
    url = {"url": "https://pictures.example/1.png"}
    turn["content"] = [{"type": "text", "text": turn["content"]}, {"type": "image_url", "image_url": url}]
    return row


@damages("C01")
def call_without_a_part(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    call = draw.choice(found)[2]
    part = draw.choice(["id", "type", "function", "name"])
    (call["function"] if part == "name" else call).pop(part)
    return row


@damages("C02")
def same_id_twice(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found or not answered(row):
        return None
    place, _, call = found[-1]
    twin, after = copied(row["messages"][place]), copied(row["messages"][place + 1 :])
    row["messages"] += [user("And once more?"), twin, *after]
    return row if call["id"] else None


@damages("C03")
def result_without_id(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results:
        return None
    draw.choice(results).pop("tool_call_id")
    return row


@damages("C04")
def result_of_nobody(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results:
        return None
    draw.choice(results)["tool_call_id"] = "call_unheard_of"
    return row


@damages("C05")
def result_first(row: Row, draw: Random) -> Any:
    places = [i for i, turn in enumerate(row["messages"]) if turn["role"] == "tool"]
    if not places or row["messages"][places[0] - 1].get("tool_calls") is None:
        return None
    i = places[0]
    row["messages"][i - 1], row["messages"][i] = row["messages"][i], row["messages"][i - 1]
    return row


@damages("C06")
def no_result(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results or not answered(row):
        return None
    row["messages"].remove(draw.choice(results))
    return row


@damages("C07")
def ends_on_a_call(row: Row, draw: Random) -> Any:
    found = calls(row)
    return {**row, "messages": row["messages"][: found[0][0] + 1]} if found else None


@damages("C08")
def two_results(row: Row, draw: Random) -> Any:
    places = [i for i, turn in enumerate(row["messages"]) if turn["role"] == "tool"]
    if not places:
        return None
    place = draw.choice(places)
    row["messages"].insert(place + 1, copied(row["messages"][place]))
    return row


@damages("C09")
def word_before_the_result(row: Row, draw: Random) -> Any:
    places = [i for i, turn in enumerate(row["messages"]) if turn["role"] == "tool"]
    if not places:
        return None
    words = draw.choice([user("Are you there?"), {"role": "assistant", "content": "One moment."}])
    row["messages"].insert(places[0], words)
    return row


def _two_calls(row: Row, first: Row, second: Row) -> Row:
    """The row with one more request answered by two calls in one turn."""
    row.setdefault("tools", []).append(tool("look_up", name="string"))
    two = [
        {"id": f"call_two_{n}", "type": "function", "function": {"name": "look_up", "arguments": json.dumps(values)}}
        for n, values in enumerate((first, second))
    ]
    row["messages"] += [user("Look up Anna Berg and the rest"), {"role": "assistant", "tool_calls": two}]
    return row


@damages("C10")
def results_swapped(row: Row, draw: Random) -> Any:
    _two_calls(row, {"name": "Anna Berg"}, {"name": "the rest"})
    row["messages"] += [result({"n": 1}, "call_two_1"), result({"n": 2}, "call_two_0")]
    row["messages"].append({"role": "assistant", "content": "Both are there."})
    return row


@damages("C11")
def result_of_another_name(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results:
        return None
    draw.choice(results)["name"] = "some_other_tool"
    return row


@damages("C12")
def odd_id(row: Row, draw: Random) -> Any:
    found = calls(row)
    if not found:
        return None
    old = found[0][2]["id"]
    new = draw.choice(["call 1", "", "id/with/slash?", "x" * 80])
    for turn in row["messages"]:
        for call in turn.get("tool_calls", []):
            call["id"] = new if call["id"] == old else call["id"]
        if turn.get("tool_call_id") == old:
            turn["tool_call_id"] = new
    return of_row(row)


@damages("C13")
def parallel_forbidden(row: Row, draw: Random) -> Any:
    _two_calls(row, {"name": "Anna Berg"}, {"name": "the rest"})
    row["messages"] += [result({"n": 1}, "call_two_0"), result({"n": 2}, "call_two_1")]
    row["messages"].append({"role": "assistant", "content": "Both are there."})
    return {**row, "parallel_tool_calls": False}


@damages("C14")
def call_that_needs_the_other(row: Row, draw: Random) -> Any:
    code = f"H-{draw.randrange(1000, 9999)}"
    _two_calls(row, {"name": "Anna Berg"}, {"name": code})
    row["messages"] += [result({"code": code}, "call_two_0"), result({"n": 2}, "call_two_1")]
    row["messages"].append({"role": "assistant", "content": "Both are there."})
    return row


@damages("C15")
def call_twice_in_a_turn(row: Row, draw: Random) -> Any:
    _two_calls(row, {"name": "Anna Berg"}, {"name": "Anna Berg"})
    row["messages"] += [result({"n": 1}, "call_two_0"), result({"n": 1}, "call_two_1")]
    row["messages"].append({"role": "assistant", "content": "She is there."})
    return row


@damages("C16")
def result_against_its_schema(row: Row, draw: Random) -> Any:
    results, found = turns(row, "tool"), calls(row)
    if not results or not found:
        return None
    schema = json.dumps({"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total"]})
    results[0]["content"] = draw.choice(['{"total": "many"}', '{"sum": 3}', "[1, 2]"])
    names = {one["name"] for one in functions(row)}
    name = found[0][2]["function"]["name"]
    return of_row(row, known={name: {"result_schema": schema}}) if name in names else None


@damages("C18")
def result_with_a_slip(row: Row, draw: Random) -> Any:
    results = [one for one in turns(row, "tool") if str(one["content"])[:2] == '{"' and len(one["content"]) < 1000]
    if not results:
        return None
    one = draw.choice(results)
    whole = one["content"].rstrip()
    one["content"] = draw.choice(["{}" + whole, whole[:-1] + ",}", whole[:-1], whole + "}", f"{whole} {whole}"])
    return row


@damages("C17")
def empty_or_endless_result(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results:
        return None
    draw.choice(results)["content"] = draw.choice(["", "word " * 20_000])
    return row


@damages("C17")
def page_of_html(row: Row, draw: Random) -> Any:
    results = turns(row, "tool")
    if not results:
        return None
    results[-1]["content"] = "<p>More and more.</p>" * 5_000
    return row
