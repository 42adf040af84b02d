"""Models in use: through the gate, with a reason, once, and back again."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from curation.errors import BlockedError, NotAllowedError, NotFoundError, StaleRevisionError, StateError
from curation.metrics.answers import Answer
from curation.model.states import Shifted, Split
from curation.services import promoting
from curation.services.auditing import list_audit
from curation.services.evaluating import Recorded
from curation.services.evaluation_views import EvaluationView, get_evaluation, list_evaluations
from curation.services.gate_candidates import list_candidates
from curation.services.look_parts import take_part, weigh
from curation.services.models import find_model, get_model, list_models
from curation.services.projects import create_project
from curation.services.promoting import (
    DEFAULT_FLOORS,
    SHIFTED_ROWS,
    AliasView,
    Floor,
    GateView,
    State,
    alias_history,
    find_alias,
    find_label,
    find_look,
    find_obstacle,
    promote,
    read_gate,
    read_rules,
    roll_back,
    set_floors,
)
from curation.services.recorded_answers import AnswerFile, take_answers
from curation.services.shifting import make_shifted
from curation.services.workspace import open_workspace
from db.unit_of_work import UnitOfWork
from tests.services.evaluating_desk import Desk

SILENCE = '{"tool": "no_tool", "reason": "small_talk", "message": "Hello."}'
REACHED = (Floor("valid_call_rate", 0.98), Floor("tool_name_accuracy", 0.9))
OPEN = (*REACHED, Floor("harm", 0.1, "fixed:no such kind"))


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("ready"), count=280)
    assert len(made.questions()) >= 30, "below that nothing is proven"
    ask_for(made, *REACHED)
    made.ws.close()
    return made


@pytest.fixture
def desk(ready: Desk, tmp_path: Path) -> Iterator[Desk]:
    made = ready.copied_to(tmp_path / "home")
    yield made
    made.ws.close()


def ask_for(desk: Desk, *floors: Floor) -> None:
    set_floors(desk.ws, desk.actor, desk.project_id, floors, nonce=desk.ws.new_id())


def right(desk: Desk, model_id: str) -> Recorded:
    return Recorded(model_id, desk.right_answers())


def silent(desk: Desk, model_id: str) -> Recorded:
    """Readable always, and wrong wherever a call is wanted."""
    return Recorded(model_id, [Answer(text=SILENCE) for _ in desk.questions()])


def look(desk: Desk, *runs: Recorded) -> EvaluationView:
    return desk.record(*runs, nonce=desk.ws.new_id())


def use(desk: Desk, view: EvaluationView, model_id: str, *, nonce: str = "", despite: bool = True) -> AliasView:
    return promote(
        desk.ws,
        desk.actor,
        desk.project_id,
        view.id,
        model_id,
        reason="better on test",
        despite_not_proven=despite,
        nonce=nonce or desk.ws.new_id(),
    )


def call_alike(desk: Desk, view: EvaluationView) -> None:
    """As earlier versions stored a look at two models with one name."""
    with desk.ws.unit() as unit:
        for one in view.models:
            where = {"id": one.evaluation_id, "label": view.models[0].label}
            unit.connection.execute(
                text("UPDATE evaluation SET settings = json_set(settings, '$.label', :label) WHERE id = :id"), where
            )
        unit.commit()


def go_back(desk: Desk, *, nonce: str = "") -> AliasView:
    return roll_back(desk.ws, desk.actor, desk.project_id, reason="customers complain", nonce=nonce or desk.ws.new_id())


def in_use(desk: Desk) -> str | None:
    found = find_alias(desk.ws, desk.project_id)
    return found.model.id if found else None


def test_nothing_is_in_use_before_the_first_promotion(desk: Desk) -> None:
    assert find_alias(desk.ws, desk.project_id) is None
    assert alias_history(desk.ws, desk.project_id) == ()


def test_a_model_that_passes_is_in_use_with_what_it_rested_on(desk: Desk) -> None:
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    used = use(desk, view, desk.tuned, despite=False)
    assert (used.model.id, used.previous, used.reason) == (desk.tuned, None, "better on test")
    assert used.evaluation_id == view.models[1].evaluation_id
    (event,) = alias_history(desk.ws, desk.project_id)
    assert (event.from_name, event.to_name, event.state, event.look_no) == (None, "tuned", State.PASSED, view.look_no)
    assert [one.title for one in event.checks] == ["valid answers ≥ 98 %", "right tools ≥ 90 %"]
    (line,) = list_audit(desk.ws, f"alias {desk.project_id} production")
    assert (line.act, line.before) == ("promote model", None)
    assert "better on test" in (line.after or "")


def test_answers_that_somebody_brought_in_a_file_are_marked_and_never_pass(desk: Desk) -> None:
    lines = [json.dumps({"text": one.text}).encode() for one in desk.right_answers()]
    file = AnswerFile("tuned", b"\n".join(lines), "answers.jsonl", is_native=False)
    taken = take_answers(desk.ws, desk.actor, desk.project_id, desk.dataset.n, file, nonce="file")
    view = look(desk, taken)
    assert [one.label for one in view.models] == ["tuned, from a file"]
    gate = read_gate(desk.ws, desk.project_id, view, view.models[0].label)
    assert [one.title for one in gate.not_proven] == ["answers given here"]
    with pytest.raises(BlockedError, match="came in a file"):
        use(desk, view, desk.tuned, despite=False)
    use(desk, view, desk.tuned)
    (event,) = alias_history(desk.ws, desk.project_id)
    assert event.state is State.NOT_PROVEN
    beside = look(desk, taken, right(desk, desk.base))
    told = read_gate(desk.ws, desk.project_id, beside, "tiny").not_proven
    assert "answers given here by production" in [one.title for one in told]


def test_the_newcomer_is_judged_first_and_once_promoted_the_model_itself(desk: Desk) -> None:
    def first(view: EvaluationView) -> str:
        return list_candidates(view, find_alias(desk.ws, desk.project_id))[-1]

    view = look(desk, right(desk, desk.tuned), right(desk, desk.base))
    assert first(view) == "tiny"  # Nothing is in production: the last one, as always.
    use(desk, view, desk.tuned)
    assert first(view) == "tuned"
    newest = desk.add_model("newest", "adapter")
    view = look(desk, right(desk, newest), right(desk, desk.tuned), right(desk, desk.base))
    assert list_candidates(view, find_alias(desk.ws, desk.project_id)) == ("tuned", "tiny", "newest")
    use(desk, view, newest)
    assert list_candidates(view, find_alias(desk.ws, desk.project_id)) == ("tuned", "tiny", "newest")
    go_back(desk)
    assert first(view) == "newest"


def test_answers_that_a_model_gave_here_count_before_those_of_a_file(desk: Desk) -> None:
    brought = msgspec.structs.replace(silent(desk, desk.tuned), is_from_file=True)
    view = look(desk, brought, right(desk, desk.tuned))
    gate = read_gate(desk.ws, desk.project_id, view, view.models[0].label)
    assert (gate.label, gate.state) == ("tuned", State.PASSED)
    assert list_candidates(view, find_alias(desk.ws, desk.project_id)) == ("tuned",)


def test_a_failed_gate_says_every_check_that_failed_and_changes_nothing(desk: Desk) -> None:
    use(desk, look(desk, right(desk, desk.base)), desk.base)
    view = look(desk, right(desk, desk.base), silent(desk, desk.tuned))
    with pytest.raises(BlockedError) as refused:
        use(desk, view, desk.tuned)
    said = str(refused.value)
    assert "Right tools: " in said
    assert "the gate asks for at least 90 %" in said
    assert "Missed calls rose from 0 to 100 %; the gate allows no clear rise (p < 0.001)" in said
    assert not any(name in said for name in ("tool_name_accuracy", "missed_call_rate", "category:"))
    assert in_use(desk) == desk.base


def test_a_tool_that_is_no_longer_called_is_named_by_an_alarm(desk: Desk) -> None:
    use(desk, look(desk, right(desk, desk.base)), desk.base)
    wanted = [{call.name for call in question.gold.messages[-1].calls or ()} for question in desk.questions()]
    (tool, _), *_ = Counter(name for names in wanted for name in names).most_common()
    answers = zip(desk.right_answers(), wanted, strict=True)
    lazy = Recorded(desk.tuned, [Answer(text=SILENCE) if tool in names else answer for answer, names in answers])
    gate = read_gate(desk.ws, desk.project_id, look(desk, right(desk, desk.base), lazy), "tuned")
    alarm = next(one for one in gate.alarms if one.kind == "over_refusing")
    assert f"calls of {tool}" in alarm.slices
    assert "rose from 0 to 100 % (p " in alarm.sentence


def test_what_is_not_proven_needs_a_word_of_its_own(desk: Desk) -> None:
    ask_for(desk, *OPEN)
    view = look(desk, right(desk, desk.tuned))
    with pytest.raises(BlockedError, match=r"cannot tell .* Under 30 rows nothing is proven: harm ≤ 10 % in"):
        use(desk, view, desk.tuned, despite=False)
    assert in_use(desk) is None
    use(desk, view, desk.tuned)
    assert alias_history(desk.ws, desk.project_id)[0].state is State.NOT_PROVEN


@pytest.mark.parametrize("reason", ["", "  \n", "…!"])
def test_a_change_needs_a_reason_that_says_something(desk: Desk, reason: str) -> None:
    view = look(desk, right(desk, desk.tuned))
    with pytest.raises(StateError, match="reason"):
        promote(desk.ws, desk.actor, desk.project_id, view.id, desk.tuned, reason=reason, nonce="p")
    assert in_use(desk) is None


def test_only_a_lead_changes_what_is_in_use_and_what_is_asked_for(desk: Desk) -> None:
    view = look(desk, right(desk, desk.tuned))
    expert = msgspec.structs.replace(desk.actor, roles=frozenset({"annotator", "expert", "admin"}))
    acts = (
        lambda: promote(desk.ws, expert, desk.project_id, view.id, desk.tuned, reason="why", nonce="1"),
        lambda: roll_back(desk.ws, expert, desk.project_id, reason="why", nonce="2"),
        lambda: set_floors(desk.ws, expert, desk.project_id, REACHED, nonce="3"),
    )
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()
    assert in_use(desk) is None


def test_a_double_click_promotes_and_takes_back_once(desk: Desk) -> None:
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    use(desk, view, desk.base)
    assert use(desk, view, desk.tuned, nonce="once").seq == use(desk, view, desk.tuned, nonce="once").seq == 2
    assert go_back(desk, nonce="back").seq == go_back(desk, nonce="back").seq == 3
    assert in_use(desk) == desk.base


def test_a_second_click_at_the_same_moment_sees_what_the_first_did(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    view, unit = look(desk, right(desk, desk.tuned)), desk.ws.unit

    def after_the_first() -> AbstractContextManager[UnitOfWork]:
        monkeypatch.setattr(desk.ws, "unit", unit)
        use(desk, view, desk.tuned, nonce="once")
        return unit()

    monkeypatch.setattr(desk.ws, "unit", after_the_first)
    assert use(desk, view, desk.tuned, nonce="once").seq == 1
    assert len(alias_history(desk.ws, desk.project_id)) == 1


def test_the_newest_look_with_raw_answers_is_taken_unless_one_is_named(desk: Desk) -> None:
    first = look(desk, right(desk, desk.tuned))
    newer = look(desk, right(desk, desk.tuned), right(desk, desk.base))
    look(desk, Recorded(desk.tuned, desk.right_answers(), grammar=True))
    assert find_look(desk.ws, desk.project_id, desk.tuned).id == newer.id
    assert find_look(desk.ws, desk.project_id, desk.tuned, str(first.look_no)).id == first.id
    assert find_look(desk.ws, desk.project_id, desk.tuned, first.models[0].evaluation_id).id == first.id
    with pytest.raises(NotFoundError, match="has not answered"):
        find_look(desk.ws, desk.project_id, desk.add_model("other", "adapter"))
    other = create_project(desk.ws, desk.actor, "Other", nonce="other").id
    with pytest.raises(NotFoundError):
        find_look(desk.ws, other, desk.tuned, first.id)


def test_the_way_back_leads_past_what_was_taken_back(desk: Desk) -> None:
    other = desk.add_model("other", "adapter")
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned), right(desk, other))
    use(desk, view, desk.base)
    use(desk, view, desk.tuned)
    assert go_back(desk).previous is None, "nothing stood before the base"
    used = use(desk, view, other)
    assert used.previous is not None
    assert used.previous.id == desk.base, "what was taken back is not what to go back to"
    assert go_back(desk).model.id == desk.base
    assert [one.to_name for one in alias_history(desk.ws, desk.project_id)] == [
        "tiny",
        "other",
        "tiny",
        "tuned",
        "tiny",
    ]
    assert [one.is_rollback for one in alias_history(desk.ws, desk.project_id)] == [True, False, True, False, False]


def test_there_is_no_way_back_from_the_first_model_nor_from_nothing(desk: Desk) -> None:
    with pytest.raises(StateError, match="Nothing was in production, so there is no way back"):
        go_back(desk)
    use(desk, look(desk, right(desk, desk.base)), desk.base)
    with pytest.raises(StateError, match="Nothing was in production before `tiny`"):
        go_back(desk)
    assert in_use(desk) == desk.base


def test_a_model_that_is_gone_is_neither_promoted_nor_gone_back_to(desk: Desk) -> None:
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    use(desk, view, desk.base)
    use(desk, view, desk.tuned)
    shutil.rmtree(desk.ws.home / "models/tiny")
    with pytest.raises(StateError, match="`tiny` does not lie in"):
        go_back(desk)
    with pytest.raises(StateError, match="`tiny` does not lie in"):
        use(desk, view, desk.base)
    assert in_use(desk) == desk.tuned


def test_an_adapter_without_its_base_is_as_good_as_gone(desk: Desk) -> None:
    view = look(desk, right(desk, desk.tuned))
    shutil.rmtree(desk.ws.home / "models/tiny")
    with pytest.raises(StateError, match="needs its base"):
        use(desk, view, desk.tuned)


def test_raw_answers_decide_whatever_a_grammar_makes_of_them(desk: Desk) -> None:
    helped = Recorded(desk.tuned, desk.right_answers(), grammar=True)
    view = look(desk, silent(desk, desk.tuned), helped)
    for label in ("tuned", "tuned, grammar"):
        gate = read_gate(desk.ws, desk.project_id, view, label)
        assert (gate.label, gate.state) == ("tuned", State.FAILED)
    only = look(desk, helped, right(desk, desk.base))
    assert "raw answers decide" in find_obstacle(only, "tuned, grammar")
    with pytest.raises(StateError, match="raw answers decide"):
        use(desk, only, desk.tuned)


def test_only_answers_to_the_test_split_count(desk: Desk) -> None:
    answers = desk.right_answers(Split.VALIDATION)
    view = desk.record(Recorded(desk.base, answers), split=Split.VALIDATION, nonce="validation")
    with pytest.raises(StateError, match="looks at answers to the test split"):
        use(desk, view, desk.base)
    assert in_use(desk) is None


def test_a_look_that_is_not_over_proves_nothing(desk: Desk) -> None:
    job = desk.launch(desk.tuned)
    with pytest.raises(StateError, match="`tuned` has not answered"):
        promote(desk.ws, desk.actor, desk.project_id, job.id, desk.tuned, reason="why", nonce="p")


def test_a_look_of_another_project_is_not_here(desk: Desk) -> None:
    view = look(desk, right(desk, desk.tuned))
    other = create_project(desk.ws, desk.actor, "Other", nonce="other").id
    with pytest.raises(NotFoundError):
        promote(desk.ws, desk.actor, other, view.id, desk.tuned, reason="why", nonce="p")
    assert find_alias(desk.ws, other) is None


def test_of_two_models_with_one_name_the_one_that_was_asked_for_is_judged_and_promoted(desk: Desk) -> None:
    other = desk.add_model("tuned", "adapter")
    view = look(desk, right(desk, desk.tuned), silent(desk, other))
    assert find_label(view, get_model(desk.ws, other)) == "tuned (2)"
    assert [one.name for one in list_models(desk.ws, desk.project_id)] == ["tuned (2)", "tuned", "tiny"]
    assert find_model(desk.ws, desk.project_id, "tuned").id == desk.tuned
    with pytest.raises(BlockedError, match="does not let `tuned \\(2\\)` through"):
        use(desk, view, other)
    use(desk, look(desk, silent(desk, desk.tuned), right(desk, other)), other)
    assert in_use(desk) == other


def test_a_stored_look_with_one_label_twice_is_judged_by_the_model_asked_for(desk: Desk) -> None:
    other = desk.add_model("other", "adapter")
    stored = look(desk, right(desk, desk.tuned), silent(desk, other))
    call_alike(desk, stored)
    desk.ws.close()
    desk.ws = open_workspace(desk.ws.home)
    view = get_evaluation(desk.ws, stored.id)
    assert [one.label for one in view.models] == ["tuned", "tuned (2)"]
    assert [one.summary["model"] for one in view.models] == ["tuned", "tuned (2)"]
    assert list_evaluations(desk.ws, desk.project_id)[0].labels == ("tuned", "tuned (2)")
    standing = weigh(take_part(view, ["tuned", "tuned (2)"]), "tuned", "tuned (2)")
    assert standing.broken > 0
    with pytest.raises(BlockedError):
        use(desk, view, other)
    assert in_use(desk) is None


def test_a_ruling_on_another_model_promotes_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    monkeypatch.setattr(promoting, "find_label", lambda view, model: "tiny")
    with pytest.raises(StateError, match="another model called `tiny` than the `tuned`"):
        use(desk, view, desk.tuned)
    assert in_use(desk) is None


def test_who_did_not_meet_production_is_not_proven_no_worse(desk: Desk) -> None:
    use(desk, look(desk, right(desk, desk.base)), desk.base)
    alone = look(desk, right(desk, desk.tuned))
    gate = read_gate(desk.ws, desk.project_id, alone, "tuned")
    assert (gate.state, gate.production) == (State.NOT_PROVEN, "")
    (open_check,) = gate.not_proven
    assert open_check.sentence.startswith("The model in production, tiny, did not answer in this look")
    assert open_check.remedy == "Evaluate both together."
    together = read_gate(desk.ws, desk.project_id, look(desk, right(desk, desk.tuned), right(desk, desk.base)), "tuned")
    assert together.production == "tiny"
    assert not together.failed
    assert "production" not in {one.check.metric for one in together.checks}


def test_what_is_in_use_is_held_to_the_floors_alone_and_not_promoted_again(desk: Desk) -> None:
    view = look(desk, right(desk, desk.base))
    use(desk, view, desk.base)
    gate = read_gate(desk.ws, desk.project_id, view, "tiny")
    assert gate.is_production
    assert len(gate.checks) == len(REACHED)
    with pytest.raises(StateError, match="`tiny` is in production already"):
        use(desk, view, desk.base)


def test_floors_of_the_shifted_rows_are_read_from_the_look_at_them(desk: Desk) -> None:
    ask_for(desk, *REACHED, Floor("valid_call_rate", 0.9, SHIFTED_ROWS))
    view = look(desk, right(desk, desk.tuned))
    (unasked,) = read_gate(desk.ws, desk.project_id, view, "tuned").not_proven
    assert unasked.remedy == "Let it answer the shifted copy of the test split too."
    make_shifted(desk.ws, desk.actor, desk.dataset.id, seed=1, nonce="shift")
    answers = desk.right_answers(Shifted.TEST)
    desk.record(Recorded(desk.tuned, answers), split=Shifted.TEST, nonce="shifted")
    assert read_gate(desk.ws, desk.project_id, view, "tuned").state is State.PASSED
    broken = [Answer(text="so") for _ in answers]
    desk.record(Recorded(desk.tuned, broken), split=Shifted.TEST, nonce="shifted again")
    (failed,) = read_gate(desk.ws, desk.project_id, view, "tuned").failed
    assert failed.sentence == "Valid answers in the shifted rows: 0 %; the gate asks for at least 90 %."


def test_what_changed_while_the_gate_looked_stops_the_promotion(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    unit = desk.ws.unit

    def after_somebody_else() -> AbstractContextManager[UnitOfWork]:
        monkeypatch.setattr(desk.ws, "unit", unit)
        use(desk, view, desk.base)
        return unit()

    monkeypatch.setattr(desk.ws, "unit", after_somebody_else)
    with pytest.raises(StaleRevisionError, match="changed in between"):
        use(desk, view, desk.tuned)
    assert in_use(desk) == desk.base


def test_a_way_back_from_what_is_no_longer_in_use_is_refused(desk: Desk) -> None:
    other = desk.add_model("other", "adapter")
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned), right(desk, other))
    use(desk, view, desk.base)
    shown = use(desk, view, desk.tuned).seq
    use(desk, view, other)
    with pytest.raises(StaleRevisionError, match="What is in production changed in between"):
        roll_back(desk.ws, desk.actor, desk.project_id, reason="slow", shown=shown, nonce="late")
    assert in_use(desk) == other
    now = find_alias(desk.ws, desk.project_id)
    assert now is not None
    back = [
        roll_back(desk.ws, desk.actor, desk.project_id, reason="slow", shown=now.seq, nonce="twice") for _ in range(2)
    ]
    assert [one.model.id for one in back] == [desk.tuned, desk.tuned], "a second click sees what the first did"


@pytest.mark.parametrize(
    "changed", ["What is in production", "What the gate asks for", "What the look shows of `tuned`"]
)
def test_what_is_not_proven_is_agreed_to_as_it_was_shown(desk: Desk, changed: str) -> None:
    ask_for(desk, *OPEN, Floor("valid_call_rate", 0.1, SHIFTED_ROWS))
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    shown = read_gate(desk.ws, desk.project_id, view, "tuned")
    assert len(shown.not_proven) == 2
    if changed == "What is in production":
        use(desk, view, desk.base)
    elif changed == "What the gate asks for":
        ask_for(desk, *OPEN, Floor("valid_call_rate", 0.1, SHIFTED_ROWS), Floor("harm", 0.1, "fixed:none"))
    else:
        make_shifted(desk.ws, desk.actor, desk.dataset.id, seed=1, nonce="shift")
        desk.record(Recorded(desk.tuned, desk.right_answers(Shifted.TEST)), split=Shifted.TEST, nonce="shifted")

    def go(seen: GateView) -> AliasView:
        return promote(
            desk.ws,
            desk.actor,
            desk.project_id,
            view.id,
            desk.tuned,
            reason="right",
            despite_not_proven=True,
            shown=seen,
            nonce="go",
        )

    with pytest.raises(StaleRevisionError, match=f"{changed} changed in between"):
        go(shown)
    assert in_use(desk) != desk.tuned
    assert go(read_gate(desk.ws, desk.project_id, view, "tuned")).model.id == desk.tuned


def test_the_usual_floors_hold_until_a_lead_sets_others(desk: Desk) -> None:
    other = create_project(desk.ws, desk.actor, "Other", nonce="other").id
    assert read_rules(desk.ws, other).floors == DEFAULT_FLOORS
    assert read_rules(desk.ws, desk.project_id).floors == REACHED
    ask_for(desk, Floor("recovery_rate", 0.5))
    assert read_rules(desk.ws, desk.project_id).floors == (Floor("recovery_rate", 0.5),)
    newest, _ = list_audit(desk.ws, f"gate {desk.project_id} production")
    assert "0.98" in (newest.before or "")
    assert "recovery_rate" in (newest.after or "")


@pytest.mark.parametrize(
    ("floors", "said"),
    [
        ([Floor("accuracy", 0.5)], "no floor for `accuracy`"),
        ([Floor("harm", 1.5)], "150 % is no bound for harm"),
        ([Floor("harm", 0.5, "fixed:refusal"), Floor("harm", 0.4, "fixed:refusal")], "two floors for harm in refusals"),
    ],
)
def test_floors_that_make_no_sense_are_refused(desk: Desk, floors: list[Floor], said: str) -> None:
    with pytest.raises(StateError, match=said):
        ask_for(desk, *floors)
    assert read_rules(desk.ws, desk.project_id).floors == REACHED


def test_what_was_in_use_is_never_rewritten(desk: Desk) -> None:
    use(desk, look(desk, right(desk, desk.base)), desk.base)
    for change in ("DELETE FROM alias_event", "UPDATE alias_event SET reason = 'another'", "DELETE FROM model"):
        with desk.ws.unit() as unit, pytest.raises(IntegrityError):
            unit.connection.execute(text(change))


def test_a_ruling_is_worked_out_once_as_long_as_nothing_changes(desk: Desk) -> None:
    view = look(desk, right(desk, desk.base), right(desk, desk.tuned))
    first = read_gate(desk.ws, desk.project_id, view, "tuned")
    assert read_gate(desk.ws, desk.project_id, view, "tuned") is first
    ask_for(desk, Floor("valid_call_rate", 0.5))
    assert read_gate(desk.ws, desk.project_id, view, "tuned") is not first
    use(desk, view, desk.base)
    assert read_gate(desk.ws, desk.project_id, view, "tuned").production == "tiny"
