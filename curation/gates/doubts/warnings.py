"""Doubts that the checker has already: findings a person may wave through, and a machine's draft may not."""

from __future__ import annotations

from collections.abc import Iterable

from curation.gates.doubts.contract import Doubted
from curation.model.finding import Finding

REASONS = {
    "ungrounded-value": "unsaid_value",
    "value-typo": "unsaid_value",
    "derived-value": "unsaid_value",
    "value-from-later": "unsaid_value",
    "value-of-other-entity": "other_entity",
    "placeholder-value": "invented_value",
    "required-empty": "invented_value",
    "arguments-swapped": "swapped_values",
    "relative-date": "shifted_date",
    "call-after-withdrawal": "after_refusal",
    "unconfirmed-destruction": "unconfirmed",
    "success-after-error": "contradicts_result",
    "answer-contradicts-result": "contradicts_result",
    "result-ignored": "contradicts_result",
    "action-without-call": "pretended",
    "pretended-tool": "pretended",
    "call-was-possible": "call_was_possible",
    "question-missing": "bad_question",
    "question-unspecific": "bad_question",
    "injection-obeyed": "obeyed_injection",
    "permission-bypassed": "unsafe_recovery",
    "unsafe-retry": "unsafe_recovery",
    "rate-limit-ignored": "unsafe_recovery",
    "failed-call-repeated": "unsafe_recovery",
    "call-loop": "done_again",
    "identical-calls": "done_again",
    "dependent-parallel-calls": "unsaid_value",
}
"""Rule → reason."""


def doubt_findings(findings: Iterable[Finding]) -> Doubted | None:
    """The first finding that speaks against believing a draft."""
    for finding in findings:
        reason = REASONS.get(finding.rule)
        if reason is not None:
            return Doubted(reason, f"{finding.message} It stands at {finding.at}.")
    return None
