"""Damaged twins of real rows are found, and undamaged rows are left alone."""

from __future__ import annotations

import pytest

from curation.model.finding import Severity
from tests.defects.corpus import rules_in_order, twins_of
from tests.defects.damage import DAMAGE
from tests.defects.measuring import GROUNDING, describe, find_false_alarms, measure_recall, share_found
from tests.defects.rows import real_rows

FEW = 3
MANY = 40
WARNINGS_FOUND = 0.97
FALSE_WARNINGS_MOST = 0.02


def test_every_rule_has_its_damage() -> None:
    assert {rule.code for rule in rules_in_order()} == set(DAMAGE)


def test_ten_twins_can_be_made_for_every_rule() -> None:
    assert [rule.code for rule in rules_in_order() if len(list(twins_of(rule.code, 10))) < 10] == []


def test_twins_are_the_same_in_every_run() -> None:
    assert list(twins_of("A03", 5)) == list(twins_of("A03", 5))


def _hold_recall(n: int) -> None:
    recalls = measure_recall(n)
    print(describe(recalls))
    errors = [one for one in recalls if one.is_error]
    others = [one for one in recalls if not one.is_error]
    print(f"errors found {share_found(errors):.1%}, warnings {share_found(others):.1%}, {n} twins a rule")
    assert [one for one in errors if one.missed] == []
    assert share_found(others) >= WARNINGS_FOUND, [one for one in others if one.missed]


def test_rules_find_a_few_twins() -> None:
    _hold_recall(FEW)


@pytest.mark.long
def test_rules_find_many_twins() -> None:
    _hold_recall(MANY)


def test_undamaged_rows_are_left_alone() -> None:
    alarms = [one for one in find_false_alarms() if one.code[0] != GROUNDING]
    assert [one for one in alarms if one.severity is Severity.ERROR] == []
    rows = {one.row for one in alarms}
    assert len(rows) <= FALSE_WARNINGS_MOST * len(real_rows()), alarms
