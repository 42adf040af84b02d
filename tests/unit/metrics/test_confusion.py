"""Which tool is taken for which."""

from __future__ import annotations

from curation.metrics.answers import Answer
from curation.metrics.confusion import (
    ANOTHER,
    NO_CALL,
    NOT_OFFERED,
    OTHERS,
    UNREADABLE,
    Confusion,
    cell_of,
    count_confusion,
    gather,
)
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


def test_a_table_of_many_tools_keeps_those_mistaken_most_and_loses_no_row() -> None:
    scored = score(
        *[(gold(TRACK), native(REFUND))] * 3,
        (gold(REFUND), native(REFUND)),
        (gold(PING), native(PING)),
        (gold(PING), native(TRACK)),
        (gold(content="Hello!"), native(PING)),
        (gold(TRACK), text("<tool_call>{")),
    ).scored
    whole = count_confusion(scored)
    table = gather(whole, 2)
    assert table.expected == ("track_order", "request_refund", OTHERS, NO_CALL)
    assert table.counts == {
        "track_order": {"request_refund": 3, UNREADABLE: 1},
        "request_refund": {"request_refund": 1},
        OTHERS: {OTHERS: 1, "track_order": 1},
        NO_CALL: {ANOTHER: 1},
    }
    for expected, instead in table.counts.items():
        for given, n in instead.items():
            assert sum((expected, given) in cell_of(row, table) for row in scored) == n
    assert gather(whole, 3) is whole
