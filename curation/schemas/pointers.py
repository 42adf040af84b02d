"""JSON pointers from the paths that validators report."""

from __future__ import annotations

from collections.abc import Iterable


def join_pointer(steps: Iterable[str | int]) -> str:
    """The JSON pointer of a path."""
    return "".join("/" + escape_step(step) for step in steps)


def escape_step(step: str | int) -> str:
    """One step of a pointer, escaped."""
    text = str(step)
    if "~" in text or "/" in text:
        return text.replace("~", "~0").replace("/", "~1")
    return text


def unescape_step(step: str) -> str:
    """The key or index text that one step of a pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")
