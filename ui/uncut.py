"""Callbacks that write are never cut: Streamlit ends a run where it looks at the session once a newer run is asked for.

A callback cut there is lost with what was typed: the newer run finds the widget's new value already known, and calls
nobody. That run begins meanwhile, in a thread of its own, and may come to the same work: it waits until the callback is
over, or both would read the same text and the later write would undo the earlier one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from streamlit.runtime.scriptrunner import get_script_run_ctx

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
        yields = getattr(context.session_state, _YIELDS)
        object.__setattr__(context.session_state, _YIELDS, _go_on)
        try:
            with _lock_of(context.session_id):
                callback(*args, **kwargs)
        finally:
            object.__setattr__(context.session_state, _YIELDS, yields)

    return whole


def _lock_of(session: str) -> threading.RLock:
    with _guard:
        lock = _locks.setdefault(session, threading.RLock())
        _locks.move_to_end(session)
        while len(_locks) > MAX_SESSIONS:
            _locks.popitem(last=False)
    return lock


def _go_on() -> None:
    """No newer run begins here."""
