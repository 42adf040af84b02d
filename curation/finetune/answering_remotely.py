"""Lets a model elsewhere answer rows: every question once, whatever its host does meanwhile, and none left out.

What comes back is written down question by question; `answers.jsonl` is written when all of it is there, in the order
of the rows. A question without an answer ends the job: silence is no abstention, and a retry asks only what is open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from curation.errors import BudgetSpentError, JobError
from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.answer_lengths import estimate
from curation.finetune.journal import Journal
from curation.finetune.posed import NATIVE, Posed, read_native, read_routed, sum_up_forms
from curation.finetune.repairing import Doubted, repair
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.spec import AnswerSpec, Remote
from curation.hosts.troubles import HostRefusedError, HostTroubleError
from curation.llm.answers import drop_thoughts, read_value
from curation.llm.budget import Budget, Limits, Price, Spent
from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.desk import AskingStoppedError, Desk, Habits, Outcome
from curation.llm.dialect import Dialect, is_about_form
from curation.llm.grants import Grants
from curation.llm.pacing import Pace, Rate
from curation.llm.record import Record
from curation.llm.served import open_served
from curation.metrics.answers import Answer, Repair
from curation.metrics.held import Held
from curation.metrics.lengths import Lengths
from curation.metrics.messages import read_message, write_message
from curation.model.values import Json
from curation.rendering import read_chat_rows

GO_ON = "Retry the job: what was answered is kept, and only the rest is asked."


def ask_remotely(
    folder: RunFolder, spec: AnswerSpec, remote: Remote, journal: Journal, environment: Mapping[str, str] = os.environ
) -> Exit:
    """Put all questions of the spec, then the findings about invalid answers, and write down what came of it."""
    journal.enter("reading the questions")
    posed = read_posed(folder, spec, remote)
    if not posed:
        raise JobError(f"The file {spec.rows} has no rows to answer.", hint="Freeze a version with test rows.")
    held = sum_up_forms(posed) if spec.grammar else None
    lengths = _estimate_lengths(folder, spec, remote)
    for note in (*(held.notes if held else ()), *lengths.notes):
        journal.say(note)
    journal.enter("answering", steps=len(posed))
    try:
        with _desk(folder, spec, remote, journal, environment) as desk:
            asker = Asker(desk, remote.served.model)
            replies = asker.answer([one.prompt for one in posed], progress=partial(_tell, journal))
            journal.say(f"{len(replies)} of {len(posed)} rows answered.", step=len(replies))
            read = partial(read_reply, price=remote.served.price, is_native=remote.served.is_native)
            answers = [read(reply) for reply in replies]
            is_router = not remote.served.is_native
            doubted = [
                Doubted(one.prompt, answer, one.tools, is_router) for one, answer in zip(posed, answers, strict=True)
            ]
            repairs = repair(asker, doubted, spec.repairs, remote.longest_answer, 1, read)
    except AskingStoppedError:
        return Exit(spec.launch_id, "cancelled", location=str(folder.path), summary={"rows": len(posed)})
    except (HostRefusedError, HostTroubleError) as error:
        raise _word(error, remote, is_held=spec.grammar) from None
    _write(folder, answers, repairs)
    summary: dict[str, Json] = {"answered": len(posed), "rows": len(posed)}
    summary["answer_length"] = msgspec.to_builtins(lengths)
    if held is not None:
        summary["grammar"] = msgspec.to_builtins(_heeded(held, posed, answers))
    return Exit(spec.launch_id, "succeeded", location=str(folder.path), summary=summary)


def _estimate_lengths(folder: RunFolder, spec: AnswerSpec, remote: Remote) -> Lengths:
    """By the rows that say what is right; a model that calls natively is asked without them."""
    path = folder.data / spec.rows
    rows = read_chat_rows(path, spec.style) if path.exists() else ()
    return estimate(islice(rows, spec.limit), remote.longest_answer)


def read_posed(folder: RunFolder, spec: AnswerSpec, remote: Remote) -> list[Posed]:
    """The questions as this model is asked them."""
    is_native = remote.served.is_native
    if is_native and spec.grammar:
        raise JobError(
            "A grammar holds answers to the router's form, and this model calls tools of its own.",
            hint="Ask it by the router's prompt, or without a grammar.",
        )
    posed = (
        read_native(folder.data / NATIVE) if is_native else read_routed(folder.data / spec.rows, is_held=spec.grammar)
    )
    return posed[: spec.limit]


class Asker:
    """A desk as a chat client: every prompt gets its reply, or the job ends."""

    def __init__(self, desk: Desk, model: str) -> None:
        self._desk = desk
        self._model = model

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 0,  # noqa: ARG002 - a habit of the desk
        batch_size: int = 1,  # noqa: ARG002 - a host takes one prompt a request
        progress: Progress | None = None,
    ) -> list[Reply]:
        """The replies in order.

        Raises:
            HostTroubleError: one of them has none.
        """
        outcomes = self._desk.ask_all(prompts, progress)
        return [self._need(outcome, outcomes) for outcome in outcomes]

    def _need(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> Reply:
        if outcome.reply is not None:
            return outcome.reply
        silent = sum(one.reply is None for one in outcomes)
        n = "1 question" if silent == 1 else f"{silent:,} questions"
        raise HostTroubleError(f"{n} of {len(outcomes):,} got no answer from `{self._model}`. {outcome.trouble}")


@contextmanager
def _desk(
    folder: RunFolder, spec: AnswerSpec, remote: Remote, journal: Journal, environment: Mapping[str, str]
) -> Iterator[Desk]:
    """The desk of one launch; a launch that follows one whose budget was spent may take as much again."""
    grants = Grants(folder.path, spec.launch_id)
    # What is held to a form is measured as such: a host that would be told of it in words is not asked at all.
    client = open_served(remote.served, environment, dialect=Dialect(is_bound=spec.grammar), answer_s=remote.answer_s)
    with closing(client), closing(Record(folder.path, keeps_silence=False)) as record:
        budget = Budget(folder.path, _times(remote.limits, grants.count), remote.served.price)
        with closing(budget):
            try:
                yield Desk(
                    client,
                    remote.served.model,
                    record,
                    budget,
                    pace=Pace(Rate(requests=remote.per_minute)),
                    habits=Habits(at_once=remote.at_once, longest_answer=remote.longest_answer),
                    should_stop=lambda: journal.should_stop,
                )
            except BudgetSpentError as spent:
                grants.note_spent()
                hint = "Retry the job to let it take as much again: what was answered is kept."
                raise JobError(spent.message, hint=hint) from None


def _times(limits: Limits, count: int) -> Limits:
    def times(limit: Any) -> Any:
        return None if limit is None else limit * count

    return Limits(times(limits.requests), times(limits.tokens), times(limits.money))


def _tell(journal: Journal, answered: int, questions: int) -> None:
    journal.reach(answered, questions)


def read_reply(reply: Reply, *, price: Price | None, is_native: bool) -> Answer:
    """The answer in a reply: a message where it calls or was asked to, the words alone by the router's prompt."""
    text = drop_thoughts(reply.text) or reply.refusal
    told = Answer(
        latency_ms=reply.latency_ms,
        tokens=reply.tokens,
        cost=None if price is None else Spent(1, reply.tokens_in, reply.tokens).cost(price),
        is_empty=not text.strip() and not reply.calls,
        is_cut=reply.is_cut,
    )
    if told.is_empty or not (is_native or reply.calls):
        return msgspec.structs.replace(told, text=text)
    calls = "" if not reply.calls else f',"tool_calls":[{",".join(reply.calls)}]'
    content = msgspec.json.encode(text or None).decode()
    message = read_message(f'{{"role":"assistant","content":{content}{calls}}}'.encode())
    return msgspec.structs.replace(told, message=message)


