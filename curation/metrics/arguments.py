"""Are the arguments right?"""

from __future__ import annotations

from curation.metrics.contract import Metric, count_if
from curation.metrics.fields import Outcome
from curation.metrics.intervals import Tally
from curation.metrics.scored import Scored


def _count_fields(row: Scored, outcome: Outcome) -> Tally:
    """Arguments with this outcome for each gold argument of a row.

    An extra one is none of the gold arguments, so that rate alone can pass 1.
    """
    n_gold = sum(field.outcome is not Outcome.EXTRA for field in row.fields)
    return sum(field.outcome is outcome for field in row.fields), n_gold


def _split(outcome: Outcome, title: str) -> Metric:
    """An argument that is not there is missing, whatever could not be read; it is nothing else."""
    return Metric(
        f"field_{outcome.value}",
        title,
        lambda row: _count_fields(row, outcome),
        higher_is_better=False,
        is_mute=None if outcome is Outcome.MISSING else lambda row: row.is_unreadable,
    )


METRICS = (
    Metric("argument_match", "All arguments right", lambda row: count_if(row.has_right_arguments, of=row.is_call_row)),
    Metric(
        "argument_match_given_tool",
        "All arguments right, given the tool",
        lambda row: count_if(row.has_right_arguments, of=row.is_call_row and row.has_right_names),
    ),
    Metric("exact_match", "Calls equal as JSON", lambda row: count_if(row.is_exact, of=row.is_call_row)),
    Metric("fuzzy_match", "Calls nearly equal", lambda row: count_if(row.is_close, of=row.is_call_row)),
    Metric(
        "functional_match",
        "Same effect on the mocks",
        lambda row: count_if(row.has_same_effect is True, of=row.has_same_effect is not None),
    ),
    Metric("field_accuracy", "Right arguments", lambda row: _count_fields(row, Outcome.MATCHING)),
    _split(Outcome.MISSING, "Missing arguments"),
    _split(Outcome.EXTRA, "Needless arguments"),
    _split(Outcome.WRONG_TYPE, "Arguments of the wrong type"),
    _split(Outcome.WRONG_UNIT, "Arguments in the wrong unit"),
    _split(Outcome.WRONG_VALUE, "Arguments with the wrong value"),
)
