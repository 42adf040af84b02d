from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from curation.errors import NotSavedError
from curation.llm.budget import Budget, Hold, Limits, Spent, read_requests
from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.desk import AskingStoppedError, Desk, Habits
from curation.llm.record import Asking, Exchange, Record
from tests.llm.asking import ask

LONGEST = 1000
ROOM_FOR_ONE = Limits(tokens=1100)


class FullRecord(Record):
    """Its disk takes no answer."""

    def keep(self, asking: Asking, reply: Reply, tries: int = 1) -> Exchange:
        raise NotSavedError("There is no room left on the disk.")


class FullBudget(Budget):
    """Its disk takes one request."""

    def hold(self, exchange: str, tokens_in: int, tokens_out: int, *, may_wait: bool = True) -> Hold:
        if self.spent.requests:
            raise NotSavedError("There is no room left on the disk.")
        return super().hold(exchange, tokens_in, tokens_out, may_wait=may_wait)


class Speaking:
    """Says one thing to everybody, `times` over."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None, times: int = 1) -> None:
        self._meanwhile = meanwhile
        self._times = times
        self.n_asked = 0

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,
        progress: Progress | None = None,
    ) -> list[Reply]:
        self.n_asked += 1
        self._meanwhile()
        return [Reply("Hello.", 3, tokens_in=3) for _ in range(len(prompts) * self._times)]


def _ask_in_time(desk: Desk, count: int) -> BaseException | None:
    """The error that so many questions end with; a run that hangs is a failure."""
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            desk.ask_all([ask(number, schema="") for number in range(count)])
            ended.append(None)
        except Exception as error:
            ended.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(5)
    assert ended, "it is still asking"
    return ended[0]


def test_an_answer_that_cannot_be_written_down_ends_the_run_for_those_who_wait_too(tmp_path: Path) -> None:
    client = Speaking(lambda: time.sleep(0.2))
    budget = Budget(tmp_path, ROOM_FOR_ONE)
    desk = Desk(client, "model", FullRecord(tmp_path), budget, habits=Habits(at_once=4, longest_answer=LONGEST))
    assert isinstance(_ask_in_time(desk, 4), NotSavedError)
    assert client.n_asked == 1
    assert not budget._under_way
    sent, settled = (line for line in read_requests(tmp_path) if line.n == 1)
    assert settled == msgspec.structs.replace(sent, ended="not kept")


def test_too_many_answers_leave_nothing_held_back(tmp_path: Path) -> None:
    budget = Budget(tmp_path)
    desk = Desk(Speaking(times=2), "model", Record(tmp_path), budget)
    assert isinstance(_ask_in_time(desk, 1), ValueError)
    assert not budget._under_way


def test_a_batch_that_cannot_be_held_as_a_whole_gives_back_what_it_held(tmp_path: Path) -> None:
    client = Speaking()
    budget = FullBudget(tmp_path)
    desk = Desk(client, "model", Record(tmp_path), budget, habits=Habits(batch=3))
    assert isinstance(_ask_in_time(desk, 3), NotSavedError)
    assert client.n_asked == 0
    assert budget.spent == Spent() == Budget(tmp_path).spent


def test_who_waited_for_the_budget_is_not_sent_when_the_asking_is_over(tmp_path: Path) -> None:
    begun, over = threading.Event(), threading.Event()

    def meanwhile() -> None:
        begun.set()
        over.wait(5)

    def should_stop() -> bool:
        if begun.is_set():
            # A moment after the answer is no, so that those who wait for the budget come when it is all over.
            threading.Timer(0.1, over.set).start()
        return begun.is_set()

    client = Speaking(meanwhile)
    budget = Budget(tmp_path, ROOM_FOR_ONE)
    habits = Habits(at_once=4, longest_answer=LONGEST)
    desk = Desk(client, "model", Record(tmp_path), budget, habits=habits, should_stop=should_stop)
    with pytest.raises(AskingStoppedError):
        desk.ask_all([ask(number, schema="") for number in range(4)])
    assert client.n_asked == 1
    assert budget.spent == Spent(1, 3, 3) == Budget(tmp_path).spent
