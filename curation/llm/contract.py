"""What every chat client speaks: prompts in, replies out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from curation.model.values import Json

OUT_OF_TOKENS = "length"
"""Why an answer ended that may not be longer, in the word of most hosts."""
Progress = Callable[[int, int], None]
"""Called with the number of finished prompts and of all prompts."""


class Turn(msgspec.Struct, frozen=True):
    """One turn of a prompt, as a chat template takes it."""

    role: str
    content: str | None
    """None beside calls, where a template may ask whether there is any."""
    calls: tuple[str, ...] = ()
    """Exact JSON text of each call an assistant made."""
    call_id: str | None = None
    """Which call a tool answers."""
    name: str | None = None
    """The tool that answers, where the row says so."""


def write_turn(turn: Turn) -> dict[str, Json]:
    """The turn as chat templates take it: calls as objects, and no key that says nothing."""
    said: dict[str, Json] = {"role": turn.role, "content": turn.content}
    if turn.calls:
        said["tool_calls"] = [json.loads(call) for call in turn.calls]
    told = {"tool_call_id": turn.call_id, "name": turn.name}
    return said | {key: value for key, value in told.items() if value is not None}


class Prompt(msgspec.Struct, frozen=True):
    """What a model is asked: the turns so far and, where its template shows them, the tools on offer."""

    turns: tuple[Turn, ...]
    tools: tuple[str, ...] = ()
    """Exact JSON text of each definition; empty: none are passed to the template."""
    grammar: str = ""
    """What the answer must look like, as `curation.llm.grammar` writes it; empty: anything may be answered."""
    schema: str = ""
    """JSON schema of the answer, for hosts that hold a model to one; empty: plain text."""
    temperature: float = 0.0


class Reply(msgspec.Struct, frozen=True):
    """What a model answered, and what that cost."""

    text: str
    tokens: int = 0
    """Generated ones, the end-of-turn token included."""
    latency_ms: float = 0.0
    is_closed: bool = False
    """Whether it ran out of tokens and the grammar, not the model, wrote its end."""
    tokens_in: int = 0
    """Tokens of the prompt; 0: nobody has counted them."""
    finish: str = ""
    """Why it ended, in the host's word: `stop`, `length`, `content_filter`; empty: it came to its end."""
    refusal: str = ""
    """What the model said instead of answering."""
    calls: tuple[str, ...] = ()
    """JSON text of each call it makes of its own, as a `Turn` holds them; arguments are text."""

    @property
    def is_cut(self) -> bool:
        """Whether it ran out of tokens and nothing wrote its end."""
        return self.finish == OUT_OF_TOKENS


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
