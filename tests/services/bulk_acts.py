"""Acts over many examples done to their end at once, as a page does them for a few."""

from __future__ import annotations

from curation.model.people import Actor
from curation.services import bulk
from curation.services.bulk_changes import BulkChange
from curation.services.bulk_views import BulkView, Selection
from curation.services.workspace import Workspace


def change_all(
    ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange, *, nonce: str
) -> BulkView:
    """Begin and run to the end; the same nonce again gives what the first time gave."""
    return bulk.run(ws, bulk.begin(ws, actor, project_id, selection, change, nonce=nonce))


def take_all_back(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> BulkView:
    """Take an act back to its end: everything that nobody has touched since."""
    return bulk.run(ws, bulk.take_back(ws, actor, batch_id, nonce=nonce))
