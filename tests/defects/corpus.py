"""The corpus: seeded damaged twins for each rule, and whether the rule finds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from curation.model.reading import Reject
from curation.rules import RULES, Rule
from tests.defects import (
    damage_arguments,
    damage_behaviour,
    damage_bytes,
    damage_choices,
    damage_renders,
    damage_tools,
    damage_turns,
    damage_whole,
)
from tests.defects.damage import DAMAGE
from tests.defects.rows import natural_faults, real_rows
from tests.unit.rules.rule_cases import Case

MODULES = (
    damage_arguments,
    damage_behaviour,
    damage_bytes,
    damage_choices,
    damage_renders,
    damage_tools,
    damage_turns,
    damage_whole,
)
SEED = 20_261_120
TRIES = 400
_HIDES = ("T06",)
"""A schema that cannot be read hides whatever else is wrong with it."""


def twins_of(code: str, n: int) -> Iterator[tuple[str, Case]]:
    """`n` damaged twins for a rule, each with the id of its row; rows that have the fault anyway are left out."""
    draw = Random(f"{SEED} {code}")
    sound = [one for one in real_rows() if {code, *_HIDES}.isdisjoint(natural_faults().get(one, []))]
    made = 0
    for _ in range(TRIES):
        if made >= n:
            return
        identifier = draw.choice(sound)
        function = DAMAGE[code][made % len(DAMAGE[code])]
        damaged = function(json.loads(real_rows()[identifier]), draw)
        if damaged is not None:
            made += 1
            yield identifier, damaged if isinstance(damaged, Case) else Case("twin", "damaged", row=damaged)


def is_found(rule: Rule, case: Case) -> bool:
    """Whether the rule says something about a twin."""
    if case.rows is None:
        reading = case.read()
        if isinstance(reading, Reject):
            return reading.rule == rule.slug
    return any(finding.rule == rule.slug for finding in case.findings())


def rules_in_order() -> list[Rule]:
    """Every rule, in the order of its code."""
    return sorted(RULES, key=lambda rule: rule.code)
