"""Scoring a stream of answers against a stream of gold rows, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

import msgspec

from curation.errors import UnreadableError
from curation.formats import detect_format
from curation.formats.files import FileRow, Rows
from curation.metrics.annotations import find_annotation_fault
from curation.metrics.answers import read_answers
from curation.metrics.confusion import count_confusion
from curation.metrics.effects import has_mock
from curation.metrics.expected import expect, is_router_row
from curation.metrics.report import Report
from curation.metrics.score import score_answers
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.reading import Reject
from curation.model.values import Json


class Source(NamedTuple):
    """A stream with the name that sentences call it by."""

    stream: BinaryIO
    name: str


def score_streams(gold: Source, answers: Source, tools: Sequence[Tool] = ()) -> Report:
    """Score answers against gold rows of any known format, row by row.

    Args:
        gold: the rows.
        answers: one answer a row, in their order.
        tools: what is known of the tools beyond what a model sees: what they change and bring back.

    Raises:
        UnreadableError: a row of either stream cannot be read, or their numbers differ; the sentence names the line.
    """
    file = Rows(gold.stream, gold.name)
    fmt = detect_format(file.head.rows)
    is_router = fmt.name == "router"
    rows = [
        (row.line, _require_gold(row, gold.name, is_router=is_router)) for row in _without_blank_end(file.read(fmt))
    ]
    given = list(read_answers(answers.stream, answers.name))
    _require_partners([line for line, _ in rows], len(given), gold.name, answers.name)
    known = {tool.name: tool for tool in tools}
    return score_answers([example for _, example in rows], given, router=True if is_router else None, tools=known)


def to_json(report: Report) -> dict[str, Json]:
    """The machine shape of a report, with the whole table of which tool was taken for which."""
    return {**report.to_json(), "confusion": msgspec.to_builtins(count_confusion(report.scored))}


def find_unmocked(report: Report, tools: Sequence[Tool]) -> tuple[str, ...]:
    """Tools the gold rows call of which nobody knows what they bring back: their rows are not run on mocks."""
    known = {tool.name: tool for tool in tools}
    called = dict.fromkeys(name for row in report.scored for name in row.expected.names)
    return tuple(name for name in called if not has_mock(known.get(name)))


def find_guessed(report: Report, tools: Sequence[Tool]) -> tuple[str, ...]:
    """Tools that answers call and whose side effect nobody has said: it is guessed from the name."""
    said = {tool.name for tool in tools if tool.side_effect}
    called = dict.fromkeys(call.name for row in report.scored for call in row.given.calls)
    return tuple(name for name in called if name not in said)


def _without_blank_end(rows: Iterator[FileRow]) -> Iterator[FileRow]:
    """The rows without empty lines after the last one; an empty line between rows stays, and is refused."""
    blank: list[FileRow] = []
    for row in rows:
        if not row.raw.strip() and isinstance(row.result, Reject):
            blank.append(row)
            continue
        yield from blank
        blank = []
        yield row


def _require_gold(row: FileRow, name: str, *, is_router: bool) -> Example:
    if isinstance(row.result, Reject):
        raise UnreadableError(f"Line {row.line} of {name} cannot be read: {row.result.reason}")
    example = row.result.example
    expected = expect(example, is_router=is_router or is_router_row(example))
    if expected is None:
        raise UnreadableError(
            f"Line {row.line} of {name} has no assistant turn, so nothing is expected of the answer.",
            hint="End every gold row with the turn that is right.",
        )
    if fault := find_annotation_fault(example, expected):
        raise UnreadableError(f"Line {row.line} of {name} cannot be scored: {fault}.", hint="Correct the gold row.")
    return example


def _require_partners(gold_lines: Sequence[int], n_answers: int, gold: str, answers: str) -> None:
    n_golds = len(gold_lines)
    if n_golds == n_answers:
        return
    if n_golds > n_answers:
        alone = f"line {gold_lines[n_answers]} of {gold} has no answer"
    else:
        alone = f"line {n_golds + 1} of {answers} has no gold row"
    raise UnreadableError(
        f"{gold} has {n_golds} rows but {answers} has {n_answers} answers: {alone}.",
        hint="Give one answer a row, in order.",
    )
