"""Looks at training rows as the trainer will: what is written, what carries loss, and what would go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.finding import Finding, Severity
from curation.rendering.jinja import UnusableTemplateError
from curation.rendering.loss import Piece, loss_mask
from curation.rendering.rows import ChatRow
from curation.rendering.template import Template
from curation.rendering.truth import TemplateCheck
from curation.rules import judge

STOPPING = frozenset({"X07", "X08"})
"""Warnings elsewhere; here the row is about to be trained on, and these say that it would not be learnt."""


class CheckedRow(msgspec.Struct, frozen=True):
    """One row, rendered: its pieces, how long it is, and what would go wrong."""

    number: int
    """Position in the file, from 1."""
    tokens: int
    n_trained: int
    pieces: tuple[Piece, ...]
    problems: tuple[str, ...] = ()
    """Why the row must not be trained on, one sentence each."""
    findings: tuple[Finding, ...] = ()
    """All that the template does to the row, with places in it; the problems are among them."""


def check_rows(template: Template, rows: Iterable[ChatRow], *, max_length: int) -> Iterator[CheckedRow]:
    """Check rows one by one; nothing is cut, a row that is too long is named."""
    # The worker tells the model's words by the turns' ends, whatever the template marks.
    through = TemplateCheck(template, max_length=max_length, by_marks=False)
    for number, row in enumerate(rows, start=1):
        yield check_row(through, row, number)


def check_row(through: TemplateCheck, row: ChatRow, number: int) -> CheckedRow:
    """Render one row, and say what its template and its loss would miss."""
    findings = through.check(row)
    problems = tuple(f"Row {number}: {one.message}" for one in findings if stops_training(one))
    try:
        mask = loss_mask(through.template, row)
    except UnusableTemplateError:
        raise
    except UnreadableError as error:
        return CheckedRow(number, 0, 0, (), problems or (f"Row {number}: {error.message}",), findings)
    return CheckedRow(number, len(mask.ids), sum(mask.trained), tuple(mask.pieces()), problems, findings)


def stops_training(finding: Finding) -> bool:
    """Whether a row with this finding must not be trained on as it is."""
    return finding.code in STOPPING or any(one.severity is Severity.ERROR for one in judge([finding]))
