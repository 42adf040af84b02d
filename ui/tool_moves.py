"""Taking a move of examples back: what the versions and the desk's Undo share."""

from __future__ import annotations

from curation.services import last_moves, migrating
from curation.services.last_moves import Moved
from curation.services.migrating import MoveReport, MoveView
from curation.services.people import local_actor
from curation.services.tool_desk import Desk
from ui.session import workspace
from ui.state import Slot
from ui.text import count, plain

MOVED: Slot[Moved] = Slot("tool.moved", Moved())
"""What this tab published and moved last."""


def remember_move(report: MoveReport) -> None:
    """Keep a move for the Undo of the tools it was about."""
    MOVED.set(Moved(report.batch_id, report.tool_ids))


def move_to_undo(desk: Desk) -> MoveView | None:
    """The move that Undo on this desk takes back; an older one is taken back under Versions."""
    ws = workspace()
    return last_moves.find_last_move(ws, local_actor(ws), desk, MOVED.get())


def undo_move(move: MoveView, *, nonce: str) -> str:
    """Give the examples back what they were, and say what came of it."""
    ws = workspace()
    undone = migrating.undo_move(ws, local_actor(ws), move.batch_id, nonce=nonce)
    kept = f"; {undone.n_kept:,} worked on since stay" if undone.n_kept else ""
    restored = count(undone.n_restored, "example is", "examples are")
    return f"{restored} as before the move to {plain(move.name)}{kept}"


def say_undo(move: MoveView) -> str:
    """What the desk's Undo would take back."""
    return f"Takes back what publishing did to {count(move.n_examples, 'example')}: {plain(move.name)} stays published"
