"""Which tool is taken for which."""

from __future__ import annotations

from curation.metrics.answers import Answer
from curation.metrics.confusion import NO_CALL, NOT_OFFERED, UNREADABLE, Confusion, count_confusion
from curation.model.example import Example
from tests.unit.metric_rows import gold, native, score, text

TRACK, REFUND, PING = ("track_order", {"order_id": "A1"}), ("request_refund", {"order_id": "A1"}), ("ping", {})


def confuse(*pairs: tuple[Example, Answer]) -> Confusion:
    return count_confusion(score(*pairs).scored)


def test_every_expected_call_stands_for_what_was_called_instead() -> None:
    table = confuse(
        (gold(TRACK), native(TRACK)),
        (gold(TRACK), native(TRACK)),
        (gold(TRACK), native(REFUND)),
        (gold(REFUND), native(content="Sorry?")),
        (gold(content="Hello!"), native(PING)),
        (gold(content="Hello!"), native(content="Hi")),
    )
    assert table.expected == ("track_order", "request_refund", NO_CALL)
    assert table.given == ("track_order", "request_refund", NO_CALL, "ping")
    assert (table.count("track_order", "track_order"), table.count("track_order", "request_refund")) == (2, 1)
    assert (table.count("request_refund", NO_CALL), table.count(NO_CALL, "ping"), table.count(NO_CALL, NO_CALL)) == (
        1,
        1,
        1,
    )


def test_what_cannot_be_read_is_no_abstention_and_what_is_not_offered_is_one_column() -> None:
    table = confuse(
        (gold(TRACK), text("<tool_call>{")),
        (gold(content="Hello!"), text("<tool_call>{")),
        (gold(TRACK), native(("fly", {}))),
        (gold(TRACK), native(("swim", {}))),
    )
    assert table.counts == {"track_order": {UNREADABLE: 1, NOT_OFFERED: 2}, NO_CALL: {UNREADABLE: 1}}
    assert table.given[-2:] == (NOT_OFFERED, UNREADABLE)


def test_several_calls_are_a_multiset_in_any_order() -> None:
    table = confuse((gold(TRACK, REFUND, PING), native(PING, PING, TRACK)))
    assert table.counts == {"ping": {"ping": 1}, "request_refund": {"ping": 1}, "track_order": {"track_order": 1}}
