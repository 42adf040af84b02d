"""What a host finds wrong with the rows of a file while it checks them, for each way to train."""

from __future__ import annotations

from typing import Any


def judge_conversation(row: dict[str, Any]) -> str:
    """What is wrong with a row for supervised training."""
    if not isinstance(row.get("messages"), list):
        return "it has no messages."
    if not any(one.get("role") == "assistant" for one in row["messages"]):
        return "no message is the assistant's."
    return ""


def judge_pair(row: dict[str, Any]) -> str:
    """What is wrong with a row for DPO, by the guide's description of it: two answers of one turn each, in text."""
    if not isinstance(row.get("input"), dict) or not row["input"].get("messages"):
        return "it has no input."
    for name in ("preferred_output", "non_preferred_output"):
        answer = row.get(name)
        if not isinstance(answer, list) or len(answer) != 1 or answer[0].get("role") != "assistant":
            return f"{name} is not one assistant message."
        for call in answer[0].get("tool_calls") or []:
            if not isinstance(call["function"]["arguments"], str):
                return f"{name} has arguments that are no string."
    return ""
