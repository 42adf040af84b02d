"""An order gone through with the scripted model: which prompts would be asked, with what in them, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec

from curation.llm.answers import read_value
from curation.llm.budget import estimate_text, estimate_tokens
from curation.llm.contract import Prompt
from curation.synthesizers.asking import PromptDrafter
from curation.synthesizers.contract import Order, Synthesizer
from curation.synthesizers.prompts import Prompts, task_of
from curation.synthesizers.scripted_roles import answer_prompt

REHEARSED = 12
"""Examples that are gone through."""
ASKED_BY = {
    "conversations": ("user_turn", "assistant_turn", "tool_result"),
    "rewording": ("reword",),
    "translation": ("translate",),
}


class Shown(msgspec.Struct, frozen=True):
    """One prompt of an order as a model would get it."""

    name: str
    title: str
    edition: str
    prompt: Prompt
    is_sample: bool
    """Whether it is filled with samples, because the rehearsal had no use for it."""


class Rehearsal(msgspec.Struct, frozen=True):
    """What an order would ask."""

    shown: tuple[Shown, ...]
    requests_each: float
    """Requests a drafted example takes; 0: nothing could be rehearsed."""
    tokens_each: float
    """Tokens asked and answered for one, as estimates go."""


class _Outcome(msgspec.Struct, frozen=True):
    exchange: str
    text: str
    value: object
    trouble: str


class _Rehearsing:
    """A desk that asks the script and counts."""

    def __init__(self) -> None:
        self.asked: list[Prompt] = []
        self.tokens = 0

    def ask_all(self, prompts: Sequence[Prompt]) -> list[_Outcome]:
        return [self._ask(prompt) for prompt in prompts]

    def _ask(self, prompt: Prompt) -> _Outcome:
        text = answer_prompt(0, prompt)
        self.asked.append(prompt)
        self.tokens += estimate_tokens(prompt) + estimate_text(text)
        read = read_value(text, prompt.schema)
        return _Outcome(f"rehearsed_{len(self.asked)}", read.text, read.value, read.trouble)


def rehearse(strategy: Synthesizer, order: Order, prompts: Prompts, *, judges: bool = False) -> Rehearsal:
    """Go through the beginning of an order; nothing leaves this machine.

    Args:
        strategy: what the order is for.
        order: the order; its own drafter is left alone.
        prompts: the project's.
        judges: whether a model is asked what it thinks of every candidate.
    """
    if "model" not in strategy.needs:
        return Rehearsal((), 0.0, 0.0)
    desk = _Rehearsing()
    n = _go_through(strategy, order, prompts, desk)
    first = {task_of(prompt): prompt for prompt in reversed(desk.asked)}
    names = (*ASKED_BY.get(strategy.name, tuple(first)), "repair", *(("judge",) if judges else ()))
    shown = tuple(_show(name, first, prompts, order.seed) for name in names)
    return Rehearsal(shown, len(desk.asked) / n if n else 0.0, desk.tokens / n if n else 0.0)


def _go_through(strategy: Synthesizer, order: Order, prompts: Prompts, desk: _Rehearsing) -> int:
    """How many examples were drafted, or tried where the script cannot draft them."""
    if "examples" in strategy.needs and not order.seeds:
        return 0
    few = min(order.count, REHEARSED) or REHEARSED
    drafter = PromptDrafter(desk.ask_all, prompts, seed=order.seed)
    begun = msgspec.structs.replace(order, count=few, drafter=drafter)
    drafted = len(list(islice(strategy.draft(begun), few)))
    return drafted or len(desk.asked)


def _show(name: str, first: dict[str, Prompt], prompts: Prompts, seed: int) -> Shown:
    text = prompts.get(name)
    filled = first.get(name) or prompts.fill_with_samples(name, seed=seed)
    return Shown(name, text.title, text.edition, filled, name not in first)
