"""Two rates as lessons define them, with denominators that flatter or punish; for comparison only.

The first divides by all valid answers, so a perfect model on a set with a fifth of no-tool rows reads 80 %. The second
divides by all rows, so a model that calls on every no-tool row of that set reads 20 %.
"""

from __future__ import annotations

from curation.metrics.contract import Metric, count_if
from curation.metrics.validity import VALID

METRICS = (
    Metric(
        "lesson_argument_match",
        "All arguments right, of valid answers (comparison only)",
        lambda row: count_if(row.has_right_arguments, of=row.verdict in VALID),
        comparison_only=True,
    ),
    Metric(
        "lesson_false_call_rate",
        "Calls where none was wanted, of all rows (comparison only)",
        lambda row: count_if(row.given.has_calls and not row.is_call_row),
        higher_is_better=False,
        comparison_only=True,
        is_mute=lambda row: row.is_unreadable,
    ),
)
