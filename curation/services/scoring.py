"""Scoring a stream of answers against a stream of gold rows, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from curation.errors import UnreadableError
from curation.formats import detect_format
from curation.formats.files import FileRow, Rows
from curation.metrics.annotations import find_annotation_fault
from curation.metrics.answers import read_answers
from curation.metrics.expected import expect, is_router_row
from curation.metrics.report import Report
from curation.metrics.score import score_answers
from curation.model.example import Example
from curation.model.reading import Reject


class Source(NamedTuple):
    """A stream with the name that sentences call it by."""

    stream: BinaryIO
    name: str


def score_streams(gold: Source, answers: Source) -> Report:
    """Score answers against gold rows of any known format, row by row.

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
    return score_answers([example for _, example in rows], given, router=True if is_router else None)


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
