"""Models of a project for tests: known without a training, in production without a gate."""

from __future__ import annotations

from curation.services.workspace import Workspace
from db.aliases import AliasEventRecord, add_event, last_seq
from db.models import ModelRecord, save_model


def add_trained(ws: Workspace, project_id: str, name: str, model_id: str = "") -> str:
    """A trained model, as far as anybody but its process can tell."""
    record = ModelRecord(
        id=model_id or ws.new_id(),
        project_id=project_id,
        name=name,
        base=str(ws.home),
        kind="full",
        location=str(ws.home),
        created_at=ws.now(),
        details='{"style":"router"}',
    )
    with ws.unit() as unit:
        save_model(unit.connection, record)
        unit.commit()
    return record.id


def put_in_use(ws: Workspace, project_id: str, model_id: str) -> None:
    """One more change of what is in production."""
    with ws.unit() as unit:
        seq = last_seq(unit.connection, project_id, "production") + 1
        event = AliasEventRecord(
            project_id=project_id, name="production", seq=seq, to_id=model_id, by="local", at=ws.now(), reason="why"
        )
        add_event(unit.connection, event)
        unit.commit()
