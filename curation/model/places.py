"""Pointers in words: `/messages/2/tool_calls/0/function/arguments/amount` is "turn 3 · call 1 · amount"."""

from __future__ import annotations

_PARTS = {"content": "text", "label": "label", "weight": "weight", "role": "role", "tool_call_id": "call id"}


def place_words(at: str) -> str:
    """Where a finding stands, as a person reads the page; raw pointer steps only where there is no better word."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in at.split("/")[1:]]
    match steps:
        case []:
            return "whole row"
        case ["messages"]:
            return "conversation"
        case ["messages", turn, *rest] if turn.isdigit():
            return " · ".join([f"turn {int(turn) + 1}", *_inside_turn(rest)])
        case ["tools", tool, *rest] if tool.isdigit():
            return " · ".join([f"tool {int(tool) + 1}", *rest[-2:]])
        case ["acceptable", place, _, argument, *_] if place.isdigit():
            return " · ".join([f"acceptable values {int(place) + 1}", argument])
    return " · ".join(steps)


def _inside_turn(steps: list[str]) -> list[str]:
    match steps:
        case ["tool_calls", call, "function", "arguments", *keys] if call.isdigit():
            return [f"call {int(call) + 1}", *([".".join(keys)] if keys else ["arguments"])]
        case ["tool_calls", call, "expected", argument, part] if call.isdigit():
            return [f"call {int(call) + 1}", argument, "other values" if part == "others" else "comparison"]
        case ["label", "comparators", key]:
            return ["comparison", key]
        case ["tool_calls", call, *rest] if call.isdigit():
            return [f"call {int(call) + 1}", *rest[-1:]]
        case ["tool_calls"]:
            return ["calls"]
        case [part]:
            return [_PARTS.get(part, part)]
    return list(steps)


def turn_of(at: str) -> int | None:
    """The turn a pointer leads into."""
    steps = at.split("/")
    return int(steps[2]) if len(steps) > 2 and steps[1] == "messages" and steps[2].isdigit() else None


def call_of(at: str) -> int | None:
    """The call of the turn a pointer leads into."""
    steps = at.split("/")
    return int(steps[4]) if len(steps) > 4 and steps[3] == "tool_calls" and steps[4].isdigit() else None


def belongs_to(at: str, field: str) -> bool:
    """Whether a finding is about a text field: it stands in it, or on the whole turn whose text the field is."""
    return (
        at == field
        or at.startswith(field + "/")
        or (field.endswith("/content") and at == field.removesuffix("/content"))
    )
