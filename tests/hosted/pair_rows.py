"""Examples that hold a pair of a preferred and a rejected answer: stated, or made of a recovery."""

from __future__ import annotations

import json

import msgspec

from curation.model.example import Arguments, Call, Example, Label, Message
from tests.shop_rows import make_example

N_PAIRS = 36
"""So many that more than ten of them train, whatever the draw of the splits."""


def state_pair(order: str, rejected: str = '[{"role":"assistant","content":"No idea."}]') -> Example:
    """A conversation whose last answer is preferred to another one."""
    example = make_example(order, group=f"stated {order}")
    return msgspec.structs.replace(example, extra={"non_preferred_output": rejected})


def correct_call(order: str) -> Example:
    """A recovery: the first call had the wrong number, the second one is right."""

    def call(n: int, value: str) -> Call:
        return Call("track_order", Arguments(json.dumps({"order_id": value})), id=f"call_{n}", type="function")

    first = Message("assistant", calls=(call(1, f"{order}-X"),), weight=0)
    again = Message("assistant", calls=(call(2, order),), label=Label(recovery="corrected_argument"))
    example = make_example(order, group=f"corrected {order}")
    user, _, _, answer = example.messages
    messages = (
        user,
        first,
        Message("tool", '{"error":"There is no such order."}', tool_call_id="call_1"),
        again,
        Message("tool", '{"status":"sent"}', tool_call_id="call_2"),
        answer,
    )
    return msgspec.structs.replace(example, messages=messages)