def _write(folder: RunFolder, answers: Sequence[Answer], repairs: Sequence[tuple[Repair, ...]]) -> None:
    lines = (_line(*one) + b"\n" for one in zip(answers, repairs, strict=True))
    put_whole(folder.answers, b"".join(lines), PRIVATE_MODE)


def _line(answer: Answer, repairs: tuple[Repair, ...]) -> bytes:
    said: dict[str, Any] = {"tokens": answer.tokens, "latency_ms": answer.latency_ms}
    if answer.message is not None:
        said["message"] = msgspec.Raw(write_message(answer.message).encode())
    else:
        said["text"] = answer.text
    told = {"cost": answer.cost, "repairs": repairs or None}
    told |= {"is_empty": answer.is_empty or None, "is_cut": answer.is_cut or None}
    return msgspec.json.encode(said | {key: value for key, value in told.items() if value is not None})


def _heeded(held: Held, posed: Sequence[Posed], answers: Sequence[Answer]) -> Held:
    """With the answers that do not fit: a host may take the form and pay no heed to it."""
    unheeded = sum(
        bool(one.form.text) and bool(read_value(answer.text or "", one.form.text).trouble)
        for one, answer in zip(posed, answers, strict=True)
    )
    return msgspec.structs.replace(held, unheeded=unheeded)


def _word(error: HostRefusedError | HostTroubleError, remote: Remote, *, is_held: bool) -> JobError:
    """Why the job ends, and what is to be done."""
    if is_held and is_about_form(error.message):
        return JobError(
            f"The server of `{remote.served.model}` cannot hold answers to a form: {error.message}",
            hint="Evaluate this model without a grammar.",
        )
    own_hint = error.hint if isinstance(error, HostRefusedError) else ""
    return JobError(error.message, hint=f"{own_hint} {GO_ON}".strip())
