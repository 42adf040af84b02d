"""Rows looked at through templates that lose something, and exports that do."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.defects.damage import damages, of_row, of_rows
from tests.defects.rows import Row, answered, arguments, calls, copied, turns

_TOOLS = "{% if tools %}{% for t in tools %}<tool>{{ t | tojson }}</tool>\n{% endfor %}{% endif %}"
_TEXT = "{{ m.content or '' }}"
_CALL = "<call>{{ c.function.name }} {{ c.function.arguments | tojson }}</call>"
_CALLS = "{% for c in m.tool_calls or [] %}" + _CALL + "{% endfor %}"
_BASE = (
    _TOOLS + "{% for m in messages %}<|turn|>{{ m.role }}\n" + _TEXT + _CALLS + "<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>assistant\n{% endif %}"
)


def _of_objects(row: Row) -> Row | None:
    """The row with arguments as objects, when it is one that shows everything."""
    if not answered(row) or not row.get("tools"):
        return None
    for _, _, call in calls(row):
        call["function"]["arguments"] = arguments(call)
    for turn in row["messages"]:
        turn.setdefault("content", "")
    return row


def _through(row: Row, old: str, new: str, **more: Any) -> Any:
    whole = _of_objects(row)
    return of_row(whole, template=_BASE.replace(old, new), **more) if whole is not None else None


@damages("X01")
def template_without_results(row: Row, draw: Random) -> Any:
    return _through(row, _TEXT, "{% if m.role == 'tool' %}{{ raise_exception('No tools') }}{% endif %}" + _TEXT)


@damages("X02")
def template_that_drops(row: Row, draw: Random) -> Any:
    role = draw.choice(["tool", "user"])
    return _through(row, _TEXT, "{% if m.role != '" + role + "' %}" + _TEXT + "{% endif %}")


@damages("X03")
def template_that_quotes_twice(row: Row, draw: Random) -> Any:
    if not all(arguments(call) for _, _, call in calls(row)):
        return None
    return _through(row, "arguments | tojson", "arguments | tojson | tojson")


@damages("X04")
def template_that_prints_none(row: Row, draw: Random) -> Any:
    whole = _of_objects(row)
    if whole is None:
        return None
    for turn in whole["messages"]:
        turn["content"] = None if turn.get("tool_calls") else turn["content"]
    return of_row(whole, template=_BASE.replace(_TEXT, "{{ m.content }}"))


@damages("X05")
def control_token(row: Row, draw: Random) -> Any:
    token = draw.choice(["<|im_end|>", "<|im_start|>", "[INST]", "<|eot_id|>", "</s>"])
    draw.choice(turns(row, "user"))["content"] += " " + token
    return row


@damages("X06")
def call_in_the_text(row: Row, draw: Random) -> Any:
    texts = [turn for turn in turns(row, "assistant") if turn.get("content")]
    if not texts:
        return None
    draw.choice(texts)["content"] += ' <tool_call>{"name": "find"}</tool_call>'
    return row


@damages("X07")
def too_long(row: Row, draw: Random) -> Any:
    whole = _of_objects(row)
    if whole is None:
        return None
    draw.choice(turns(whole, "tool"))["content"] += " room" * 2_000
    return of_row(whole, template=_BASE, max_length=512)


@damages("X08")
def call_outside_the_marks(row: Row, draw: Random) -> Any:
    marked = "{% if m.role == 'assistant' %}{% generation %}" + _TEXT + "{% endgeneration %}{% else %}" + _TEXT
    return _through(row, _TEXT, marked + "{% endif %}")


@damages("X09")
def beginning_that_changes(row: Row, draw: Random) -> Any:
    return _through(row, _TEXT, "{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}" + _TEXT)


@damages("X10")
def written_with_less(row: Row, draw: Random) -> Any:
    whole = _of_objects(row)
    if whole is None:
        return None
    less = copied(whole)
    if draw.random() < 0.5:
        less["messages"].pop()
    else:
        call = calls(less)[0][2]
        call["function"]["arguments"] = {"something": "else"}
    return of_row(whole, export="openai", written=[less])


@damages("X11")
def columns_clash(row: Row, draw: Random) -> Any:
    if not answered(row) or not calls(row):
        return None
    one, two = copied(row), copied(row)
    for other, value in ((one, {"when": "18:00"}), (two, {"when": 18})):
        for _, _, call in calls(other):
            call["function"]["arguments"] = value
    return of_rows([one, two])


@damages("X12")
def label_lost(row: Row, draw: Random) -> Any:
    turns(row, "assistant")[-1]["label"] = {"reason": "small_talk"}
    return of_row(row, export="openai")


@damages("X13")
def template_without_tools(row: Row, draw: Random) -> Any:
    return _through(row, _TOOLS, "")
