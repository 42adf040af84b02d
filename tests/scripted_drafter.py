"""A drafter whose model is a script, for whatever needs one to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.llm.contract import Prompt
from curation.model.values import UNSET, Json
from curation.reading.strict import parse_strict
from curation.rules.folding import fold
from curation.schemas import compile_schema
from curation.synthesizers.asking import PromptDrafter
from curation.synthesizers.prompts import Prompts
from curation.synthesizers.scripted_reading import read_prompt
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


def in_german(prompt: Prompt) -> str:
    """The script, and for a translation plain German sentences around the values that have to stay."""
    asked = read_prompt(prompt)
    if asked.task != "translate":
        return answer_prompt(0, prompt)
    kept = [msgspec.json.decode(line) for line in asked.parts["keep"].splitlines() if line.startswith('"')]
    messages = [
        {"number": line["number"], "text": _german(str(line["by"]), str(line["text"]), kept)}
        for line in asked.lines("messages")
    ]
    return msgspec.json.encode({"messages": messages}).decode()


def _german(speaker: str, text: str, kept: list[str]) -> str:
    values = ", ".join(value for value in kept if fold(value) in fold(text))
    opening = "Ich bitte Sie um eine Auskunft zu der Bestellung" if speaker == "person" else "Das ist für Sie erledigt"
    return f"{opening}: {values}." if values else f"{opening}, und das ist alles."


def scripted_drafter(seed: int = 0, script: Answering | None = None) -> PromptDrafter:
    """A drafter that asks a script."""
    return PromptDrafter(ScriptedDesk(script).ask_all, Prompts(), seed=seed)
