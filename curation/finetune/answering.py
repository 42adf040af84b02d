"""Lets a model answer rows, one line of `answers.jsonl` each, going on where a killed worker stopped."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from curation.errors import JobError, UnreadableError
from curation.finetune.answer_lengths import measure
from curation.finetune.answering_remotely import ask_remotely
from curation.finetune.journal import Journal
from curation.finetune.repairing import Doubted, read_text, repair
from curation.finetune.rows import TRAIN, answer_turn, ask
from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.spec import AnswerSpec
from curation.finetune.weights import count_weights
from curation.finetune.work import Work
from curation.formats import get_format
from curation.formats.files import FileRow, read_rows
from curation.formats.router import RouterCall, parse_answer
from curation.llm.contract import ChatClient
from curation.llm.grammar import NO_GRAMMAR, Grammar, write_grammar
from curation.llm.local import LocalModel
from curation.metrics.answers import Answer, Repair
from curation.metrics.held import Held
from curation.metrics.lengths import Lengths
from curation.model.definition import Definition
from curation.model.reading import Reading, Reject
from curation.model.values import Json
from curation.rendering import FORMAT_OF_STYLE, ChatRow, read_chat_rows, read_numbered_row

BATCHES_A_CHUNK = 2
"""Answers are written after so many batches; a kill loses at most these."""


SMALL_WEIGHTS = 500_000_000
BATCH, BATCH_OF_SMALL = 16, 32
"""A step of 32 rows of a small model takes little longer than one of 16; of a large one, memory is the limit."""


class AnswerLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer as it is stored; the same shape `callwright score` reads."""

    text: str
    tokens: int
    latency_ms: float
    repairs: tuple[Repair, ...] = ()
    is_closed: bool = False
    is_cut: bool = False
    is_empty: bool = False


class Asked(msgspec.Struct, frozen=True):
    """One row, and the tools that it offers."""

    row: ChatRow
    tools: tuple[Definition, ...] | None
    """None where the row does not say: nothing is known of what it offers."""
    grammar: Grammar = NO_GRAMMAR

    @property
    def is_refused(self) -> bool:
        """Whether the grammar does not let the right answer through."""
        if not self.grammar.text or not self.row.trained_turns():
            return False
        right = self.row.messages[answer_turn(self.row)].get("content")
        return not self.grammar.can_say(parse_answer(str(right)))


def answer_rows(folder: RunFolder, spec: AnswerSpec, journal: Journal) -> Exit:
    """Answer all rows of the spec that have no answer yet."""
    if spec.remote is not None:
        return ask_remotely(folder, spec, spec.remote, journal)
    journal.enter("loading model")
    asked = read_asked(folder.data / spec.rows, spec)
    if not asked:
        raise JobError(f"The file {spec.rows} has no rows to answer.", hint="Freeze a version with test rows.")
    held = sum_up_held(asked) if spec.grammar else None
    for note in held.notes if held else ():
        journal.say(note)
    shown = choose_examples(folder.data / (spec.examples or TRAIN), spec)
    done = count_answers(folder.answers)
    spec = msgspec.structs.replace(spec, batch_size=spec.batch_size or choose_batch(spec.model))
    model = LocalModel.load(spec.model, spec.adapter, threads=spec.threads or None)
    # Of all rows, so that a run that goes on where it was stopped asks the rest as it asked the first.
    lengths = measure(model, [one.row for one in asked], spec.max_new_tokens)
    spec = msgspec.structs.replace(spec, max_new_tokens=lengths.limit)
    journal.enter("answering", steps=len(asked))
    journal.say(f"Answering {len(asked)} rows" + (f", {done} of them already done." if done else "."))
    tell_lengths(journal, lengths)
    while done < len(asked) and not journal.should_stop:
        done += _answer_chunk(folder, spec, model, asked[done:], shown)
        journal.reach(done, len(asked))
        journal.say(f"{done} of {len(asked)} rows answered.", step=done)
    return _ended(folder, spec, done, len(asked), {"grammar": held, "answer_length": lengths})


def tell_lengths(journal: Journal, lengths: Lengths) -> None:
    """How long an answer may be, and which right ones are longer."""
    journal.say(f"An answer may have {lengths.limit:,} tokens.")
    for note in lengths.notes:
        journal.say(note, level="warning")


