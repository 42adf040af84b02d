"""A database file as the first version of the tables had it, with rows in it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from db import migrations
from db.engine import make_engine
from db.locking import WriteLock
from db.tables import body, definition, example, example_text, project
from db.unit_of_work import UnitOfWork


def write_old_file(path: Path) -> None:
    """A file as the first version wrote it, with a project and an example."""
    engine = make_engine(path)
    with UnitOfWork(engine, WriteLock(path), path) as unit:
        migrations.upgrade(unit.connection, "0001")
        row = unit.connection.execute
        row(insert(project).values(id="p", name="Old", split_salt="s", created_at="2026-01-01"))
        row(insert(body).values(hash="h", bytes=b"{}"))
        row(
            insert(example).values(
                id="e",
                project_id="p",
                state="draft",
                head_rev=1,
                head_hash="h",
                normal_hash="n",
                group_key="e",
                title="Where is my parcel?",
                origin="written",
                created_at="2026-01-01",
                updated_by="local",
                updated_at="2026-01-01",
            )
        )
        row(insert(definition).values(hash="d", name="track_order", text="{}"))
        unit.connection.exec_driver_sql("INSERT INTO example_tool VALUES ('e', 0, 'd', 'track_order', 1)")
        row(insert(example_text).values(number=1, text="Where is my parcel?"))
        unit.commit()
    engine.dispose()
