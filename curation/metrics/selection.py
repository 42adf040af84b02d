"""Is the right tool chosen?"""

from __future__ import annotations

from curation.metrics.contract import Metric, count_if

METRICS = (Metric("tool_name_accuracy", "Right tool", lambda row: count_if(row.has_right_names)),)
