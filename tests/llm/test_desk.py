from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from curation.errors import BudgetSpentError
from curation.hosts.troubles import HostRefusedError, HostTroubleError
from curation.llm.budget import Budget, Limits, Spent, estimate_tokens
from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.desk import AskingStoppedError, ChangedWaysError, Habits
from curation.llm.record import FILE, read_exchanges
from curation.llm.scripted import ScriptedClient
from tests.llm.asking import ask, number_of, open_desk


def _number(_position: int, prompt: Prompt) -> str:
    return f'{{"number": {number_of(prompt.turns[-1].content or "")}}}'


class Failing:
    """Fails by a list of errors, one a request, and answers afterwards."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.n_asked = 0

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,
        progress: Progress | None = None,
    ) -> list[Reply]:
        self.n_asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return [Reply(_number(0, prompt), 5, tokens_in=7) for prompt in prompts]


@pytest.mark.parametrize("habits", [Habits(), Habits(at_once=4), Habits(batch=3), Habits(at_once=2, batch=2)])
def test_outcomes_come_in_the_order_of_the_questions(tmp_path: Path, habits: Habits) -> None:
    desk = open_desk(ScriptedClient(_number), tmp_path, habits=habits)
    outcomes = desk.ask_all([ask(number) for number in range(10)])
    assert [outcome.value for outcome in outcomes] == [{"number": number} for number in range(10)]
    assert len({outcome.exchange for outcome in outcomes}) == 10


def test_what_was_answered_is_not_asked_again_in_a_second_run(tmp_path: Path) -> None:
    client = ScriptedClient(_number)
    first = open_desk(client, tmp_path).ask_all([ask(1), ask(2)])
    second = open_desk(client, tmp_path).ask_all([ask(2), ask(3), ask(1)])
    assert len(client.asked) == 3
    assert [second[2], second[0]] == first


def test_the_same_question_twice_is_two_questions_and_replayed_as_two(tmp_path: Path) -> None:
    texts = iter(["one", "two", "three"])
    client = ScriptedClient(lambda _position, _prompt: next(texts))
    questions = [ask(1, schema=""), ask(1, schema="")]
    first = open_desk(client, tmp_path).ask_all(questions)
    assert [outcome.text for outcome in first] == ["one", "two"]
    desk = open_desk(client, tmp_path)
    assert desk.ask_all(questions) == first
    assert desk.ask_all(questions[:1])[0].text == "three"


def test_another_model_is_asked_for_itself(tmp_path: Path) -> None:
    client = ScriptedClient(_number)
    open_desk(client, tmp_path).ask_all([ask(1)])
    desk = open_desk(client, tmp_path)
    desk._model = "another"
    desk.ask_all([ask(1)])
    assert len(client.asked) == 2


def test_a_torn_last_line_is_asked_again_and_the_rest_is_kept(tmp_path: Path) -> None:
    client = ScriptedClient(_number)
    open_desk(client, tmp_path).ask_all([ask(1), ask(2)])
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-20])
    outcomes = open_desk(client, tmp_path).ask_all([ask(1), ask(2)])
    assert [prompt.turns[-1].content for prompt in client.asked] == ["Question 1", "Question 2", "Question 2"]
    assert [outcome.value for outcome in outcomes] == [{"number": 1}, {"number": 2}]
    assert len(list(read_exchanges(tmp_path))) == 2


def test_a_spent_budget_ends_the_asking_and_keeps_what_was_answered(tmp_path: Path) -> None:
    client = ScriptedClient(_number)
    with pytest.raises(BudgetSpentError, match="3 of 3 requests are made"):
        open_desk(client, tmp_path, Limits(requests=3)).ask_all([ask(number) for number in range(5)])
    assert len(client.asked) == 3
    outcomes = open_desk(client, tmp_path, Limits(requests=5)).ask_all([ask(number) for number in range(5)])
    assert len(client.asked) == 5
    assert all(not outcome.trouble for outcome in outcomes)


def test_a_batch_shrinks_to_what_the_budget_has_room_for(tmp_path: Path) -> None:
    client = ScriptedClient(_number)
    with pytest.raises(BudgetSpentError):
        open_desk(client, tmp_path, Limits(requests=5), Habits(batch=4)).ask_all([ask(number) for number in range(8)])
    assert len(client.asked) == 5


def test_a_question_is_asked_again_after_a_trouble_and_each_request_counts(tmp_path: Path) -> None:
    waits: list[float] = []
    client = Failing(HostTroubleError("busy", status=503), HostTroubleError("no answer"))
    desk = open_desk(client, tmp_path, pause=waits.append)
    assert desk.ask_all([ask(1)])[0].value == {"number": 1}
    assert 0.25 <= waits[0] <= 0.5 <= waits[1] <= 1.0
    assert next(iter(read_exchanges(tmp_path))).tries == 3
    # The refused one took nothing, the unanswered one may have taken all that was held back, the last what it says.
    estimated = estimate_tokens(ask(1))
    assert Budget(tmp_path).spent == Spent(3, estimated + 7, 1024 + 5)


def test_a_wish_to_be_left_alone_holds_for_all(tmp_path: Path) -> None:
    waits: list[float] = []
    client = Failing(HostTroubleError("busy", status=429, after_s=20.0))
    open_desk(client, tmp_path, pause=waits.append).ask_all([ask(1), ask(2)])
    assert len(waits) == 3
    assert all(19 < waited <= 20 for waited in waits[1:])


def test_a_question_without_answer_is_left_and_asked_again_when_taken_up(tmp_path: Path) -> None:
    client = Failing(*[HostTroubleError("The host is ill.", status=500)] * 3)
    desk = open_desk(client, tmp_path, habits=Habits(tries=3), pause=lambda _: None)
    first, second = desk.ask_all([ask(1), ask(2)])
    assert (first.trouble, second.value) == ("The host is ill.", {"number": 2})
    assert [line.unanswered for line in read_exchanges(tmp_path)] == ["The host is ill.", ""]
    outcomes = open_desk(client, tmp_path).ask_all([ask(1), ask(2)])
    assert [outcome.value for outcome in outcomes] == [{"number": 1}, {"number": 2}]
    assert client.n_asked == 5


def test_what_the_last_round_left_open_is_asked_again_however_often_it_is_taken_up(tmp_path: Path) -> None:
    def run(*ill: int) -> list[str]:
        def say(position: int, prompt: Prompt) -> str:
            if number_of(prompt.turns[-1].content or "") in ill:
                raise HostTroubleError("The host is ill.", status=500)
            return _number(position, prompt)

        desk = open_desk(ScriptedClient(say), tmp_path, habits=Habits(tries=1), pause=lambda _: None)
        return [one.trouble for prompts in ([ask(1)], [ask(2)], [ask(3), ask(4)]) for one in desk.ask_all(prompts)]

    assert run(3, 4) == ["", "", "The host is ill.", "The host is ill."]
    assert run(3) == ["", "", "The host is ill.", ""]
    assert run() == ["", "", "", ""]


def test_a_host_that_answers_nobody_ends_the_run_until_later(tmp_path: Path) -> None:
    client = Failing(*[HostTroubleError("The host is ill.", status=429, said="No credit is left.")] * 100)
    desk = open_desk(client, tmp_path, habits=Habits(tries=2), pause=lambda _: None)
    with pytest.raises(
        HostTroubleError, match=r"ill\. It says: No credit is left\. 6 questions in a row got no answer"
    ) as told:
        desk.ask_all([ask(number) for number in range(50)])
    assert told.value.retryable
    assert client.n_asked == 12


@pytest.mark.parametrize(("status", "n_asked"), [(401, 1), (404, 1), (403, 6), (400, 6)])
def test_a_refusal_that_meets_everybody_ends_the_run(tmp_path: Path, status: int, n_asked: int) -> None:
    client = Failing(*[HostRefusedError("No.", status=status)] * 50)
    with pytest.raises(HostRefusedError):
        open_desk(client, tmp_path).ask_all([ask(number) for number in range(20)])
    assert client.n_asked == n_asked


def test_a_refusal_of_one_question_is_its_outcome(tmp_path: Path) -> None:
    outcomes = open_desk(Failing(HostRefusedError("Too long.")), tmp_path).ask_all([ask(1), ask(2)])
    assert [outcome.trouble for outcome in outcomes] == ["Too long.", ""]


def test_another_way_of_asking_is_tried_at_once(tmp_path: Path) -> None:
    waits: list[float] = []
    client = Failing(*[ChangedWaysError("No such parameter.", status=400)] * 3)
    desk = open_desk(client, tmp_path, habits=Habits(tries=1), pause=waits.append)
    assert desk.ask_all([ask(1)])[0].value == {"number": 1}
    assert waits == []
    assert Budget(tmp_path).spent.requests == 4


def test_a_wish_to_stop_is_heard_and_what_is_under_way_is_kept(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def script(_position: int, prompt: Prompt) -> str:
        begun.set()
        go_on.wait(5)
        return _number(0, prompt)

    def should_stop() -> bool:
        if begun.is_set():
            go_on.set()
        return begun.is_set()

    client = ScriptedClient(script)
    with pytest.raises(AskingStoppedError):
        open_desk(client, tmp_path, should_stop=should_stop).ask_all([ask(number) for number in range(50)])
    n_asked = len(client.asked)
    assert 1 <= n_asked < 50
    assert len(list(read_exchanges(tmp_path))) == n_asked


def test_a_wish_to_stop_ends_a_long_wait(tmp_path: Path) -> None:
    client = Failing(HostTroubleError("busy", status=429, after_s=30.0))
    with pytest.raises(AskingStoppedError):
        open_desk(client, tmp_path, should_stop=lambda: client.n_asked > 0).ask_all([ask(1)])


def test_a_fault_of_the_client_is_told_and_never_an_answer(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        open_desk(Failing(ZeroDivisionError()), tmp_path).ask_all([ask(1), ask(2)])


def test_progress_is_told_as_answers_come(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    desk = open_desk(ScriptedClient(_number), tmp_path)
    desk.ask_all([ask(1)])
    again = open_desk(ScriptedClient(_number), tmp_path)
    again.ask_all([ask(1), ask(2), ask(3)], lambda done, of: told.append((done, of)))
    assert told == [(2, 3), (3, 3)]


@pytest.mark.parametrize(("status", "is_counted"), [(429, False), (503, False), (500, True), (502, True), (504, True)])
def test_a_host_that_may_have_begun_may_want_to_be_paid(tmp_path: Path, status: int, is_counted: bool) -> None:
    client = Failing(HostTroubleError("ill", status=status))
    open_desk(client, tmp_path, pause=lambda _: None).ask_all([ask(1)])
    failed = Spent(1, estimate_tokens(ask(1)), 1024) if is_counted else Spent(1)
    assert Budget(tmp_path).spent == failed + Spent(1, 7, 5)


def test_an_answer_that_was_cut_off_uses_all_it_might_where_the_host_tells_no_count(tmp_path: Path) -> None:
    class Cut(Failing):
        def answer(self, prompts: Sequence[Prompt], *_: object, **__: object) -> list[Reply]:
            return [Reply("Well", tokens=0, finish="length") for _ in prompts]

    open_desk(Cut(), tmp_path).ask_all([ask(1)])
    assert Budget(tmp_path).spent.tokens_out == 1024
