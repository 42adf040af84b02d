"""Pairs for a router: one request, two answers that are each one JSON object."""

from __future__ import annotations

import json

import msgspec

from curation.formats import router_pairs
from curation.formats.router import RouterCall, parse_answer
from curation.model.example import Example
from tests.shop_rows import make_example


def paired(rejected: list[dict[str, object]] | None = None) -> Example:
    """An order that is tracked, against the same order tracked under another number."""
    example = make_example("A-100")
    (at,) = [i for i, message in enumerate(example.messages) if message.calls][:1]
    answer = example.messages[at]
    assert answer.calls
    call = answer.calls[0]
    wrong = {
        "role": "assistant",
        "tool_calls": [
            {"id": "c9", "type": "function", "function": {"name": call.name, "arguments": '{"order_id": "A-999"}'}}
        ],
    }
    extra = {"non_preferred_output": json.dumps([wrong] if rejected is None else rejected)}
    return msgspec.structs.replace(example, messages=example.messages[: at + 1], extra=extra)


def test_both_answers_stand_behind_one_prompt():
    written = router_pairs.write(paired())
    assert written.refused is None
    (row,) = [json.loads(raw) for raw in written.rows]
    assert set(row) == {"prompt", "chosen", "rejected"}
    assert row["prompt"][0]["role"] == "system"
    answers = [parse_answer(row[key][0]["content"]) for key in ("chosen", "rejected")]
    assert all(isinstance(answer, RouterCall) for answer in answers)
    assert "A-100" in row["chosen"][0]["content"]
    assert "A-999" in row["rejected"][0]["content"]


def test_writing_is_pure():
    example = paired()
    assert router_pairs.write(example) == router_pairs.write(paired())
    assert example == paired()


def test_example_without_a_pair_says_so():
    refused = router_pairs.write(make_example("A-1")).refused
    assert refused == "It has no rejected answer and no recovery that corrects a call."


def test_answer_of_several_turns_is_no_router_answer():
    turns: list[dict[str, object]] = [{"role": "assistant", "content": "Let me see."}] * 2
    assert router_pairs.write(paired(turns)).refused == (
        "An answer of the pair has several turns; a router answers with one."
    )
