"""What each rate counts, over which rows, and how sure it is."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from curation.errors import UnreadableError
from curation.metrics.contract import rate_of
from curation.metrics.intervals import Difference, number_groups, paired_by_group, sum_groups, wilson
from curation.metrics.score import METRICS, compare_with_first, digest, score_answers
from tests.unit.metric_rows import gold, message, native, router_gold, score, text, value

RIGHT = ("track_order", {"order_id": "A1001"})
CALL, SILENT = gold(RIGHT), gold(content="Hello!")
PERFECT = [(CALL, native(RIGHT))] * 8 + [(SILENT, native(content="Hi"))] * 2


def test_perfect_model_scores_full_argument_match_beside_no_tool_rows() -> None:
    report = score(*PERFECT)
    assert value(report, "argument_match") == 1
    assert report.overall.metrics["argument_match"].n == 8
    assert value(report, "lesson_argument_match") == 0.8


def test_false_calls_are_counted_over_no_tool_rows_whether_valid_or_not() -> None:
    report = score((CALL, native(RIGHT)), (SILENT, native(RIGHT)), (SILENT, native(("fly", {}))), (SILENT, native()))
    assert value(report, "false_call_rate") == pytest.approx(2 / 3)
    assert report.overall.metrics["false_call_rate"].n == 3
    assert value(report, "lesson_false_call_rate") == 0.5


def test_rates_without_rows_are_null_and_never_zero() -> None:
    report = score((CALL, native(RIGHT)))
    for name in ("false_call_rate", "invalid_on_no_tool", "reason_accuracy", "recovery_rate", "functional_match"):
        rate = report.overall.metrics[name]
        assert (rate.value, rate.n, rate.low, rate.high) == (None, 0, None, None)


def test_missed_calls_are_abstentions_on_call_rows() -> None:
    report = score((CALL, native(content="Hi")), (CALL, native(content="<tool_call>")), (CALL, native(RIGHT)))
    assert value(report, "missed_call_rate") == pytest.approx(1 / 3)


def test_silent_wrong_counts_valid_calls_that_are_wrong() -> None:
    other = native(("ping", {}))
    wrong = native(("track_order", {"order_id": "B2"}))
    report = score((CALL, other), (CALL, wrong), (SILENT, native(RIGHT)), (CALL, native(("fly", {}))), (CALL, native()))
    assert value(report, "silent_wrong_rate") == 0.6
    assert report.overall.failures == {
        "unparseable": 0,
        "unknown_tool": 1,
        "schema_invalid": 0,
        "wrong_tool": 1,
        "wrong_arguments": 1,
        "needless_call": 1,
        "missed_call": 1,
    }


def test_tool_names_are_a_multiset() -> None:
    row = gold(("ping", {}), ("ping", {}), RIGHT)
    report = score((row, native(RIGHT, ("ping", {}), ("ping", {}))), (row, native(RIGHT, RIGHT, ("ping", {}))))
    assert value(report, "tool_name_accuracy") == 0.5


def test_argument_match_given_tool_leaves_out_wrong_tools() -> None:
    report = score((CALL, native(RIGHT)), (CALL, native(("ping", {}))))
    assert (value(report, "argument_match"), value(report, "argument_match_given_tool")) == (0.5, 1)


def test_right_tool_with_broken_arguments_still_has_the_right_name() -> None:
    report = score((CALL, native(("track_order", {}))))
    assert (value(report, "tool_name_accuracy"), value(report, "valid_call_rate")) == (1, 0)


def test_reasons_count_where_both_sides_give_one() -> None:
    row = router_gold({"tool": "no_tool", "reason": "small_talk", "message": "Hi"})
    answers = [{"tool": "no_tool", "reason": reason, "message": ""} for reason in ("small_talk", "refuse")]
    report = score(*[(row, text(answer)) for answer in answers], (row, text("Hi")), router=True)
    assert (value(report, "reason_accuracy"), report.overall.metrics["reason_accuracy"].n) == (0.5, 2)


def failed(kind: str, *calls: tuple[str, object], content: str | None = None, reason: str | None = None) -> object:
    first = message(("track_order", {"order_id": "A1"}))
    before = [first, {"role": "tool", "tool_call_id": "call_0", "content": '{"error": "no such order"}'}]
    label = {"recovery": kind} | ({"reason": reason} if reason else {})
    return gold(*calls, content=content, before=before, label=label)


def test_recovery_is_answering_a_failure_as_labelled() -> None:
    corrected = failed("corrected_argument", ("track_order", {"order_id": "A2"}))
    report = score(
        (corrected, native(("track_order", {"order_id": "A2"}))),
        (corrected, native(("track_order", {"order_id": "A1"}))),
        (corrected, native(content="Sorry.")),
        (failed("give_up", content="Sorry."), native(content="It cannot be done.")),
    )
    assert report.overall.n.recovery == 4
    assert value(report, "recovery_rate") == 0.5
    assert value(report, "unsafe_retry_rate") == 0.25


def test_a_retry_the_label_asks_for_is_not_unsafe() -> None:
    again = failed("retry_after_wait", ("track_order", {"order_id": "A1"}))
    assert value(score((again, native(("track_order", {"order_id": "A1"})))), "unsafe_retry_rate") == 0


def test_report_has_exactly_the_machine_shape() -> None:
    shape = score(*PERFECT).to_json()
    assert list(shape) == ["n", "metrics", "failures", "slices"]
    assert shape["n"] == {"rows": 10, "call": 8, "no_tool": 2, "recovery": 0}
    assert shape["metrics"]["argument_match"] == {"value": 1.0, "n": 8, "low": pytest.approx(0.675592), "high": 1.0}
    assert set(shape["metrics"]) == {metric.name for metric in METRICS}
    assert set(shape["slices"]) == {
        "category:no_call",
        "category:single",
        "language:English",
        "length:short",
        "tool:track_order",
    }
    assert all(list(part) == ["n", "metrics", "failures"] for part in shape["slices"].values())
    json.dumps(shape, allow_nan=False)


def test_slices_count_their_own_rows() -> None:
    report = score(*PERFECT, (gold(("ping", {})), native(content="Hi")))
    assert report.slices["tool:ping"].metrics["missed_call_rate"].value == 1
    assert report.slices["tool:track_order"].n.rows == 8


def test_equal_figures_have_equal_digests() -> None:
    assert digest(score(*PERFECT)) == digest(score(*PERFECT))
    assert digest(score(*PERFECT)) != digest(score(*PERFECT[:-1]))


def test_wilson_interval_of_known_cases() -> None:
    assert wilson(0, 7) == pytest.approx((0.0, 0.35433), abs=1e-6)
    assert wilson(55, 60) == pytest.approx((0.819311, 0.96388), abs=1e-6)
    assert wilson(10, 10) == pytest.approx((0.722467, 1.0), abs=1e-6)


def test_rate_of_nothing_is_null() -> None:
    assert rate_of([]).value is None


def differ(
    first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]], groups: Sequence[str]
) -> list[Difference]:
    """One rate of two models, row by row."""
    places = number_groups(groups)
    return paired_by_group(*(sum_groups(np.array(one).reshape(1, len(groups), 2), places) for one in (first, second)))


def test_paired_difference_draws_groups_and_repeats_itself() -> None:
    first = [(i % 2, 1) for i in range(40)]
    second = [(1, 1)] * 40
    (alone,) = differ(first, second, [str(i) for i in range(40)])
    (together,) = differ(first, second, [str(i // 20) for i in range(40)])
    assert [alone] == differ(first, second, [str(i) for i in range(40)])
    assert (alone.value, alone.n_groups, alone.is_clear) == (0.5, 40, True)
    assert alone.low is not None
    assert alone.high is not None
    assert alone.low < 0.5 < alone.high
    assert (together.n_groups, together.low, together.high) == (2, 0.5, 0.5)


def test_nothing_differs_where_nobody_was_asked() -> None:
    assert [one.value for one in differ([], [], [])] == [None]


def test_equal_models_do_not_differ() -> None:
    differences = compare_with_first(score(*PERFECT), [score(*PERFECT)])[0]
    assert differences["argument_match"].value == 0
    assert not differences["argument_match"].is_clear
    assert differences["recovery_rate"].value is None


def test_few_no_tool_rows_and_few_wordings_are_pointed_out() -> None:
    alike = [(gold(RIGHT, group="one"), native(RIGHT))] * 30
    warnings = score(*alike, (SILENT, native())).warnings
    assert any("1 row expects no call" in warning for warning in warnings)
    assert any("31 rows come from only 2 groups" in warning for warning in warnings)


def test_rows_whose_expectations_cannot_count_are_pointed_out() -> None:
    odd = gold(RIGHT, label={"comparators": {"track_order.order_id": "sett"}})
    warnings = score((odd, native(RIGHT)), (gold(RIGHT), native(RIGHT)), (odd, native(RIGHT))).warnings
    (said,) = [one for one in warnings if "cannot be read in 2 rows, first" in one]
    assert "`track_order.order_id` is of the unknown kind `sett`" in said
    assert not any("cannot be read" in one for one in score(*PERFECT).warnings)


def test_what_no_row_asks_for_is_called_not_measured() -> None:
    assert "No row expects no call: the false-call rate is not measured." in score(*PERFECT[:3]).warnings
    assert any("No row expects a call" in warning for warning in score((SILENT, native())).warnings)


def test_numbers_of_rows_and_answers_must_agree() -> None:
    with pytest.raises(UnreadableError, match="2 gold rows but 1 answers"):
        score_answers([CALL, CALL], [native(RIGHT)])