def read_asked(path: Path, spec: AnswerSpec) -> list[Asked]:
    """The rows with what they offer, and the grammar of an answer where one is wanted."""
    if spec.grammar and spec.style != "router":
        raise JobError(
            "A grammar holds answers to the router's form, and these rows are conversations.",
            hint="Ask without a grammar, or from rows in the router format.",
        )
    try:
        with path.open("rb") as stream:
            written = (row for row in read_rows(stream, get_format(FORMAT_OF_STYLE[spec.style])) if row.raw.strip())
            return [_read_one(row, path, spec) for row in islice(written, spec.limit)]
    except OSError as error:
        raise UnreadableError(f"The rows to answer in {path.name} cannot be read: {error.strerror}.") from error


def _read_one(row: FileRow, path: Path, spec: AnswerSpec) -> Asked:
    tools = _offered(row.result)
    grammar = write_grammar(tools) if spec.grammar and tools is not None else NO_GRAMMAR
    return Asked(read_numbered_row(row.raw, spec.style, path, row.line), tools, grammar)


def sum_up_held(asked: Sequence[Asked]) -> Held:
    """What the grammars of all rows let through and what not; which answers they end is seen when they are given."""
    return Held(
        loosened=tuple(sorted({name for one in asked for name in one.grammar.loosened})),
        refused=sum(one.is_refused for one in asked),
        unheld=sum(not one.grammar.text for one in asked),
    )


def _offered(reading: Reading | Reject) -> tuple[Definition, ...] | None:
    tools = reading.example.tools if isinstance(reading, Reading) else None
    return tools if isinstance(tools, tuple) else None


def choose_batch(model: Path) -> int:
    """How many rows a model answers side by side."""
    return BATCH_OF_SMALL if count_weights(model) < SMALL_WEIGHTS else BATCH


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
    """The tool that a row shows being called: in a conversation by the last turn that calls, words may follow."""
    if row.style != "router":
        calling = next((turn["tool_calls"] for turn in reversed(row.messages) if turn.get("tool_calls")), None)
        return _first_name(calling)
    answer = parse_answer(str(row.messages[-1].get("content")))
    return answer.tool if isinstance(answer, RouterCall) else ""


def _first_name(calls: Json) -> str:
    first = calls[0] if isinstance(calls, list) and calls else None
    function = first.get("function") if isinstance(first, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else ""


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
    folder: RunFolder, spec: AnswerSpec, model: ChatClient, asked: Sequence[Asked], shown: Sequence[ChatRow]
) -> int:
    chunk = asked[: BATCHES_A_CHUNK * spec.batch_size]
    prompts = [msgspec.structs.replace(ask(one.row, shown), grammar=one.grammar.text) for one in chunk]
    answers = [read_text(reply) for reply in model.answer(prompts, spec.max_new_tokens, spec.batch_size)]
    doubted = [
        Doubted(prompt, answer, one.tools, spec.style == "router")
        for prompt, answer, one in zip(prompts, answers, chunk, strict=True)
    ]
    repairs = repair(model, doubted, spec.repairs, spec.max_new_tokens, spec.batch_size)
    with folder.answers.open("ab") as stream:
        stream.write(b"".join(answer_line(*one) for one in zip(answers, repairs, strict=True)))
        stream.flush()
        os.fsync(stream.fileno())
    return len(answers)


def answer_line(answer: Answer, repairs: tuple[Repair, ...]) -> bytes:
    """The line of an answer with what saying findings back brought."""
    line = AnswerLine(
        answer.text or "",
        answer.tokens or 0,
        answer.latency_ms or 0.0,
        repairs,
        is_closed=answer.is_closed,
        is_cut=answer.is_cut,
        is_empty=answer.is_empty,
    )
    return msgspec.json.encode(line) + b"\n"


def _ended(
    folder: RunFolder, spec: AnswerSpec, done: int, rows: int, known: Mapping[str, Held | Lengths | None]
) -> Exit:
    summary: dict[str, Json] = {"answered": done, "rows": rows}
    summary |= {name: msgspec.to_builtins(one) for name, one in known.items() if one is not None}
    if done < rows:
        return Exit(spec.launch_id, "cancelled", location=str(folder.path), summary=summary)
    return Exit(spec.launch_id, "succeeded", location=str(folder.path), summary=summary)


WORK = Work("evaluate", AnswerSpec, answer_rows)
