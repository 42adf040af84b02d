"""Lets a model answer rows, one line of `answers.jsonl` each, going on where a killed worker stopped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from curation.errors import JobError
from curation.finetune.journal import Journal
from curation.finetune.rows import TRAIN, ask
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.spec import AnswerSpec
from curation.finetune.work import Work
from curation.formats.router import RouterCall, parse_answer
from curation.llm.contract import ChatClient, Reply
from curation.llm.local import LocalModel
from curation.model.values import Json
from curation.rendering import ChatRow, read_chat_rows

BATCHES_A_CHUNK = 2
"""Answers are written after so many batches; a kill loses at most these."""


class AnswerLine(msgspec.Struct, frozen=True):
    """One answer as it is stored; the same shape `callwright score` reads."""

    text: str
    tokens: int
    latency_ms: float


def answer_rows(folder: RunFolder, spec: AnswerSpec, journal: Journal) -> Exit:
    """Answer all rows of the spec that have no answer yet."""
    journal.enter("loading model")
    questions = list(read_chat_rows(folder.data / spec.rows, spec.style))[: spec.limit]
    if not questions:
        raise JobError(f"The file {spec.rows} has no rows to answer.", hint="Freeze a version with test rows.")
    shown = choose_examples(folder.data / (spec.examples or TRAIN), spec)
    done = count_answers(folder.answers)
    model = LocalModel.load(spec.model, spec.adapter, threads=spec.threads or None)
    journal.enter("answering", steps=len(questions))
    journal.say(f"Answering {len(questions)} rows" + (f", {done} of them already done." if done else "."))
    while done < len(questions) and not journal.should_stop:
        done += _answer_chunk(folder, spec, model, questions[done:], shown)
        journal.reach(done, len(questions))
        journal.say(f"{done} of {len(questions)} rows answered.", step=done)
    return _ended(folder, spec, done, len(questions))


def choose_examples(path: Path, spec: AnswerSpec) -> tuple[ChatRow, ...]:
    """The worked examples of a spec; none where it shows none."""
    return choose_shown(list(read_chat_rows(path, spec.style)), spec.shots) if spec.shots else ()


def choose_shown(rows: Sequence[ChatRow], shots: int) -> tuple[ChatRow, ...]:
    """The first rows that answer with different tools, so that four examples show four kinds of answer."""
    chosen: dict[str, ChatRow] = {}
    for row in rows:
        if len(chosen) < shots:
            chosen.setdefault(_answered_with(row), row)
    spare = [row for row in rows if row not in chosen.values()]
    return (*chosen.values(), *spare)[:shots]


def _answered_with(row: ChatRow) -> str:
    answer = parse_answer(str(row.messages[-1].get("content")))
    return answer.tool if isinstance(answer, RouterCall) else ""


def count_answers(path: Path) -> int:
    """How many whole answers stand in the file; half a line at its end is cut off."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end != len(content):
        os.truncate(path, end)
    return content.count(b"\n")


def _answer_chunk(
    folder: RunFolder, spec: AnswerSpec, model: ChatClient, rows: Sequence[ChatRow], shown: Sequence[ChatRow]
) -> int:
    prompts = [ask(row, shown) for row in rows[: BATCHES_A_CHUNK * spec.batch_size]]
    replies = model.answer(prompts, spec.max_new_tokens, spec.batch_size)
    with folder.answers.open("ab") as stream:
        stream.write(b"".join(_line(reply) for reply in replies))
        stream.flush()
        os.fsync(stream.fileno())
    return len(replies)


def _line(reply: Reply) -> bytes:
    return msgspec.json.encode(AnswerLine(reply.text, reply.tokens, reply.latency_ms)) + b"\n"


def _ended(folder: RunFolder, spec: AnswerSpec, done: int, rows: int) -> Exit:
    summary: dict[str, Json] = {"answered": done, "rows": rows}
    if done < rows:
        return Exit(spec.launch_id, "cancelled", location=str(folder.path), summary=summary)
    return Exit(spec.launch_id, "succeeded", location=str(folder.path), summary=summary)


WORK = Work("evaluate", AnswerSpec, answer_rows)
