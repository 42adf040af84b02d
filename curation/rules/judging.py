"""How bad a finding is for a target, and which findings a person chose to keep."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import orjson

from curation.model.example import Waiver
from curation.model.finding import Finding, Judged, Severity
from curation.model.values import Json
from curation.rules.registry import REGISTRY
from curation.targets import Target, get_target

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def judge(findings: Iterable[Finding], target: str | None = None, waivers: Sequence[Waiver] = ()) -> tuple[Judged, ...]:
    """The findings with their severity for a target, errors first, waived ones left out.

    Without a target a finding is as bad as it is for every target.
    """
    profile = get_target(target) if target else None
    kept = {(waiver.rule, waiver.fingerprint) for waiver in waivers}
    judged = []
    for finding in findings:
        severity = severity_of(finding, profile)
        if severity is not None and not (kept and _is_waived(finding, kept)):
            judged.append(Judged(finding, severity))
    return tuple(sorted(judged, key=lambda item: _ORDER[item.severity]))


def severity_of(finding: Finding, target: Target | None) -> Severity | None:
    """How bad one finding is; None: it does not matter for this target."""
    rule = REGISTRY.get(finding.rule)
    if rule is None:
        return Severity.WARNING
    if target is not None and finding.rule in target.severity:
        return target.severity_of(finding.rule, rule.severity)
    if rule.grade is not None:
        return rule.grade(finding, target)
    return rule.severity


def _is_waived(finding: Finding, kept: set[tuple[str, str]]) -> bool:
    rule = REGISTRY.get(finding.rule)
    return rule is not None and rule.waivable and (finding.rule, fingerprint(finding)) in kept


def fingerprint(finding: Finding) -> str:
    """Names a finding by its rule and flagged values: the same after the turn was moved, another after an edit.

    A finding without values is named by the last step of its place, which a move does not change either.
    """
    named: Json = finding.values or finding.at.rpartition("/")[2]
    text = orjson.dumps([finding.rule, _sortable(named)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:16]


def _sortable(value: Json) -> Json:
    """The same value in a form that always serialises: big integers and odd floats as text."""
    if isinstance(value, dict):
        return {str(key): _sortable(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_sortable(child) for child in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        return str(value)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    return value
