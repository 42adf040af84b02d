"""Callbacks that write are never cut: Streamlit ends a run where it looks at the session once a newer run is asked for.

A callback cut there is lost with what was typed: the newer run finds the widget's new value already known, and calls
nobody. That run begins meanwhile, in a thread of its own, and may come to the same work: it waits until the callback is
over, or both would read the same text and the later write would undo the earlier one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
        if context is None:
            callback(*args, **kwargs)
            return
        with _whole(context.session_state, context.session_id):
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
        getattr(state, _YIELDS)()
        with _whole(state, context.session_id if context else ""):
            begin(state, *args, **kwargs)

    SafeSessionState.on_script_will_rerun = begin_whole


@contextmanager
def _whole(state: SafeSessionState, session: str) -> Iterator[None]:
    yields = getattr(state, _YIELDS)
    object.__setattr__(state, _YIELDS, _go_on)
    try:
        with _lock_of(session):
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
