"""Which findings a person may keep, and how a screen names one."""

from __future__ import annotations

from zlib import crc32

from curation.model.finding import Finding
from curation.rules import RULES, fingerprint

_WAIVABLE = frozenset(rule.slug for rule in RULES if rule.waivable)


def can_be_kept(finding: Finding) -> bool:
    """Whether a person may keep this anyway, with a reason."""
    return finding.rule in _WAIVABLE


def name_finding(finding: Finding) -> str:
    """A name that does not depend on the place in a list; two findings may differ in their sentence only."""
    sentence = crc32(finding.message.encode(errors="replace"))
    return f"{finding.rule}.{fingerprint(finding)[:16]}.{sentence:08x}.{finding.at}"
