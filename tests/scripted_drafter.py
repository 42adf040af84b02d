"""A drafter whose model is a script, for whatever needs one to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.llm.contract import Prompt
from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.schemas import compile_schema
from curation.synthesizers.asking import PromptDrafter
from curation.synthesizers.prompts import Prompts
from curation.synthesizers.scripted_roles import answer_prompt

Answering = Callable[[Prompt], str]


class Outcome(msgspec.Struct, frozen=True):
    """What came back for one prompt."""

    exchange: str
    text: str = ""
    value: Json = None
    trouble: str = ""


class ScriptedDesk:
    """Asks a script, checks its answers as every desk does, and keeps what it was asked."""

    def __init__(self, script: Answering | None = None) -> None:
        self._script = script or (lambda prompt: answer_prompt(0, prompt))
        self.asked: list[Prompt] = []
        self.rounds: list[int] = []

    def ask_all(self, prompts: Sequence[Prompt]) -> list[Outcome]:
        self.rounds.append(len(prompts))
        return [self._ask(prompt) for prompt in prompts]

    def _ask(self, prompt: Prompt) -> Outcome:
        self.asked.append(prompt)
        exchange, text = f"exchange_{len(self.asked)}", self._script(prompt)
        if not prompt.schema:
            return Outcome(exchange, text)
        parsed = parse_strict(text)
        if parsed.value is UNSET or compile_schema(prompt.schema).errors(parsed.value):
            return Outcome(exchange, text, trouble="The answer does not fit what was asked for.")
        return Outcome(exchange, text, parsed.value)


def scripted_drafter(seed: int = 0, script: Answering | None = None) -> PromptDrafter:
    """A drafter that asks a script."""
    return PromptDrafter(ScriptedDesk(script).ask_all, Prompts(), seed=seed)
