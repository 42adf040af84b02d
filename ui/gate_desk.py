"""What the gate is asked about on the page: which model, beside which one in production, and what was pressed."""

from __future__ import annotations

from typing import NamedTuple

from curation.services.evaluating import EvaluationView
from curation.services.gate_candidates import find_production, list_candidates
from curation.services.look_parts import ALL, Part, take_part
from curation.services.projects import ProjectView
from curation.services.promoting import AliasView, GateView, find_alias, find_obstacle, read_gate
from ui.gate_acts import ask_to_promote, ask_to_roll_back
from ui.gate_card import FLOORS, PROMOTE, ROLL_BACK, choose_candidate, draw_gate
from ui.gate_floors import ask_for_floors
from ui.look_names import Names, name_models
from ui.session import workspace
from ui.state import Act


class Judged(NamedTuple):
    """A look with what its gate says."""

    view: EvaluationView
    names: Names
    candidates: tuple[str, ...]
    gate: GateView | None
    used: AliasView | None
    why: str
    """Why there is no ruling."""


def judge_look(project: ProjectView, view: EvaluationView) -> Judged:
    """Look at the candidate through the gate."""
    used = find_alias(workspace(), project.id)
    labels = [one.label for one in view.models]
    production, candidates = find_production(view, used), list_candidates(view, used)
    if not candidates:
        why = next((find_obstacle(view, one.label) for one in view.models), "")
        return Judged(view, name_models(labels, production), (), None, used, why)
    chosen = choose_candidate(view, candidates)
    names = name_models(labels, production, "" if chosen == production else chosen)
    return Judged(view, names, candidates, read_gate(workspace(), project.id, view, chosen), used, "")


def draw_judged(judged: Judged) -> None:
    """The card; the gate counts all rows, whatever part is on screen."""
    draw_gate(judged.gate, whole_of(judged.view), judged.names, judged.candidates, judged.used, judged.why)


def whole_of(view: EvaluationView) -> Part:
    return take_part(view, [one.label for one in view.models], ALL)


def perform_gate(project: ProjectView, act: Act, judged: Judged) -> None:
    """Ask what a pressed button wants to know first."""
    if act.verb == PROMOTE and judged.gate is not None and judged.gate.evaluation_id == act.at:
        ask_to_promote(project, judged.gate)
    elif act.verb == FLOORS:
        ask_for_floors(project, whole_of(judged.view).slices)
    elif act.verb == ROLL_BACK and judged.used is not None and judged.used.previous is not None:
        ask_to_roll_back(project, judged.used)
