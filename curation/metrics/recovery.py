"""What does the model do after a call has failed?"""

from __future__ import annotations

from curation.metrics.contract import Metric, count_if

METRICS = (
    Metric("recovery_rate", "Recovered as labelled", lambda row: count_if(row.is_recovered, of=row.is_recovery)),
    Metric(
        "unsafe_retry_rate",
        "Failed call repeated unchanged",
        lambda row: count_if(row.repeats_failure, of=row.is_recovery),
        higher_is_better=False,
        is_mute=lambda row: row.is_unreadable,
    ),
)
