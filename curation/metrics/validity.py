"""Can the answers be used at all?"""

from __future__ import annotations

from curation.metrics.contract import Metric, count_if
from curation.metrics.given import Verdict

VALID = (Verdict.VALID_CALL, Verdict.VALID_NO_TOOL)

METRICS = (
    Metric("valid_call_rate", "Valid answers", lambda row: count_if(row.verdict in VALID)),
    Metric(
        "silent_wrong_rate",
        "Valid calls that are wrong",
        lambda row: count_if(row.verdict is Verdict.VALID_CALL and row.failure is not None),
        higher_is_better=False,
        is_mute=lambda row: row.is_invalid,
    ),
)
