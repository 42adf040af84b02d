"""A training at a host as the keeper works it off: its rows before the launch, its model after the end."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.finetune.contract import Outcome
from curation.finetune.rows import TRAIN, VALIDATION
from curation.finetune.run_folder import RunFolder
from curation.model.states import Split
from curation.model.values import Json
from curation.services.hosted_rows import Wire, walk_sent
from curation.services.job_kinds import Record
from curation.services.jobs import read_spec
from curation.services.models import record_hosted
from curation.services.row_files import write_rows
from curation.services.workspace import Workspace
from db.jobs import JobRecord


def is_hosted(job: JobRecord) -> bool:
    """Whether a training was ordered from a host."""
    return "row_format" in read_spec(job)


def prepare_hosted(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the rows into the run folder; the version is frozen, so a second time writes the same bytes."""
    spec = read_spec(job)
    folder, wire = RunFolder(run_dir), msgspec.convert(spec, Wire)
    folder.create()
    for name, split in ((TRAIN, Split.TRAIN), (VALIDATION, Split.VALIDATION)):
        write_rows(folder.data / name, walk_sent(ws, spec["dataset_id"], split, wire))
    return {"kind": "train", "name": job.name, "dataset_hash": spec["dataset_hash"], "parameters": spec["parameters"]}


def finish_hosted(ws: Workspace, job: JobRecord, outcome: Outcome) -> Record:
    """A job that left a model at its host becomes a model here, also when it was stopped early."""
    if not outcome.remote_model:
        return lambda _connection: None

    def record(connection: Connection) -> str | None:
        return record_hosted(ws, connection, job, outcome)

    return record
