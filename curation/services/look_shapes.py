"""A look for machines: the summary of each model with what only all rows together tell."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.metrics.confusion import count_confusion
from curation.model.values import Json
from curation.services.evaluation_views import EvaluationView
from curation.services.look_parts import compare_part, take_part


def shape_look(view: EvaluationView) -> Iterator[dict[str, Json]]:
    """One object a model, in order; `against_first` stands with every later one, empty where there is no answer yet."""
    answered = [one.label for one in view.models if one.report]
    differences = compare_part(take_part(view, answered))
    for one in view.models:
        shape = {**one.summary, "unasked": _shape_unasked(view, one.label)}
        if one.report:
            shape["confusion"] = msgspec.to_builtins(count_confusion(one.report.scored))
        if one.label in differences:
            shape["against_first"] = msgspec.to_builtins(differences[one.label])
        yield shape


def _shape_unasked(view: EvaluationView, label: str) -> dict[str, Json]:
    """Decisions that this way of asking leaves out, and rows that the model's chat template refuses."""
    unasked = view.unasked
    return {"decisions": unasked.n, "of": unasked.of, "refused_rows": unasked.refused.get(label, 0)}
