"""Whether rows survive an export. `curation.formats` finds these, with one format at hand."""

from __future__ import annotations

from curation.model.finding import Finding, Severity
from curation.rules.registry import rule
from curation.targets import Target


@rule("X10", scope="render")
def export_not_identity() -> None:
    """What an export wrote does not read back as what was exported.

    Each exported row is read again and compared with its example. A difference that the format has not listed as a
    loss means that the file teaches something else than the examples. Do not train on the file, and report the row.

    Bad: a turn with `"weight": 0` that comes back without its weight

    Good: the same turns, calls, arguments, definitions and weights as before
    """


def _loss_grade(finding: Finding, _target: Target | None) -> Severity | None:
    """Labels are ours and no trainer reads them; a refused row is missing from the file."""
    if finding.values.get("refused"):
        return Severity.ERROR
    return Severity.INFO if finding.values.get("label") else Severity.WARNING


@rule("X12", scope="render", severity=Severity.WARNING, waivable=True, grade=_loss_grade, may_be_error=True)
def export_loses() -> None:
    """A format cannot hold a part of the row.

    The export leaves it out and says so before the download. Labels and groups are only information, as no trainer
    reads them. A row that the format cannot hold at all is missing from the file, and that is an error.

    Bad: two calls in one turn, exported as router rows

    Good: one call a turn, or a format that holds several
    """
