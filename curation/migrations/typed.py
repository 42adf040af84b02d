"""What a person types beside a step, as JSON source."""

from __future__ import annotations

import json

from curation.migrations.steps import Step
from curation.reading.strict import parse_strict


def to_source(typed: str, kind: str = "") -> str:
    """What a person typed as JSON source: text needs no quotes, whatever else it looks like where text is wanted."""
    typed = typed.strip()
    if not typed:
        return ""
    is_text = kind == "string" and not typed.startswith('"')
    return json.dumps(typed, ensure_ascii=False) if is_text or parse_strict(typed).faults else typed


def read_pairs(typed: str, step: Step, by: str) -> tuple[tuple[str, str], ...]:
    """Each line `was = now` as JSON source, both sides in the type their argument has."""
    pairs = (line.split("=", 1) for line in typed.splitlines() if "=" in line)
    kind = dict(zip(step.beside, step.beside_types, strict=False)).get(by, "")
    return tuple((to_source(was, kind), to_source(now, step.type)) for was, now in pairs)
