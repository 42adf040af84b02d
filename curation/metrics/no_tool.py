"""Does the model keep still when no tool fits, and only then?"""

from __future__ import annotations

from curation.metrics.contract import Metric, count_if
from curation.metrics.given import Verdict
from curation.metrics.intervals import Tally
from curation.metrics.scored import Scored


def _count_reason(row: Scored) -> Tally:
    """Only no-tool rows with a labelled reason, answered with a reason, say anything."""
    wanted, given = row.expected.reason, row.given.reason
    return count_if(wanted == given, of=not row.is_call_row and wanted is not None and given is not None)


METRICS = (
    Metric(
        "false_call_rate",
        "Calls where none was wanted",
        lambda row: count_if(row.given.has_calls, of=not row.is_call_row),
        higher_is_better=False,
        is_mute=lambda row: row.is_unreadable,
    ),
    Metric(
        "invalid_on_no_tool",
        "Unreadable where no call was wanted",
        lambda row: count_if(row.verdict is Verdict.UNPARSEABLE, of=not row.is_call_row),
        higher_is_better=False,
    ),
    Metric(
        "missed_call_rate",
        "No call where one was wanted",
        lambda row: count_if(row.verdict is Verdict.VALID_NO_TOOL, of=row.is_call_row),
        higher_is_better=False,
        is_mute=lambda row: row.is_half_silent,
    ),
    Metric("reason_accuracy", "Right reason for no call", _count_reason),
)
