"""Makes the fix a finding offers."""

from __future__ import annotations

from curation.model.example import Example
from curation.model.finding import Fix
from curation.reading.edits import apply_fix


def repair(example: Example, fix: Fix) -> Example:
    """The example with one finding's fix made; everything else keeps its exact text."""
    return apply_fix(example, fix)
