"""Where the cursor of the Write page goes after an act: a place in the example, and the field drawn for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ui.focus import focus_on
from ui.state import Slot


@dataclass(frozen=True)
class Aim:
    """A pointer the cursor should go to, and the act it follows."""

    at: str = ""
    word: str = ""
    is_forced: bool = True
    """False: only where the act left the cursor in no field."""


AIM: Slot[Aim] = Slot("write.aim", Aim())
CALL = "/call"
"""The shown call's first field, wherever it stands in the conversation."""


def aim(at: str, word: str, *, is_forced: bool = True) -> None:
    """Say where the cursor belongs once the page is drawn."""
    AIM.set(Aim(at, word, is_forced))


def nearest(spots: Mapping[str, str], at: str) -> str:
    """The widget that is closest to a pointer: its own, the one around it, the first one in it, else the first."""
    if not spots:
        return ""
    steps = at
    while steps:
        if steps in spots:
            return spots[steps]
        within = next((key for pointer, key in spots.items() if pointer.startswith(f"{steps}/")), "")
        if within:
            return within
        steps = steps.rpartition("/")[0]
    return next(iter(spots.values()))


def place_cursor(spots: Mapping[str, str]) -> None:
    """Move the cursor to the widget (pointer → widget key) nearest to what the last act was about."""
    wanted = AIM.get()
    key = nearest(spots, wanted.at) if wanted.word else ""
    focus_on(key, wanted.word, is_forced=wanted.is_forced, name="write")
