"""Numbers as people use them: a page of twenty, a week in seconds, a year of this century."""

from __future__ import annotations

import re
from random import Random

from curation.execution.drawing import draw, type_of
from curation.model.values import Json
from curation.synthesizers.details import label_words

_FIGURES: tuple[tuple[re.Pattern[str], tuple[float, ...]], ...] = (
    (
        re.compile(r"\b(?:limit|per page|page size|max results|top|count|size|first|last|rows)$"),
        (5, 10, 20, 25, 50),
    ),
    (re.compile(r"\b(?:page|offset|start|index)$"), (1, 2, 3, 4, 5, 10)),
    (
        re.compile(
            r"\b(?:created|updated|expires|finished|started|estimated finish) at$|\bestimated finish$|^created$"
        ),
        (1735732800, 1740830400, 1751360400, 1756717200),
    ),
    (re.compile(r"\bbytes$"), (2048, 15360, 120000, 482113)),
    (re.compile(r"\bseconds$"), (3600, 86400, 259200, 604800, 1209600)),
    (re.compile(r"\byear$"), (2021, 2022, 2023, 2024, 2025, 2026)),
    (re.compile(r"\b(?:quantity|guests|people|adults|seats|copies|days|nights|hours)$"), (1, 2, 3, 4, 5, 6)),
    (re.compile(r"\bduration$"), (7, 14, 21, 28)),
    (re.compile(r"\bage$"), (19, 24, 31, 38, 42, 57, 63, 70)),
    (
        re.compile(r"\b(?:price|amount|cost|total|budget|fee|balance|value)$"),
        (12.5, 20, 35, 49.9, 75, 480),
    ),
    (re.compile(r"\blat(?:itude)?$"), (51.5, 48.2, 41.1, 53.8, 60.4, 59.9)),
    (re.compile(r"\b(?:lon|lng|longitude)$"), (-0.1, 16.4, -8.6, -1.5, 5.3, 10.7)),
)
_ID_LIKE = re.compile(r"\b(?:id|number|no|iid)s?$")
_COUNTS_WHOLE = re.compile(r"\b(?:number|page|issue|ticket|version)\b|\bof$")
"""Names of numbers that point at something, such as `duplicate_of`: half a ticket is none."""


def draw_figure(name: str, schema: dict[str, Json], rng: Random) -> Json:
    """A number as people use it under this name, where the schema's bounds allow."""
    label = label_words(name).lower()
    wanted = next((list(values) for pattern, values in _FIGURES if pattern.search(label)), [])
    if _ID_LIKE.search(label) or (not wanted and _COUNTS_WHOLE.search(label)):
        wanted = [rng.randint(100, 9999)]
    if type_of(schema) == "integer":
        wanted = [int(value) for value in wanted if float(value).is_integer()]
    fitting = [value for value in wanted if _is_within(value, schema)]
    drawn = rng.choice(fitting) if fitting else draw(schema, rng, name=name)
    return int(drawn) if isinstance(drawn, float) and drawn.is_integer() else drawn


def _is_within(value: float, schema: dict[str, Json]) -> bool:
    low, high, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if "exclusiveMinimum" in schema or "exclusiveMaximum" in schema:
        return False
    fits_step = not isinstance(step, int | float) or (step > 0 and float(value / step).is_integer())
    return (
        fits_step
        and (not isinstance(low, int | float) or value >= low)
        and (not isinstance(high, int | float) or value <= high)
    )
