"""How turns look: the icon and word of each role, and the colour of what a tool does."""

from __future__ import annotations

from typing import Literal

ROLE_LOOK: dict[str, tuple[str, str]] = {
    "system": (":material/settings:", "System"),
    "developer": (":material/settings:", "Developer"),
    "user": (":material/person:", "User"),
    "assistant": (":material/smart_toy:", "Assistant"),
    "tool": (":material/subdirectory_arrow_right:", "Result"),
}
EFFECT_LOOK: dict[str, tuple[str, Literal["blue", "violet", "orange"]]] = {
    "read": (":material/visibility:", "blue"),
    "write": (":material/edit:", "violet"),
    "destructive": (":material/bolt:", "orange"),
}
PLACEHOLDERS = {
    "user": "What the user says",
    "assistant": "What the assistant answers",
    "system": "Instructions of the system",
    "tool": "What the tool returns, as JSON",
}


def short_role(word: str) -> str:
    """A role's name, short enough for the gutter."""
    return word if len(word) <= 12 else word[:11] + "…"
