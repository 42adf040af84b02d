"""Taking a move of examples back: what the versions and the desk's Undo share."""

from __future__ import annotations

from curation.services import migrating
from curation.services.migrating import MoveView
from curation.services.people import local_actor
from ui.session import workspace
from ui.text import count, plain


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
