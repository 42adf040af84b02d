"""Callbacks that write: two runs of one session never read the same text and then both write it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit.runtime.state import SafeSessionState

from ui import uncut
from ui.uncut import uncut as made_whole

TURNS = 20


def test_two_runs_of_one_session_write_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncut, "get_script_run_ctx", _context)
    text: list[str] = []
    both = threading.Barrier(2)

    @made_whole
    def add(word: str) -> None:
        read = list(text)
        _rest()
        text[:] = [*read, word]

    def run(name: str) -> None:
        both.wait()
        for n in range(TURNS):
            add(f"{name}{n}")

    runs = [threading.Thread(target=run, args=(name,)) for name in "ab"]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert len(text) == 2 * TURNS


def test_a_callback_may_call_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncut, "get_script_run_ctx", _context)
    done: list[str] = []
    inner = made_whole(lambda: done.append("inner"))
    made_whole(lambda: inner())()
    assert done == ["inner"]


def test_callback_of_a_widget_is_made_to_its_end_though_a_newer_run_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    uncut.keep_callbacks_whole()
    looked: list[str] = []
    held = SafeSessionState(_Held(lambda: held["choice"]), lambda: looked.append("newer"))
    held.on_script_will_rerun(None)
    assert looked == ["newer"], "only before the callbacks may a newer run begin"
    assert held["choice"] == "taken"
    assert looked == ["newer", "newer"]


class _Held:
    """A session's state with one callback, which looks at the session."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback = callback

    def on_script_will_rerun(self, *args: object, **kwargs: object) -> None:
        self._callback()

    def __getitem__(self, key: str) -> str:
        return "taken"


def _context() -> SimpleNamespace:
    return SimpleNamespace(session_id="one", session_state=SimpleNamespace(_yield_callback=None))


def _rest() -> None:
    """Long enough for another thread to come in."""
    threading.Event().wait(0.0005)
