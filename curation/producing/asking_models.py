"""The models an order may ask: a host that speaks OpenAI's chat API, a model folder of this machine, and a script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from curation.errors import JobError
from curation.finetune.run_folder import RunFolder
from curation.gates.contract import Verdict
from curation.gates.judged_by_model import gate_with
from curation.llm.budget import Budget, Limits, Price
from curation.llm.contract import ChatClient
from curation.llm.desk import Desk, Habits
from curation.llm.endpoints import read_access
from curation.llm.held import Held
from curation.llm.local import LocalModel
from curation.llm.openai_chat import OpenAiChat
from curation.llm.pacing import Pace, Rate
from curation.llm.prices import find_price
from curation.llm.record import Record
from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.producing.opened import Opened, Opener
from curation.producing.spec import SynthesiseSpec, read_material
from curation.synthesizers import get_synthesizer
from curation.synthesizers.asking import PromptDrafter
from curation.synthesizers.model_judging import judge_with
from curation.synthesizers.model_repair import repair_by_model
from curation.synthesizers.prompts import Prompts
from curation.synthesizers.scripted_roles import demo_client

_BATCH = 8


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`asking` of a spec: which model, how fast, for how much. Never a key."""

    model: str = ""
    """What the host calls it."""
    folder: str = ""
    """Where a model of this machine lies."""
    prompts: dict[str, str] = {}
    """The project's own texts, by the prompts' names."""
    limits: Limits = Limits()
    price: Price | None = None
    rate: Rate = Rate()
    at_once: int = 4
    longest_answer: int = 1024
    repairs: bool = True
    """Whether what a gate refused is put to the model once."""
    judges: bool = False
    """Whether the model says what it thinks of each candidate."""


def read_asking(spec: SynthesiseSpec) -> Asking:
    """The spec's `asking`.

    Raises:
        JobError: it cannot be read.
    """
    try:
        return msgspec.convert(spec.asking, Asking)
    except msgspec.ValidationError as error:
        raise JobError(
            f"How the model is to be asked cannot be read: {error}.", hint="Start the order again."
        ) from error


def open_desk(folder: RunFolder, client: ChatClient, asking: Asking, spec: SynthesiseSpec, *, batch: int = 1) -> Opened:
    """Everything an order does with a model.

    Args:
        folder: where questions, answers and the budget are written down.
        client: who answers.
        asking: pace, budget and prompts.
        spec: the order.
        batch: prompts handed to the client together.
    """
    habits = Habits(
        at_once=1 if batch > 1 else asking.at_once, batch=batch, longest_answer=asking.longest_answer, seed=spec.seed
    )
    budget = Budget(folder.path, asking.limits, asking.price)
    name = asking.model or Path(asking.folder).name or spec.drafter
    record = Record(folder.path)
    is_compulsory = get_synthesizer(spec.strategy).is_judged
    is_judged = asking.judges or is_compulsory
    desk = Desk(
        client,
        name,
        record,
        budget,
        pace=Pace(asking.rate),
        habits=habits,
        should_stop=lambda: folder.is_asked_to_stop(spec.launch_id),
    )
    drafter = PromptDrafter(desk.ask_all, Prompts(asking.prompts), seed=spec.seed)
    tools = _tools_of(folder)
    return Opened(
        drafter,
        repair=_repair_with(drafter, tools) if asking.repairs else None,
        gates=(gate_with(judge_with(drafter, tools), name, is_compulsory=is_compulsory),) if is_judged else (),
        tell=lambda: _tell(budget, drafter.troubles),
        close=lambda: _close(record, budget),
    )


def _tools_of(folder: RunFolder) -> dict[str, Tool]:
    material = read_material(folder)
    return {tool.name: tool for tool in (*material.others, *material.tools)}


def _repair_with(drafter: PromptDrafter, tools: Mapping[str, Tool]) -> Callable[[Candidate, Verdict], Candidate | None]:
    return lambda candidate, verdict: repair_by_model(drafter, candidate, verdict.told, tools)


def _tell(budget: Budget, troubles: Counter[str]) -> str:
    """What was spent, and why answers came to nothing."""
    spent = budget.spent
    cost = f" and {budget.money:.4f} {budget.price.currency}" if budget.price else ""
    told = f"The model was asked {spent.requests:,} times, for {spent.tokens:,} tokens{cost}."
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in troubles.most_common(6))
    return f"{told} Given up: {reasons}." if reasons else told


def _close(*opened: Record | Budget) -> None:
    for one in opened:
        one.close()


def _open_scripted(spec: SynthesiseSpec, folder: RunFolder) -> Opened:
    return open_desk(folder, demo_client(), read_asking(spec), spec)


def _open_hosted(spec: SynthesiseSpec, folder: RunFolder) -> Opened:
    asking = read_asking(spec)
    if not asking.model:
        raise JobError("No model is named for this order.", hint="Name one that the host offers.")
    access = read_access()
    priced = msgspec.structs.replace(asking, price=asking.price or find_price(access.host, asking.model))
    client = OpenAiChat(access, asking.model)
    try:
        opened = open_desk(folder, client, priced, spec)
    except BaseException:
        client.close()
        raise
    return msgspec.structs.replace(opened, close=lambda: _hang_up(client, opened))


def _hang_up(client: OpenAiChat, opened: Opened) -> None:
    client.close()
    if opened.close:
        opened.close()


def _open_local(spec: SynthesiseSpec, folder: RunFolder) -> Opened:
    asking = read_asking(spec)
    return open_desk(folder, Held(LocalModel.load(Path(asking.folder))), asking, spec, batch=_BATCH)


SCRIPTED = Opener("scripted", _open_scripted)
HOSTED = Opener("hosted", _open_hosted)
LOCAL = Opener("local", _open_local)
