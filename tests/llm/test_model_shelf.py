"""Which models stay loaded: those that somebody is at work with, and beside them no more than there is room for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.llm import model_shelf
from curation.llm.model_shelf import Asker, close_models, hold_model, let_go


@pytest.fixture(autouse=True)
def room_for_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(model_shelf, "MOST_KEPT", 1)
    yield
    close_models()


def test_a_model_stays_between_two_questions_of_one_answer(tmp_path: Path) -> None:
    first = hold_model(tmp_path / "first")
    hold_model(tmp_path / "second")
    assert hold_model(tmp_path / "first") is first


def test_a_model_too_many_leaves_once_nobody_holds_it(tmp_path: Path) -> None:
    first = hold_model(tmp_path / "first")
    second = hold_model(tmp_path / "second")
    let_go(first)
    assert hold_model(tmp_path / "second") is second
    assert hold_model(tmp_path / "first") is not first


def test_a_model_that_nobody_holds_stays_warm_while_there_is_room(tmp_path: Path) -> None:
    first = hold_model(tmp_path / "first")
    let_go(first)
    assert hold_model(tmp_path / "first") is first


def test_who_asks_holds_the_model_until_closed_and_lets_it_go_once(tmp_path: Path) -> None:
    asker = Asker(tmp_path / "first")
    held = hold_model(tmp_path / "first")
    asker.close()
    asker.close()
    hold_model(tmp_path / "second")
    assert hold_model(tmp_path / "first") is held


def test_a_model_that_was_ended_meanwhile_is_let_go_without_trouble(tmp_path: Path) -> None:
    first = hold_model(tmp_path / "first")
    close_models()
    again = hold_model(tmp_path / "first")
    let_go(first)
    hold_model(tmp_path / "second")
    assert hold_model(tmp_path / "first") is again
