"""The right-hand card of the Write page: the chosen call, findings, labels, hard cases, tools."""

from __future__ import annotations

from curation.model.example import Call
from curation.services.turn_edits import last_decision
from ui.call_card import draw_call
from ui.decision_labels import draw_labels
from ui.findings import show_findings
from ui.intake_notes import draw_intake
from ui.kept import draw_kept
from ui.row_properties import draw_row_properties
from ui.scene import Scene


def draw_inspector(scene: Scene) -> None:
    """Everything about the chosen call or turn."""
    turn, index = chosen_place(scene)
    call = call_shown(scene, turn, index)
    if call is not None and turn is not None and index is not None:
        draw_call(scene, turn, index, call)
    quiet = [one for one in scene.judged if scene.is_quiet(one)]
    told = [*scene.told, *scene.fields.values()]
    show_findings(scene.judged, page=scene.page, is_editable=scene.is_editable, told=told, quiet=quiet)
    draw_kept(scene)
    draw_intake(scene)
    if turn is not None:
        draw_labels(scene, turn, scene.example.messages[turn], index or 0)
    draw_row_properties(scene)


def chosen_place(scene: Scene) -> tuple[int | None, int | None]:
    """The turn and call the inspector shows: the chosen ones, else the last decision and its first call."""
    turn_id, _, index = scene.selected.partition("/")
    if turn_id in scene.ids:
        turn = scene.ids.index(turn_id)
        return turn, int(index) if index.isdigit() else (0 if scene.example.messages[turn].calls else None)
    decisions = [i for i, message in enumerate(scene.example.messages) if message.role == "assistant"]
    if not decisions:
        return None, None
    turn = last_decision(scene.example)
    with_calls = [i for i in decisions if scene.example.messages[i].calls]
    if not scene.example.messages[turn].calls and with_calls:
        return with_calls[-1], 0
    return turn, 0 if scene.example.messages[turn].calls else None


def handle_shown(scene: Scene) -> str:
    """What the inspector shows, as the cards name it; "" before there is a decision."""
    turn, index = chosen_place(scene)
    if turn is None:
        return ""
    return scene.ids[turn] if index is None else f"{scene.ids[turn]}/{index}"


def call_shown(scene: Scene, turn: int | None, index: int | None) -> Call | None:
    if turn is None or index is None:
        return None
    calls = scene.example.messages[turn].calls or ()
    return calls[index] if index < len(calls) else None
