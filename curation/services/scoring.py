"""Scoring a file of answers against a file of gold rows, without a database."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import BinaryIO

from curation.errors import UnreadableError
from curation.formats import detect_format
from curation.formats.files import FileRow, read_rows
from curation.metrics.answers import Answer, read_answers
from curation.metrics.expected import expect
from curation.metrics.report import Report
from curation.metrics.score import score_answers
from curation.model.example import Example
from curation.model.reading import Reject

LOOKED_AT = 20
"""Lines of a gold file that tell its format."""


def score_files(gold: Path, answers: Path) -> Report:
    """Score the answers of one file against the gold rows of another, row by row.

    Raises:
        UnreadableError: a row of either file cannot be read, or their numbers differ; the sentence names the line.
    """
    with _open(gold) as stream:
        fmt = detect_format(list(islice(stream, LOOKED_AT)))
        stream.seek(0)
        is_router = fmt.name == "router"
        rows = [(row.line, _require_gold(row, gold.name, is_router=is_router)) for row in read_rows(stream, fmt)]
    with _open(answers) as stream:
        given = list(read_answers(stream, answers.name))
    _require_partners(rows, given, gold.name, answers.name)
    return score_answers([example for _, example in rows], given, router=True if is_router else None)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.", hint="Check the path.") from error


def _require_gold(row: FileRow, name: str, *, is_router: bool) -> Example:
    if isinstance(row.result, Reject):
        raise UnreadableError(f"Line {row.line} of {name} cannot be read: {row.result.reason}")
    example = row.result.example
    if expect(example, is_router=is_router) is None:
        raise UnreadableError(
            f"Line {row.line} of {name} has no assistant turn, so nothing is expected of the answer.",
            hint="End every gold row with the turn that is right.",
        )
    return example


def _require_partners(golds: list[tuple[int, Example]], answers: list[Answer], gold: str, given: str) -> None:
    if len(golds) == len(answers):
        return
    if len(golds) > len(answers):
        alone = f"line {golds[len(answers)][0]} of {gold} has no answer"
    else:
        alone = f"line {len(golds) + 1} of {given} has no gold row"
    raise UnreadableError(
        f"{gold} has {len(golds)} rows but {given} has {len(answers)} answers: {alone}.",
        hint="Give one answer a row, in order.",
    )
