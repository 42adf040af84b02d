"""Which findings a person may keep, how a screen names one, and how a keeping is taken back."""

from __future__ import annotations

from zlib import crc32

import msgspec

from curation.errors import NotFoundError
from curation.model.example import Example, Waiver
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


def name_waiver(waiver: Waiver) -> str:
    """A waiver's name: one rule is kept for one value only once."""
    return f"{waiver.rule}.{waiver.fingerprint}"


def take_back(example: Example, name: str) -> Example:
    """The example without a waiver: its finding counts again."""
    left = tuple(one for one in example.waivers if name_waiver(one) != name)
    if len(left) == len(example.waivers):
        raise NotFoundError("That was not kept, or it was taken back already.", hint="Look at the findings again.")
    return msgspec.structs.replace(example, waivers=left)
