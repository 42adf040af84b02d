"""What writes is never cut: Streamlit ends a run where it looks at the session once a newer run is asked for.

A callback cut there is lost with what was typed: the newer run finds the widget's new value already known, and calls
nobody. That run begins meanwhile, in a thread of its own, and may come to the same work: it waits until the callback is
over, or both would read the same text and the later write would undo the earlier one. What a desk does with typed text
and with a press is whole in the same way.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any, ParamSpec

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SafeSessionState

P = ParamSpec("P")
_YIELDS = "_yield_callback"
"""What a session's state does before each look at it; Streamlit has no other way to put it off."""

MAX_SESSIONS = 1_000
_locks: OrderedDict[str, threading.RLock] = OrderedDict()
"""By session."""
_guard = threading.Lock()


def uncut(callback: Callable[P, None]) -> Callable[P, None]:
    """A callback that is made to its end, one at a time in a session."""

    @wraps(callback)
    def whole(*args: P.args, **kwargs: P.kwargs) -> None:
        context = get_script_run_ctx()
        with _whole(context.session_state, context.session_id) if context else nullcontext():
            callback(*args, **kwargs)

    return whole


def keep_callbacks_whole() -> None:
    """From now on every callback of every widget is made to its end; call it once, before the first page is drawn."""
    begin = SafeSessionState.on_script_will_rerun
    if hasattr(begin, "__wrapped__"):
        return

    @wraps(begin)
    def begin_whole(state: SafeSessionState, *args: Any, **kwargs: Any) -> None:
        context = get_script_run_ctx()
        with _whole(state, context.session_id if context else "", is_newest=True):
            begin(state, *args, **kwargs)

    SafeSessionState.on_script_will_rerun = begin_whole


@contextmanager
def in_turn() -> Iterator[None]:
    """What is done inside is done whole, by the newest run of the session alone; read inside what it is about."""
    context = get_script_run_ctx()
    with _whole(context.session_state, context.session_id, is_newest=True) if context else nullcontext():
        yield


@contextmanager
def _whole(state: SafeSessionState, session: str, *, is_newest: bool = False) -> Iterator[None]:
    """Nothing inside is cut; where only the newest run may do it, one that waited until it was no more ends here."""
    yields = getattr(state, _YIELDS)
    with _lock_of(session):
        if is_newest:
            yields()
        object.__setattr__(state, _YIELDS, _go_on)
        try:
            yield
        finally:
            object.__setattr__(state, _YIELDS, yields)


def _lock_of(session: str) -> threading.RLock:
    with _guard:
        lock = _locks.setdefault(session, threading.RLock())
        _locks.move_to_end(session)
        while len(_locks) > MAX_SESSIONS:
            _locks.popitem(last=False)
    return lock


def _go_on() -> None:
    """No newer run begins here."""
