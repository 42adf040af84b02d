"""The table of damage: for each rule, small functions that break a copy of a real row so that the rule must find it."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any

from tests.defects.rows import Row
from tests.unit.rules.rule_cases import Case

Damage = Callable[[Row, Random], Any]
"""Takes a copy it may change; returns the damaged row, a Case when more than a row is needed, or None: no use here."""
DAMAGE: defaultdict[str, list[Damage]] = defaultdict(list)
"""Code → functions."""


def damages(*codes: str) -> Callable[[Damage], Damage]:
    """Register a function as damage that these rules must find."""

    def register(function: Damage) -> Damage:
        for code in codes:
            DAMAGE[code].append(function)
        return function

    return register


def of_bytes(raw: bytes) -> Case:
    return Case("twin", "damaged", bytes=base64.b64encode(raw).decode())


def of_rows(rows: list[Row], splits: list[str] | None = None) -> Case:
    return Case("twins", "damaged", rows=rows, splits=splits)


def of_row(row: Row, **more: Any) -> Case:
    return Case("twin", "damaged", row=row, **more)
