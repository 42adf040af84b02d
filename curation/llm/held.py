"""A model in this process, held to the schema of an answer as good hosts hold theirs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.llm.contract import ChatClient, Progress, Prompt, Reply
from curation.llm.dialect import say_schema
from curation.llm.grammar import is_installed, write_answer


class Held:
    """Says the schema in words and, where the package for it is installed, lets no token pass that does not fit."""

    def __init__(self, client: ChatClient) -> None:
        self._client = client

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order."""
        return self._client.answer([hold(prompt) for prompt in prompts], max_new_tokens, batch_size, progress)


def hold(prompt: Prompt) -> Prompt:
    """The prompt with its schema as words and as a grammar."""
    if not prompt.schema:
        return prompt
    grammar = write_answer(prompt.schema).text if is_installed() else ""
    return msgspec.structs.replace(prompt, turns=say_schema(prompt), grammar=grammar)
