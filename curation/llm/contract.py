"""What every chat client speaks: prompts in, replies out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

Progress = Callable[[int, int], None]
"""Called with the number of finished prompts and of all prompts."""


class Turn(msgspec.Struct, frozen=True):
    """One turn of a prompt, as a chat template takes it."""

    role: str
    content: str


class Prompt(msgspec.Struct, frozen=True):
    """What a model is asked: the turns so far and, where its template shows them, the tools on offer."""

    turns: tuple[Turn, ...]
    tools: tuple[str, ...] = ()
    """Exact JSON text of each definition; empty: none are passed to the template."""


class Reply(msgspec.Struct, frozen=True):
    """What a model answered, and what that cost."""

    text: str
    tokens: int = 0
    """Generated ones, the end-of-turn token included."""
    latency_ms: float = 0.0


class ChatClient(Protocol):
    """One way to ask a model."""

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order."""
