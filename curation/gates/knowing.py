"""What gates must know of an example that the project has already."""

from __future__ import annotations

from curation.duplicates.marking import LONGEST
from curation.gates.contract import Known
from curation.model.envelope import normal_hash
from curation.model.example import Example
from curation.rules.digest import asked_of, shape_of


def know(example: Example, *, is_test: bool = False) -> Known:
    """The example as gates know it."""
    return Known(
        normal_hash=normal_hash(example),
        asked=asked_of(example)[:LONGEST],
        whole=shape_of(example)[:LONGEST],
        is_test=is_test,
        group=example.group or "",
    )
