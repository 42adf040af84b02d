"""Callbacks that write are never cut: Streamlit ends a run where it looks at the session once a newer run is asked for.

A callback cut there is lost with what was typed: the newer run finds the widget's new value already known, and calls
nobody. It begins as soon as the callback is over.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from streamlit.runtime.scriptrunner import get_script_run_ctx

P = ParamSpec("P")
_YIELDS = "_yield_callback"
"""What a session's state does before each look at it; Streamlit has no other way to put it off."""


def uncut(callback: Callable[P, None]) -> Callable[P, None]:
    """A callback that a newer run of the page waits for."""

    @wraps(callback)
    def whole(*args: P.args, **kwargs: P.kwargs) -> None:
        context = get_script_run_ctx()
        if context is None:
            callback(*args, **kwargs)
            return
        yields = getattr(context.session_state, _YIELDS)
        object.__setattr__(context.session_state, _YIELDS, _go_on)
        try:
            callback(*args, **kwargs)
        finally:
            object.__setattr__(context.session_state, _YIELDS, yields)

    return whole


def _go_on() -> None:
    """No newer run begins here."""
