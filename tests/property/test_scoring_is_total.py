"""Whatever a model answers, scoring puts it into one class and counts it; nothing raises."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curation.errors import UnreadableError
from curation.metrics.answers import Answer, read_answer_line
from curation.metrics.comparators import COMPARATORS, Comparator, read_comparator
from curation.metrics.equality import same_json, same_meaning
from curation.metrics.given import Verdict
from curation.metrics.score import METRICS
from tests.unit.metric_rows import gold, router_gold, score

CALL = {"tool": "request_refund", "arguments": {"order_id": "A1001", "amount": 5.0, "tags": ["x"]}}
ROWS = (
    gold(("request_refund", CALL["arguments"]), ("ping", {})),
    gold(content="Hello!"),
    router_gold(CALL),
    router_gold({"tool": "no_tool", "reason": "refuse", "message": "No."}),
)
WORDS = st.sampled_from(
    ["tool", "name", "arguments", "no_tool", "reason", "message", "ping", "request_refund", "order_id", "<tool_call>"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | WORDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=8
)
PIECES = st.lists(
    WORDS | st.sampled_from(list('{}[]":,\\ ')) | st.sampled_from(["</tool_call>", "```", "NaN", '"name":', "\ud83d"]),
    max_size=12,
).map("".join)

FUNCTIONS = st.fixed_dictionaries({"name": WORDS, "arguments": VALUES | PIECES})


def check(answer: Answer) -> None:
    report = score(*[(row, answer) for row in ROWS])
    assert all(one.verdict in Verdict for one in report.scored)
    assert set(report.overall.metrics) == {metric.name for metric in METRICS}
    json.dumps(report.to_json(), allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(PIECES | VALUES.map(json.dumps))
@example("\ud83d")
@example('{"tool": "ping", "arguments": {}}' + " " * 50)
@example("[" * 100_000)
@example('{"tool": "request_refund", "arguments": {"order_id": "\\ud83d"}}')
@example('{"tool": "request_refund", "arguments": {"order_id": "A1001", "amount": 1e999}}')
@example('{"tool": "request_refund", "arguments": {"order_id": "A1001", "amount": ' + "9" * 5_000 + "}}")
def test_any_text_is_scored(text: str) -> None:
    check(Answer(text=text))


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {"content": VALUES},
        optional={
            "tool_calls": st.lists(
                VALUES
                | st.fixed_dictionaries(
                    {"function": st.fixed_dictionaries({"name": WORDS, "arguments": VALUES | PIECES})}
                ),
                max_size=3,
            )
            | VALUES,
            "function_call": VALUES,
        },
    )
)
def test_any_message_is_scored_or_named_unreadable(message: dict[str, object]) -> None:
    try:
        answer = read_answer_line(json.dumps({"message": message}).encode("utf-8", "replace"))
    except UnreadableError:
        return
    check(answer)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(COMPARATORS)), VALUES, VALUES, VALUES)
def test_comparators_take_any_value_and_agree_with_themselves(
    kind: str, one: object, other: object, setting: object
) -> None:
    assert read_comparator(setting).matches(one, other, "note") in (True, False)
    given_settings = {"tolerance": setting, "pattern": setting, "values": setting, "text": setting}
    assert Comparator(kind, given_settings).matches(one, other, "note") in (True, False)
    if kind not in ("regex", "contains"):
        assert Comparator(kind).matches(one, one, "note")


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_equality_is_symmetric_and_meaning_never_stricter(one: object, other: object) -> None:
    assert same_json(one, other) == same_json(other, one)
    assert same_json(one, one)
    if same_json(one, other):
        assert same_meaning(one, other)


@pytest.mark.long
def test_many_texts_are_scored() -> None:
    settings(max_examples=5_000, deadline=None)(given(PIECES)(lambda text: check(Answer(text=text))))()
