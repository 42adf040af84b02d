"""How arguments are compared: comparators, acceptable values, defaults, several calls."""

import pytest

from curation.metrics.annotations import find_annotation_fault
from curation.metrics.comparators import read_comparator
from curation.metrics.equality import same_json, same_meaning
from curation.metrics.expected import expect
from curation.metrics.fields import Outcome
from curation.rules.opaque import is_opaque
from tests.unit.metric_rows import gold, message, native, score, value

SAME = [
    ("Paris ", " paris"),
    ("ｆｕｌｌ", "full"),
    ("Straße", "STRASSE"),
    (5, 5.0),
    ({"a": 1, "b": "X"}, {"b": "x", "a": 1.0}),
    ("2026-01-02T10:00:00Z", "2026-01-02T12:00:00+02:00"),
    ("2026-01-02T10:00:00Z", "2026-01-02 10:00:00.000+00:00"),
    (["a", "B"], ["A", "b"]),
    (None, None),
]
DIFFERENT = [
    ("5", 5),
    (True, 1),
    (0, False),
    (["a", "b"], ["b", "a"]),
    ("2026-01-02T10:00:00Z", "2026-01-02T10:00:00+01:00"),
    ({"a": 1}, {"a": 1, "b": None}),
    ("a b", "a  b"),
    ("ORD-20391", "ord-20391"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_normalised_forgives_the_way_it_is_written(one: object, other: object) -> None:
    assert same_meaning(one, other, "city")


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_normalised_does_not_forgive_another_value(one: object, other: object) -> None:
    assert not same_meaning(one, other, "city")


def test_ids_are_compared_letter_by_letter_by_name_and_by_look() -> None:
    assert not same_meaning("abc", "ABC", "customer_id")
    assert not same_meaning(["abc"], ["ABC"], "orderIds")
    assert not same_meaning({"id": "x"}, {"id": "X"}, "order")
    assert all(
        is_opaque("x", it) for it in ("A1001", "#W2378156", "cus_9f8aKq22", "123e4567-e89b-12d3-a456-426614174000")
    )
    assert not any(is_opaque("city", it) for it in ("Paris", "2026-01-02", "10 km", "celsius", "2026-01-02T10:00:00Z"))


@pytest.mark.parametrize(
    ("comparator", "wanted", "given", "matches"),
    [
        ("exact", "Paris", "paris", False),
        ("exact", 5, 5.0, True),
        ("normalised", "Paris", "paris", True),
        ("case_fold", "Paris", "PARIS", True),
        ("case_fold", ["Paris", {"a": "B"}], ["paris", {"a": "b"}], True),
        ("case_fold", "Paris", " Paris", False),
        ("case_fold", 5, "5", False),
        ({"kind": "regex", "pattern": "a)|(b"}, "a", "bb", False),
        ("unheard-of", "Paris", "paris", True),
        ({"kind": "number", "tolerance": 0.5}, 10, 10.4, True),
        ({"kind": "number", "tolerance": 0.5}, 10, 10.6, False),
        ({"kind": "number", "tolerance": 1}, 10, True, False),
        ({"kind": "number", "tolerance": 1}, 1e308, 10**400, False),
        ({"number": 2}, 10, 12, True),
        ("date", "2026-03-05", "March 5, 2026", True),
        ("date", "2026-03-05", "2026-03-05T23:00:00Z", True),
        ("date", "2026-03-05", "2026-03-06", False),
        ("set", ["a", "b"], ["B", "a", "a"], True),
        ("set", ["a", "b"], ["a"], False),
        ({"kind": "regex", "pattern": "order [0-9]{4}"}, "order 1234", "order 9999", True),
        ({"kind": "regex", "pattern": "order [0-9]{4}"}, "order 1234", "my order 9999", False),
        ({"kind": "regex", "pattern": "(a+)+b"}, "ab", "a" * 5_000, False),
        ({"kind": "regex", "pattern": "(["}, "ab", "ab", False),
        ("contains", "broken", "It arrived BROKEN.", True),
        ({"kind": "contains", "values": ["late", "cold"]}, "x", "late and cold", True),
        ({"kind": "contains", "text": "late"}, "x", "early", False),
        ({"any_of": ["NYC", "New York"]}, "New York City", "nyc", True),
        ({"any_of": ["NYC"]}, "New York City", "Boston", False),
        ("ignore", "anything", 42, True),
    ],
)
def test_comparator(comparator: object, wanted: object, given: object, matches: bool) -> None:
    assert read_comparator(comparator).matches(wanted, given, "note") is matches


def test_opaque_ids_are_exact_whatever_the_comparator() -> None:
    assert not read_comparator("case_fold").matches("A1001", "a1001", "order_id")
    assert not read_comparator({"any_of": ["A1002"]}).matches("A1001", "a1001", "order_id")
    assert read_comparator("ignore").matches("A1001", "zzz", "order_id")


@pytest.mark.parametrize(("given", "matches"), [("A1001", True), ("A1002", True), ("a1002", False), ("A1003", False)])
def test_other_ids_are_as_good_where_any_of_names_them_letter_by_letter(given: str, matches: bool) -> None:
    assert read_comparator({"any_of": ["A1002"]}).matches("A1001", given, "order_id") is matches


@pytest.mark.parametrize(
    ("wanted", "given", "matches"),
    [
        (["abX"], ["ABX"], False),
        (["abX"], ["abX"], True),
        (["abX"], ["abX", "abX"], False),
        ({"customer_id": "abX", "note": "Late"}, {"customer_id": "ABX", "note": "late"}, False),
        ({"customer_id": "abX", "note": "Late"}, {"customer_id": "abX", "note": "late"}, True),
    ],
)
def test_case_fold_leaves_ids_as_they_are_wherever_they_stand(wanted: object, given: object, matches: bool) -> None:
    assert read_comparator("case_fold").matches(wanted, given, "order_ids") is matches


def test_a_list_of_ids_may_come_in_any_order_where_it_is_a_set() -> None:
    assert read_comparator("set").matches(["abX", "cdY"], ["cdY", "abX"], "order_ids")
    assert not read_comparator("set").matches(["abX", "cdY"], ["cdY", "ABX"], "order_ids")


@pytest.mark.parametrize(
    ("comparator", "is_named"),
    [
        ({"regex": "A[0-9]+"}, True),
        ("case_fold", True),
        ({"any_of": ["A2"]}, False),
        ("ignore", False),
        ("exact", False),
    ],
)
def test_a_comparator_that_does_nothing_for_an_id_is_named(comparator: object, is_named: bool) -> None:
    row = gold(("track_order", {"order_id": "A1001"}), label={"comparators": {"track_order.order_id": comparator}})
    expected = expect(row, is_router=False)
    assert expected is not None
    assert ("changes nothing" in (find_annotation_fault(row, expected) or "")) is is_named


def test_json_equality_is_strict_about_texts_and_types() -> None:
    assert same_json({"a": [1, {"b": None}]}, {"a": [1.0, {"b": None}]})
    assert not same_json("a", "A")
    assert not same_json([True], [1])


def match(call: dict[str, object], answer: dict[str, object], **row: object) -> bool:
    pair = gold(("request_refund", call), **row), native(("request_refund", answer))
    return value(score(pair), "argument_match") == 1


def test_label_names_a_comparator_per_argument() -> None:
    call, answer = {"order_id": "A1001", "tags": ["x", "y"]}, {"order_id": "A1001", "tags": ["y", "x"]}
    assert not match(call, answer)
    assert match(call, answer, label={"comparators": {"request_refund.tags": "set"}})
    assert not match(call, answer, label={"comparators": {"track_order.tags": "set"}})


def test_ignored_argument_may_be_anything_missing_or_extra() -> None:
    ignored = {"comparators": {"request_refund.at": "ignore"}}
    assert match({"order_id": "A1", "at": "now"}, {"order_id": "A1"}, label=ignored)
    assert match({"order_id": "A1"}, {"order_id": "A1", "at": "now"}, label=ignored)


def test_declared_defaults_are_filled_on_both_sides() -> None:
    def same(call: dict[str, object], answer: dict[str, object]) -> bool:
        return value(score((gold(("track_order", call)), native(("track_order", answer)))), "argument_match") == 1

    assert same({"order_id": "A1"}, {"order_id": "A1", "verbose": False})
    assert same({"order_id": "A1", "verbose": False}, {"order_id": "A1"})
    assert same({"order_id": "A1", "filter": {}}, {"order_id": "A1", "filter": {"limit": 10}})
    assert not same({"order_id": "A1"}, {"order_id": "A1", "verbose": True})
    assert not same({"order_id": "A1", "verbose": True}, {"order_id": "A1"})


ACCEPTABLE = [{"request_refund": {"order_id": ["A1001"], "reason": ["", "damaged"], "at": ["today", "now"]}}]


@pytest.mark.parametrize(
    ("answer", "matches"),
    [
        ({"order_id": "A1001", "at": "NOW"}, True),
        ({"order_id": "A1001", "at": "today", "reason": "damaged"}, True),
        ({"order_id": "A1001", "at": "today", "reason": "late"}, False),
        ({"order_id": "A1001"}, False),
        ({"order_id": "A1001", "at": "tomorrow"}, False),
        ({"order_id": "A1001", "at": "now", "amount": 5}, False),
    ],
)
def test_acceptable_values_widen_what_is_right(answer: dict[str, object], matches: bool) -> None:
    call = {"order_id": "A1001", "at": "today"}
    assert match(call, answer, acceptable=ACCEPTABLE) is matches


def test_an_empty_list_of_acceptable_values_says_nothing() -> None:
    listed = [{"request_refund": {"order_id": [], "reason": []}}]
    assert match({"order_id": "A1001"}, {"order_id": "A1001"}, acceptable=listed)
    assert not match({"order_id": "A1001"}, {"order_id": "A1001", "reason": "late"}, acceptable=listed)


def test_each_call_takes_its_own_acceptable_values() -> None:
    row = gold(
        ("track_order", {"order_id": "A1"}),
        ("track_order", {"order_id": "B2"}),
        acceptable=[{"track_order": {"order_id": ["A1", "A1-x"]}}, {"track_order": {"order_id": ["B2", "B2-x"]}}],
    )
    crossed = native(("track_order", {"order_id": "B2-x"}), ("track_order", {"order_id": "A1-x"}))
    doubled = native(("track_order", {"order_id": "A1"}), ("track_order", {"order_id": "A1-x"}))
    assert value(score((row, crossed)), "argument_match") == 1
    assert value(score((row, doubled)), "argument_match") == 0


def test_call_without_acceptable_values_takes_none_from_the_next() -> None:
    row = gold(
        ("track_order", {"order_id": "A1"}),
        ("track_order", {"order_id": "B2"}),
        acceptable=[{}, {"track_order": {"order_id": ["B2", "B2-x"]}}],
    )
    right = native(("track_order", {"order_id": "A1"}), ("track_order", {"order_id": "B2-x"}))
    wrong = native(("track_order", {"order_id": "B2-x"}), ("track_order", {"order_id": "B2"}))
    assert value(score((row, right)), "argument_match") == 1
    assert value(score((row, wrong)), "argument_match") == 0


def test_free_order_finds_the_pairing_a_greedy_search_misses() -> None:
    row = gold(
        ("track_order", {"order_id": "A"}),
        ("track_order", {"order_id": "B"}),
        acceptable=[{"track_order": {"order_id": ["A", "B"]}}, {"track_order": {"order_id": ["A", "A"]}}],
    )
    answer = native(("track_order", {"order_id": "A"}), ("track_order", {"order_id": "B"}))
    assert value(score((row, answer)), "argument_match") == 1


def test_order_counts_in_a_sequence_only() -> None:
    calls = [("track_order", {"order_id": "A1"}), ("request_refund", {"order_id": "A1"})]
    swapped = native(*reversed(calls))
    assert value(score((gold(*calls), swapped)), "argument_match") == 1
    assert value(score((gold(*calls), swapped)), "exact_match") == 1
    sequence = score((gold(*calls, label={"order": "sequence"}), swapped))
    assert (value(sequence, "argument_match"), value(sequence, "exact_match")) == (0, 0)
    assert value(sequence, "tool_name_accuracy") == 1


def outcomes(call: dict[str, object], answer: dict[str, object]) -> list[str]:
    scored = score((gold(("request_refund", call)), native(("request_refund", answer)))).scored[0]
    return sorted(field.outcome.value for field in scored.fields if field.outcome is not Outcome.MATCHING)


def test_wrong_arguments_are_told_apart() -> None:
    whole = {"order_id": "A1", "amount": 5, "at": "5 km"}
    assert outcomes(whole, {"order_id": "A1", "at": "5 km"}) == ["missing"]
    assert outcomes(whole, whole | {"reason": "late"}) == ["extra"]
    assert outcomes(whole, whole | {"amount": "5"}) == ["wrong_type"]
    assert outcomes(whole, whole | {"amount": 500}) == ["wrong_unit"]
    assert outcomes(whole, whole | {"at": "5 miles"}) == ["wrong_unit"]
    assert outcomes(whole, whole | {"amount": 7}) == ["wrong_value"]


def test_field_accuracy_counts_gold_arguments() -> None:
    row = gold(("request_refund", {"order_id": "A1", "amount": 5, "reason": "late", "at": "now"}))
    report = score((row, native(("request_refund", {"order_id": "A1", "amount": 6, "reason": "late", "tags": []}))))
    rates = report.overall.metrics
    assert (rates["field_accuracy"].value, rates["field_accuracy"].n) == (0.5, 4)
    assert rates["field_missing"].value == rates["field_wrong_value"].value == 0.25
    assert (rates["field_extra"].value, rates["field_extra"].n) == (0.25, 4)
    assert {rates[name].n for name in rates if name.startswith("field_")} == {4}


def test_more_extra_than_gold_arguments_have_a_rate_above_one_and_no_interval() -> None:
    extra = {"order_id": "A1", "carrier": "x", "verbose": True}
    rate = score((gold(("track_order", {"order_id": "A1"})), native(("track_order", extra)))).overall.metrics[
        "field_extra"
    ]
    assert (rate.value, rate.n, rate.low, rate.high) == (2.0, 1, None, None)


def test_an_unreadable_answer_misses_every_argument() -> None:
    report = score((gold(("track_order", {"order_id": "A1", "carrier": "x"})), native(content="<tool_call>")))
    assert report.overall.metrics["field_missing"].value == 1


def test_fuzzy_match_forgives_little_differences_in_any_order() -> None:
    note = "The parcel never arrived at the door and the carrier does not answer"
    row = gold(("track_order", {"order_id": "A1", "carrier": note}), ("ping", {}))
    report = score((row, native(("ping", {}), ("track_order", {"order_id": "A1", "carrier": note + "s"}))))
    assert (value(report, "fuzzy_match"), value(report, "exact_match")) == (1, 0)
    far = score((row, native(("ping", {}), ("track_order", {"order_id": "Z9"}))))
    assert value(far, "fuzzy_match") == 0


def test_many_calls_are_paired_in_time() -> None:
    calls = [("track_order", {"order_id": f"A{i}"}) for i in range(500)]
    report = score((gold(*calls), native(*calls)), (gold(*calls[:2]), native(*calls)))
    assert value(report, "argument_match") == 0.5


def test_a_row_may_list_the_acceptable_values_of_all_its_calls() -> None:
    earlier = message(("track_order", {"order_id": "A1"}))
    result = {"role": "tool", "tool_call_id": "call_0", "content": "{}"}
    listed = [{"track_order": {"order_id": ["A9"]}}, {"track_order": {"order_id": ["A3"]}}]
    row = gold(("track_order", {"order_id": "A2"}), before=(earlier, result), acceptable=listed)
    answers = [native(("track_order", {"order_id": value})) for value in ("A2", "A3", "A9")]
    matched = [score((row, answer)).scored[0].has_right_arguments for answer in answers]
    assert matched == [True, True, False]
