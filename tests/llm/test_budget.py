from __future__ import annotations

import threading
from pathlib import Path

import pytest

from curation.errors import BudgetSpentError, JobError
from curation.llm.budget import FILE, Budget, Limits, Price, Spent, estimate_text, estimate_tokens
from curation.llm.contract import Prompt, Turn


def test_a_request_over_the_limit_is_not_let_out(tmp_path: Path) -> None:
    budget = Budget(tmp_path, Limits(requests=2))
    for _ in range(2):
        budget.settle(budget.hold("a", 10, 10), "answered", 5, 5)
    with pytest.raises(BudgetSpentError, match="2 of 2 requests are made"):
        budget.hold("a", 10, 10)


def test_tokens_are_held_back_before_and_corrected_after(tmp_path: Path) -> None:
    budget = Budget(tmp_path, Limits(tokens=100))
    held = budget.hold("a", 40, 50)
    with pytest.raises(BudgetSpentError, match="90 of 100 tokens are used, and one more question may take 20"):
        budget.hold("b", 10, 10, may_wait=False)
    budget.settle(held, "answered", 30, 5)
    assert budget.spent == Spent(1, 30, 5)
    budget.hold("b", 10, 10, may_wait=False)


def test_money_is_counted_by_its_price(tmp_path: Path) -> None:
    budget = Budget(tmp_path, Limits(money=0.01), Price(2.0, 8.0))
    budget.settle(budget.hold("a", 1000, 1000), "answered", 1000, 750)
    assert budget.money == pytest.approx(0.008)
    with pytest.raises(BudgetSpentError, match=r"0\.0080 of 0\.0100 USD"):
        budget.hold("b", 1000, 1000)


def test_a_budget_in_money_needs_a_price(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="what a token costs"):
        Budget(tmp_path, Limits(money=1.0))


def test_what_nobody_knows_counts_as_what_was_held_back(tmp_path: Path) -> None:
    budget = Budget(tmp_path)
    budget.settle(budget.hold("a", 40, 50), "no answer")
    assert budget.spent == Spent(1, 40, 50)


def test_a_restart_goes_on_with_what_is_left_and_counts_what_was_under_way(tmp_path: Path) -> None:
    budget = Budget(tmp_path)
    budget.settle(budget.hold("a", 40, 50), "answered", 30, 5)
    budget.hold("b", 40, 50)
    budget.close()
    with (tmp_path / FILE).open("ab") as stream:
        stream.write(b'{"n":2,"exchange":"b","tok')
    again = Budget(tmp_path, Limits(requests=3))
    assert again.spent == Spent(2, 70, 55)
    again.settle(again.hold("c", 1, 1), "answered", 1, 1)
    assert again.spent == Spent(3, 71, 56)
    with pytest.raises(BudgetSpentError):
        again.hold("d", 1, 1)


def test_who_may_fit_later_waits_for_those_under_way(tmp_path: Path) -> None:
    budget = Budget(tmp_path, Limits(tokens=100))
    first = budget.hold("a", 40, 50)
    second: list[object] = []
    waiting = threading.Thread(target=lambda: second.append(budget.hold("b", 40, 50)))
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    budget.settle(first, "answered", 5, 5)
    waiting.join(5)
    assert len(second) == 1


def test_many_threads_never_get_out_more_than_the_limit(tmp_path: Path) -> None:
    budget = Budget(tmp_path, Limits(requests=50, tokens=600))
    out: list[int] = []

    def spend() -> None:
        try:
            while True:
                held = budget.hold("a", 10, 10)
                out.append(1)
                budget.settle(held, "answered", 10, 1)
        except BudgetSpentError:
            pass

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(out) == 50
    assert budget.spent == Spent(50, 500, 50)


@pytest.mark.parametrize("place", ["schema", "tools", "content"])
def test_json_counts_a_token_for_every_two_bytes(place: str) -> None:
    told = '{"number":[1,2,3,4,5,6,7,8,9,10]}'
    words = Prompt((Turn("user", told if place == "content" else ""),))
    prompts = {
        "schema": Prompt(words.turns, schema=told),
        "tools": Prompt(words.turns, tools=(told,)),
        "content": words,
    }
    assert estimate_tokens(prompts[place]) - estimate_tokens(Prompt((Turn("user", ""),))) == 17
    assert estimate_text("Say the number once more, please.") == 11
