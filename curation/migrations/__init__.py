"""Moving examples from one definition of a tool to the next: what to do, found from the difference, and doing it.

Pure: an example and a move in, an example out. What cannot be moved exactly stays as it is, and the checker says so.
"""

from __future__ import annotations

from curation.migrations.detecting import detect_steps, match_renamed
from curation.migrations.moving import Move, Moved, move_example
from curation.migrations.steps import Step, StepKind, describe_step, is_ready

__all__ = [
    "Move",
    "Moved",
    "Step",
    "StepKind",
    "describe_step",
    "detect_steps",
    "is_ready",
    "match_renamed",
    "move_example",
]
