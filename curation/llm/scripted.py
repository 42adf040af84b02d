"""Clients that answer from a script: for tests, demonstrations, and as fixed points to hold a metric against."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from curation.llm.contract import Progress, Prompt, Reply

Script = Callable[[int, Prompt], str]
"""Position and prompt → the text of the answer."""

ABSTENTION = '{"tool": "no_tool", "reason": "answer_directly", "message": "No tool is needed."}'


class ScriptedClient:
    """Answers each prompt by a script, and keeps what it was asked."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.asked: list[Prompt] = []

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,  # noqa: ARG002 - a script is as long as it is
        batch_size: int = 16,  # noqa: ARG002
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order; a token is counted per word."""
        replies = []
        for position, prompt in enumerate(prompts):
            self.asked.append(prompt)
            text = self._script(position, prompt)
            replies.append(Reply(text=text, tokens=len(text.split())))
            if progress:
                progress(position + 1, len(prompts))
        return replies


def oracle(answers: Sequence[str]) -> ScriptedClient:
    """A client that knows every answer."""
    return ScriptedClient(lambda position, _: answers[position])


def always_caller(tool: str, arguments: dict[str, object]) -> ScriptedClient:
    """A client that makes the same call whatever it is asked."""
    call = json.dumps({"tool": tool, "arguments": arguments})
    return ScriptedClient(lambda _position, _prompt: call)


def silent() -> ScriptedClient:
    """A client that never calls a tool."""
    return ScriptedClient(lambda _position, _prompt: ABSTENTION)


def babbler(text: str = "Well, let me see") -> ScriptedClient:
    """A client whose answers nobody can read."""
    return ScriptedClient(lambda _position, _prompt: text)
