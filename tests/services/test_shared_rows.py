"""Models that answered different rows: everything a look says is counted over those that all of them answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from curation.metrics.answers import Answer, Repair
from curation.metrics.report import digest
from curation.services.answer_costs import cost_of
from curation.services.evaluating import EvaluationView, Recorded, get_evaluation
from curation.services.look_shapes import shape_look
from db import evaluations
from tests.services.evaluating_desk import Desk

GONE = 4
"""Rows at the end that the second model was not asked; the first answers them wrong, and slowly."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("shared"))
    yield made
    made.ws.close()


@pytest.fixture(scope="module")
def view(desk: Desk) -> EvaluationView:
    right = desk.right_answers()
    mended = (Repair(right[-1].text or "", "It cannot be read.", tokens=5),)
    wrong = Answer(text="{", latency_ms=5000.0, tokens=90, cost=1.0, repairs=mended)
    first = [msgspec.structs.replace(one, cost=0.5) for one in right[:-GONE]] + [wrong] * GONE
    whole = desk.record(Recorded(desk.base, first, repairs=1), Recorded(desk.tuned, right))
    with desk.ws.unit() as unit:
        second = whole.models[1].evaluation_id
        kept = evaluations.list_answers(unit.connection, second)[:-GONE]
        evaluations.replace_answers(unit.connection, second, kept)
        # As when the model ended: a look is worked out anew when one of its models comes further.
        unit.connection.exec_driver_sql("UPDATE evaluation SET finished_at = '2030' WHERE id = ?", (second,))
        unit.commit()
    return get_evaluation(desk.ws, whole.id)


def test_machines_get_the_rates_of_the_table(view: EvaluationView) -> None:
    n = len(view.rows)
    for shape, one in zip(shape_look(view), view.models, strict=True):
        assert one.report is not None
        shown: dict[str, Any] = one.report.to_json()
        assert {name: shape[name] for name in shown} == shown
        assert shape["digest"] == digest(one.report)
        assert shape["n"]["rows"] == n
        assert shape["vacuous"] == one.report.overall.vacuous
        assert sum(sum(row.values()) for row in shape["confusion"]["counts"].values()) == n


def test_costs_are_those_of_the_same_rows(view: EvaluationView) -> None:
    first, n = view.models[0], len(view.rows)
    cost = cost_of(view, first)
    assert cost is not None
    assert (cost.n, cost.tokens, cost.per_thousand) == (n, 7, 500)
    assert cost.p99 is not None
    assert cost.p99 < 5000
    assert first.summary["cost"] == pytest.approx(0.5 * n)


def test_what_a_model_answered_beside_them_keeps_a_name_of_its_own(view: EvaluationView) -> None:
    first = view.models[0]
    stored = first.summary["all_answers"]
    assert stored["n"]["rows"] == len(view.rows) + GONE
    assert stored["failures"]["unparseable"] == GONE
    assert first.report is not None
    assert "unparseable" not in {name for name, n in first.report.overall.failures.items() if n}
    assert first.repairs is None or first.repairs.rows == 0, "nothing of the rows that are shown was said back"


def test_look_whose_models_answered_the_same_says_it_once(desk: Desk) -> None:
    whole = desk.record(Recorded(desk.base, desk.right_answers()), nonce="whole")
    (one,) = whole.models
    assert "all_answers" not in one.summary
    assert one.report is not None
    assert one.summary["metrics"] == one.report.to_json()["metrics"]
