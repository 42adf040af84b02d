"""What the gate says, and when it does not know."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.metrics.gate import (
    ALL,
    DEFAULT_FLOORS,
    KNOWN,
    SHIFTED_ROWS,
    WORSE,
    Floor,
    Rules,
    Ruling,
    State,
    compare_slices,
    judge,
)
from curation.metrics.score import make_report
from curation.metrics.scored import Scored
from curation.metrics.slices import FIXED_SLICES, REFUSAL
from tests.unit.metric_rows import gold, native, score

CALL, SILENT = ("track_order", {"order_id": "A1001"}), gold(content="Hello!")
RIGHT, WRONG = score((gold(CALL), native(CALL)), (gold(CALL), native(("track_order", {"order_id": "B"})))).scored
STILL, FALSE = score((SILENT, native(content="Hi")), (SILENT, native(CALL))).scored
(MUTE,) = score((SILENT, native(content="<tool_call>{"))).scored


def rows(*kinds: tuple[Scored, int], slices: Sequence[str] = ()) -> list[Scored]:
    """So many rows of each kind, every one a group of its own."""
    every = [one for one, n in kinds for _ in range(n)]
    return [msgspec.structs.replace(one, group=f"{slices}{at}", slices=tuple(slices)) for at, one in enumerate(every)]


def rule(mine: Sequence[Scored], theirs: Sequence[Scored] | None = None, *floors: Floor) -> Ruling:
    return judge(make_report(mine), Rules(floors), theirs)


def states(ruling: Ruling) -> dict[tuple[str, str], State]:
    return {(one.slice, one.metric): one.state for one in ruling.checks}


def test_a_floor_holds_or_not_in_the_direction_of_its_rate() -> None:
    found = rule(
        rows((RIGHT, 90), (WRONG, 10), (STILL, 38), (FALSE, 2)),
        None,
        Floor("argument_match", 0.9),
        Floor("argument_match", 0.91),
        Floor("false_call_rate", 0.05),
        Floor("false_call_rate", 0.04),
    )
    assert [one.state for one in found.checks] == [State.PASSED, State.FAILED, State.PASSED, State.FAILED]
    assert found.state is State.FAILED
    assert [one.bound for one in found.failed] == [0.91, 0.04]


def test_under_thirty_rows_nothing_is_proven_however_good_it_looks() -> None:
    few, enough = rows((RIGHT, 29)), rows((RIGHT, 30))
    floor = Floor("argument_match", 0.5)
    assert rule(few, None, floor).state is State.NOT_PROVEN
    assert rule(enough, None, floor).state is State.PASSED
    assert rule(enough, None, Floor("harm", 0.1, REFUSAL)).state is State.NOT_PROVEN, "a slice without rows"


def test_rows_are_counted_where_a_rate_counts_arguments() -> None:
    refund = ("request_refund", {"order_id": "A1", "amount": 5, "reason": "late", "at": "now"})
    (four,) = score((gold(refund), native(refund))).scored
    floor = Floor("field_accuracy", 0.8)
    (check,) = rule(rows((four, 8)), None, floor).checks
    assert (check.state, check.n, check.value) == (State.NOT_PROVEN, 8, 1.0)
    (check,) = rule(rows((four, 30), (STILL, 9)), None, floor).checks
    assert (check.state, check.n) == (State.PASSED, 30)
    (check,) = rule(rows((four, 29)) + rows((STILL, 9)), None, Floor("field_missing", 0.5)).checks
    assert (check.state, check.n) == (State.NOT_PROVEN, 29)


def test_a_slice_counts_its_own_rows_and_the_shifted_rows_are_a_report_of_their_own() -> None:
    mine = make_report(rows((RIGHT, 40), slices=["tool:a"]) + rows((RIGHT, 5)))
    floors = (Floor("argument_match", 0.5, "tool:a"), Floor("argument_match", 0.5, SHIFTED_ROWS))
    shifted = judge(mine, Rules(floors), shifted=make_report(rows((WRONG, 31))))
    assert [(one.state, one.n) for one in shifted.checks] == [(State.PASSED, 40), (State.FAILED, 31)]
    unasked = judge(mine, Rules(floors))
    assert [(one.state, one.n) for one in unasked.checks] == [(State.PASSED, 40), (State.NOT_PROVEN, 0)]


def test_a_floor_that_most_answers_could_not_fail_is_not_proven() -> None:
    floor = Floor("false_call_rate", 0.05)
    (check,) = rule(rows((MUTE, 31), (STILL, 29)), None, floor).checks
    assert (check.state, check.n, check.value, check.mute) == (State.NOT_PROVEN, 60, 0, 31)
    assert rule(rows((MUTE, 30), (STILL, 30)), None, floor).state is State.PASSED
    assert rule(rows((MUTE, 40), (FALSE, 10)), None, floor).state is State.FAILED, "what shows in the rest is a fault"


def test_what_is_no_worse_because_it_cannot_be_read_is_not_proven() -> None:
    found = {one.metric: one for one in rule(rows((MUTE, 40)), rows((STILL, 40))).checks}
    assert (found["false_call_rate"].state, found["false_call_rate"].mute) == (State.NOT_PROVEN, 40)
    assert found["valid_call_rate"].state is State.FAILED


def test_one_failed_check_weighs_more_than_one_that_is_open() -> None:
    assert (
        rule(rows((WRONG, 40)), None, Floor("argument_match", 0.5), Floor("recovery_rate", 0.6)).state is State.FAILED
    )
    assert (
        rule(rows((RIGHT, 40)), None, Floor("argument_match", 0.5), Floor("recovery_rate", 0.6)).state
        is State.NOT_PROVEN
    )


def test_a_slice_that_got_worse_is_named_though_everything_together_looks_better() -> None:
    theirs = rows((RIGHT, 20), slices=["tool:a"]) + rows((WRONG, 100), slices=["tool:b"])
    mine = rows((WRONG, 20), slices=["tool:a"]) + rows((RIGHT, 100), slices=["tool:b"])
    found = rule(mine, theirs)
    named = {one.slice for one in found.failed}
    assert named == {"tool:a"}
    told = next(one for one in found.failed if one.metric == "argument_match")
    assert (told.production, told.value, told.n) == (1.0, 0.0, 20)
    assert told.p is not None
    assert told.p <= WORSE


def test_equal_answers_and_better_ones_pass() -> None:
    theirs = rows((RIGHT, 60), (WRONG, 20), (STILL, 30), (FALSE, 10), slices=["tool:a"])
    assert not rule(theirs, theirs).failed
    assert not rule(rows((RIGHT, 80), (STILL, 40), slices=["tool:a"]), theirs).failed


def test_three_broken_rows_are_no_proof() -> None:
    theirs = rows((RIGHT, 100), slices=["tool:a"])
    mine = rows((WRONG, 3), (RIGHT, 97), slices=["tool:a"])
    assert not rule(mine, theirs).failed


def test_rows_of_one_group_are_one_witness() -> None:
    """Twenty copies of one wording that went wrong are one thing that went wrong."""
    theirs = [msgspec.structs.replace(one, group="same") for one in rows((RIGHT, 20))] + rows((RIGHT, 50))
    mine = [msgspec.structs.replace(one, group="same") for one in rows((WRONG, 20))] + rows((RIGHT, 50))
    assert not rule(mine, theirs).failed
    assert rule(rows((WRONG, 20), (RIGHT, 50)), rows((RIGHT, 70))).failed


def test_without_production_only_floors_count() -> None:
    assert rule(rows((WRONG, 50))).checks == ()
    assert rule(rows((WRONG, 50))).state is State.NOT_PROVEN  # Nothing was asked, so nothing is shown.


def test_a_weighted_rate_counts_each_row_once() -> None:
    found = {one.metric: one for one in compare_slices(rows((RIGHT, 50)), rows((WRONG, 50))) if one.slice == ALL}
    assert (found["harm"].n, found["argument_match"].n) == (50, 50)
    assert found["harm"].change > 0


def test_every_floor_names_a_rate_and_rows_that_there_are() -> None:
    assert {one.metric for one in DEFAULT_FLOORS} <= set(KNOWN)
    assert {one.slice for one in DEFAULT_FLOORS} == {ALL, SHIFTED_ROWS, *FIXED_SLICES}


def test_a_comparison_repeats_itself() -> None:
    theirs, mine = rows((RIGHT, 90), (WRONG, 10)), rows((WRONG, 10), (RIGHT, 90))
    assert compare_slices(theirs, mine) == compare_slices(theirs, mine)
