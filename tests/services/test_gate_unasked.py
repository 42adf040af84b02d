"""What a model was not asked proves nothing: the gate says how many rows a chat template keeps out of a look."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from curation.metrics.gate import State
from curation.model.states import Shifted
from curation.services.evaluating import EvaluationView, Recorded
from curation.services.freezing import freeze
from curation.services.gate_words import LEARNT, OTHERS_UNASKED, PRODUCTION_UNASKED, UNASKED, say_check, tell_not_proven
from curation.services.models_in_use import AliasView
from curation.services.release_gate import SHIFTED_ROWS, judge_model, read_rules
from curation.services.split_moving import move_group
from curation.services.unasked import Unasked
from db import examples, models
from tests.services.evaluating_desk import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("unasked"))
    yield made
    made.ws.close()


@pytest.fixture(scope="module")
def view(desk: Desk) -> EvaluationView:
    return desk.record(Recorded(desk.base, desk.right_answers()), Recorded(desk.tuned, desk.right_answers()))


@pytest.mark.parametrize(
    ("refused", "check", "words"),
    [
        ({"tuned": 5}, UNASKED, "not asked of this model"),
        ({"tiny": 5}, PRODUCTION_UNASKED, "not asked of tiny, the model in production"),
        ({"a third one": 5, "a fourth one": 3}, OTHERS_UNASKED, "not asked of another model"),
    ],
)
def test_rows_that_a_template_refuses_leave_the_gate_open(
    desk: Desk, view: EvaluationView, refused: dict[str, int], check: str, words: str
) -> None:
    look = msgspec.structs.replace(view, unasked=Unasked(n_rows=40, refused=refused))
    used = AliasView("production", view.models[0].model, "", "", "", None, None, 1)
    rules = read_rules(desk.ws, desk.project_id)
    gate = judge_model(look, "tuned", rules, used)
    (found,) = [one for one in gate.not_proven if one.check.metric == check]
    assert (found.figure, found.is_about_rows) == ("5 of 40 rows", False)
    assert words in found.sentence
    assert found.remedy
    assert found.sentence in tell_not_proven(gate.not_proven)
    before = {one.check.metric for one in judge_model(view, "tuned", rules, used).checks}
    assert before.isdisjoint({UNASKED, PRODUCTION_UNASKED, OTHERS_UNASKED})
    assert say_check(found.check).state is State.NOT_PROVEN


def test_shifted_rows_that_a_template_refuses_leave_the_gate_open_too(desk: Desk, view: EvaluationView) -> None:
    beside = msgspec.structs.replace(view, split=Shifted.TEST, unasked=Unasked(n_rows=40, refused={"tuned": 1}))
    gate = judge_model(view, "tuned", read_rules(desk.ws, desk.project_id), None, beside)
    (found,) = [one for one in gate.not_proven if one.check.metric == UNASKED]
    assert found.check.slice == SHIFTED_ROWS
    assert found.sentence.startswith("1 of 40 rows in ")


def test_rows_that_a_model_was_trained_on_are_told_and_leave_the_gate_open(tmp_path_factory: pytest.TempPathFactory):
    made = Desk(tmp_path_factory.mktemp("learnt"))
    ws, questions = made.ws, made.questions()
    with ws.reading() as connection:
        head = examples.find_examples(connection, [questions[0].example_id])[questions[0].example_id]
    n = sum(one.example_id == head.id for one in questions)
    move_group(
        ws, made.actor, made.project_id, head.group_key, "train", "one source", despite_frozen=True, nonce="move"
    )
    later = freeze(ws, made.actor, made.project_id, include_unreviewed=True, nonce="later")
    with ws.unit() as unit:
        tuned = models.find_model(unit.connection, made.tuned)
        assert tuned is not None
        models.save_model(unit.connection, msgspec.structs.replace(tuned, dataset_id=later.id))
        unit.commit()
    look = made.record(Recorded(made.base, made.right_answers()), Recorded(made.tuned, made.right_answers()))
    assert [one.n_learnt > 0 for one in look.models] == [False, True]
    assert look.models[1].n_learnt >= n
    (told,) = [labels for note, labels in look.warnings.items() if "were trained on" in note]
    assert told == ("tuned",)
    gate = judge_model(look, "tuned", read_rules(ws, made.project_id), None)
    (found,) = [one for one in gate.not_proven if one.check.metric == LEARNT]
    assert "in what this model was trained on" in found.sentence
    assert gate.state is not State.PASSED
    ws.close()
