"""The key of results pressed where every call has its own: it leads to the next that is still to be written."""

from __future__ import annotations

from curation.model.places import turn_of
from curation.services.result_edits import unanswered_calls
from curation.services.text_fields import content_at
from curation.services.writing import ExampleView
from ui.cursor import AIM, aim
from ui.state import Act
from ui.turns import name_turns
from ui.write_goals import unfold
from ui.write_memory import is_blank_content


def leads_to_result(view: ExampleView, act: Act) -> bool:
    """Put the cursor into the next open result; False where a result is to be added, or none is open."""
    turns = range(len(view.example.messages))
    if act.at or any(unanswered_calls(view.example, turn) for turn in turns):
        return False
    open_turns = [turn for turn in turns if _is_open_result(view, turn)]
    if not open_turns:
        return False
    here = turn_of(AIM.get().at)
    turn = next((one for one in open_turns if here is not None and one > here), open_turns[0])
    unfold(view.id, name_turns(view.id, view.head_rev, view.example)[turn])
    aim(content_at(turn), act.nonce)
    return True


def _is_open_result(view: ExampleView, turn: int) -> bool:
    message = view.example.messages[turn]
    return message.role == "tool" and is_blank_content(message)
