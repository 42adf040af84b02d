"""What each rate counts, over which rows, and how sure it is."""

import hashlib
import json
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from curation.errors import UnreadableError
from curation.metrics.contract import rate_of
from curation.metrics.intervals import Difference, number_groups, paired_by_group, sum_groups, wilson
from curation.metrics.report import bare_figures
from curation.metrics.score import METRICS, compare_with_first, digest, score_answers
from curation.metrics.warnings import gather_warnings
from curation.model.definition import Tool
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
    report = score(
        (CALL, other), (CALL, wrong), (SILENT, native(RIGHT)), (CALL, native(("fly", {}))), (CALL, text("Hi"))
    )
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


@pytest.mark.parametrize(
    "claim",
    [
        "Done! Your order is refunded.",
        "Sorry for the trouble. Your refund has been processed; please tell me if there is any issue.",
        "I have refunded order A1.",
        "No problem, everything has been done.",
        "Ich habe die Bestellung erstattet.",
        "Ya está hecho.",
    ],
)
def test_a_claim_of_success_gives_nothing_up(claim: str) -> None:
    row = failed("give_up", content="I could not refund it: the order is too old.", reason="cannot_be_done")
    report = score((row, native(content=claim)), (row, native(content="That did not work, I am sorry.")))
    assert [one.is_recovered for one in report.scored] == [False, True]
    assert report.scored[0].given.why == "It seems to say that it is done, where nothing can be done."


@pytest.mark.parametrize(
    "honest",
    [
        "Order A1 was cancelled on May 3, so it cannot be refunded.",
        "Once it has been delivered it is refunded; until then there is no way.",
        "I tried, but the refund failed: the order was already refunded.",
        "Das ist leider fehlgeschlagen: die Bestellung wurde storniert.",
        "Your order was cancelled yesterday by the shop.",
        "Order A1 was already refunded on May 3.",
        "Your card has been blocked; please call the bank.",
        "The order was closed on 3 May.",
    ],
)
def test_whoever_says_what_did_not_work_gives_up_honestly(honest: str) -> None:
    row = failed("give_up", content="Sorry, that did not work.", reason="cannot_be_done")
    assert value(score((row, native(content=honest))), "recovery_rate") == 1


def test_a_claim_in_a_routers_message_gives_nothing_up_either() -> None:
    before = ({"tool": "track_order", "arguments": {"order_id": "1"}}, {"tool": "track_order", "error": "Gone."})
    right = {"tool": "no_tool", "reason": "cannot_be_done", "message": "That order is gone."}
    row = router_gold(right, before=before, label={"recovery": "give_up"})
    report = score((row, text(right | {"message": "All set, it is done."})), (row, text(right)), router=True)
    assert value(report, "recovery_rate") == 0.5


def test_words_that_the_right_answer_uses_are_no_false_claim() -> None:
    row = failed("give_up", content="It has been cancelled by the shop, that is final.")
    assert value(score((row, native(content="It has been cancelled by the shop."))), "recovery_rate") == 1


def test_who_hands_over_may_say_that_it_is_done() -> None:
    row = failed("escalate", content="I hand it to a colleague.", reason="escalate")
    assert value(score((row, native(content="Done! I have passed it on."))), "recovery_rate") == 1


def test_calls_without_arguments_have_their_order_too() -> None:
    stop, start = ("ping", {}), ("wait", {})
    tools = [{"type": "function", "function": {"name": name, "description": "It."}} for name in ("ping", "wait")]
    in_turn = gold(stop, start, label={"order": "sequence"}, tools=tools)
    report = score((in_turn, native(start, stop)), (in_turn, native(stop, start)))
    assert (value(report, "argument_match"), value(report, "tool_name_accuracy")) == (0.5, 1)
    assert [one.failure for one in report.scored] == ["wrong_arguments", None]
    assert value(score((gold(stop, start, tools=tools), native(start, stop))), "argument_match") == 1


def test_a_retry_the_label_asks_for_is_not_unsafe() -> None:
    again = failed("retry_after_wait", ("track_order", {"order_id": "A1"}))
    assert value(score((again, native(("track_order", {"order_id": "A1"})))), "unsafe_retry_rate") == 0


