"""Which models of a look the gate is asked about, and about which one first."""

from __future__ import annotations

from curation.services.evaluation_views import EvaluationView
from curation.services.models_in_use import AliasView
from curation.services.release_gate import find_obstacle


def find_production(view: EvaluationView, used: AliasView | None) -> str:
    """What the model in use is called in a look; empty where it gave no raw answers there."""
    return next((one for one in _judgeable(view) if used and _model_of(view, one) == used.model.id), "")


def list_candidates(view: EvaluationView, used: AliasView | None) -> tuple[str, ...]:
    """Labels of the models that may be judged; the last one is judged unless another is chosen.

    That is the newcomer. Where only bases and the model from before stand beside production, it is production itself:
    who has just promoted it wants to see it, and not how much worse the others are.
    """
    production = find_production(view, used)
    others = [one for one in _judgeable(view) if one != production]
    before = used.previous.id if used and used.previous else ""
    kinds = {one.label: one.model.kind for one in view.models}
    new = [one for one in others if kinds[one] != "base" and _model_of(view, one) != before]
    if not production:
        return tuple(others)
    # Production stays among them: who promotes the model on screen goes on looking at it.
    return (production, *sorted(others, key=lambda one: one in new)) if new else (*others, production)


def _judgeable(view: EvaluationView) -> list[str]:
    """One label a model: what it answered here comes before answers from a file."""
    labels: dict[str, str] = {}
    for one in sorted(view.models, key=lambda one: one.is_from_file):
        if one.is_raw and not find_obstacle(view, one.label):
            labels.setdefault(one.model.id, one.label)
    return [one.label for one in view.models if one.label in labels.values()]


def _model_of(view: EvaluationView, label: str) -> str:
    return next(one.model.id for one in view.models if one.label == label)