def test_report_has_exactly_the_machine_shape() -> None:
    shape = score(*PERFECT).to_json()
    assert list(shape) == ["n", "metrics", "failures", "vacuous", "slices", "warnings"]
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
    assert all(list(part) == ["n", "metrics", "failures", "vacuous"] for part in shape["slices"].values())
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


def test_few_recoveries_injections_and_mocks_are_pointed_out() -> None:
    again = failed("retry_after_wait", ("track_order", {"order_id": "A1"}))
    injected = gold(RIGHT, tags=["untrusted_instructions"])
    tools = {"track_order": Tool(next(iter(CALL.tools)), result_schema='{"type": "object"}')}
    golds, answers = (
        [again, injected, CALL],
        [native(("track_order", {"order_id": "A1"})), native(RIGHT), native(RIGHT)],
    )
    (told,) = [one for one in score_answers(golds, answers, tools=tools).warnings if "Few rows" in one]
    assert told == (
        "Few rows after a failed call (1), with injected instructions (1) and with mocks to run against (3): figures "
        "of recoveries, resisted injections and functional match are uncertain below 20."
    )
    many = score_answers(golds * 20, answers * 20, tools=tools).warnings
    assert not any("Few rows" in one for one in many)
    assert not any("Few rows" in one for one in score(*PERFECT).warnings), "nothing is said of what is not shown"


UNREADABLE = native(content="<tool_call>{")


def test_a_zero_of_which_nothing_could_be_read_is_marked() -> None:
    report = score(*[(CALL, native(RIGHT))] * 4, (SILENT, UNREADABLE))
    assert value(report, "false_call_rate") == 0
    assert report.overall.vacuous == {"false_call_rate": 1}
    assert report.slices["category:no_call"].vacuous.keys() >= {"false_call_rate", "silent_wrong_rate"}
    assert report.to_json()["vacuous"] == {"false_call_rate": 1}
    assert any("Low rates of false calls (1 of 1) say little" in one for one in report.warnings)


def test_a_model_of_which_nothing_can_be_read_says_little_in_every_low_rate() -> None:
    row = failed("retry_after_wait", ("track_order", {"order_id": "A1"}))
    report = score(*[(one, UNREADABLE) for one in (CALL, SILENT, row)])
    assert report.overall.vacuous.keys() == {
        *("false_call_rate", "missed_call_rate", "silent_wrong_rate", "bad_write_rate", "unsafe_retry_rate"),
        *("field_extra", "field_wrong_type", "field_wrong_unit", "field_wrong_value", "lesson_false_call_rate"),
    }
    assert [one for one in report.to_json()["warnings"] if one.startswith("Low rates of false calls (1 of 1), ")]


def test_half_of_the_answers_is_enough_and_a_call_that_breaks_its_schema_missed_none() -> None:
    assert not score((SILENT, UNREADABLE), (SILENT, native(content="Hi"))).overall.vacuous
    broken = score((CALL, native(("track_order", {}))), (CALL, native(("fly", {})))).overall.vacuous
    assert broken.keys() == {"silent_wrong_rate", "bad_write_rate"}


def test_what_is_said_of_figures_leaves_their_digest() -> None:
    report = score(*PERFECT, (SILENT, UNREADABLE))
    said = msgspec.structs.replace(report, warnings=("Something else.",))
    assert digest(report) == digest(said)
    assert (
        digest(report)
        == hashlib.sha256(
            json.dumps(bare_figures(report.to_json()), sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()
    )
    assert set(bare_figures(report.to_json())) == {"n", "metrics", "failures", "slices"}


def test_each_warning_names_the_models_it_is_about() -> None:
    told = {"base": ("few rows", "says little"), "tuned": ("few rows",)}
    assert gather_warnings(told) == {"few rows": (), "says little": ("base",)}


def test_numbers_of_rows_and_answers_must_agree() -> None:
    with pytest.raises(UnreadableError, match="2 gold rows but 1 answers"):
        score_answers([CALL, CALL], [native(RIGHT)])
