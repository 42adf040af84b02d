"""Models of a project: trained adapters, and the bases they start from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError
from curation.finetune.base_models import (
    BaseModel,
    describe_base,
    describe_small,
    ensure_small_model,
    small_model_folder,
)
from curation.finetune.contract import Outcome
from curation.finetune.sft import MASK_FILE, MaskCard
from curation.model.values import Json
from curation.rendering.template import check_model_folder
from curation.services.jobs import read_spec
from curation.services.workspace import Workspace
from db import models
from db.jobs import JobRecord
from db.models import ModelRecord

HOSTED, ENDPOINT, RECORDED = "hosted", "endpoint", "recorded"
TRAINED = ("adapter", "full")
"""Kinds of models that were trained here and lie on this machine."""
SMALL_NAME = "small"
"""What people type for the small base model."""


class ModelView(msgspec.Struct, frozen=True):
    """One model as screens and commands see it."""

    id: str
    project_id: str
    name: str
    kind: str
    """`adapter` or `full` for a trained one, `base` for a model folder as it came, `hosted` for one its host keeps,
    `endpoint` for one behind an address, `recorded` for one of which only answers are known."""
    base: Path
    location: Path
    job_id: str | None
    dataset_id: str | None
    created_at: str
    details: dict[str, Json]

    @property
    def adapter(self) -> Path | None:
        """Folder of the adapter; None for a base, and for a model whose every weight was trained."""
        return self.location if self.kind == "adapter" else None

    @property
    def remote_name(self) -> str | None:
        """What it is called where it is; None for a model on this machine."""
        if self.kind in (ENDPOINT, RECORDED):
            return str(self.details.get("model", self.name))
        return str(self.location) if self.kind == HOSTED else None

    @property
    def is_native(self) -> bool:
        """Whether it answers elsewhere with calls of its own: then it can be asked any decision, in whatever form."""
        return self.remote_name is not None and self.details.get("style") != "router"

    @property
    def is_gone(self) -> bool:
        """Whether it should lie on this machine and does not: deleted, or never brought along."""
        return self.remote_name is None and not self.location.exists()


def list_models(ws: Workspace, project_id: str) -> tuple[ModelView, ...]:
    """Newest first; the bases of trained models and those added by hand are among them."""
    with ws.reading() as connection:
        records = models.list_models(connection, project_id)
    names = _name_each(records)
    return tuple(_view(ws, record, names[record.id]) for record in records)


def get_model(ws: Workspace, model_id: str) -> ModelView:
    with ws.reading() as connection:
        record = models.find_model(connection, model_id)
        if record is None:
            raise NotFoundError(f"There is no model `{model_id}`.", hint="`callwright models` lists them.")
        names = _name_each(models.list_models(connection, record.project_id))
    return _view(ws, record, names[record.id])


def find_model(ws: Workspace, project_id: str, name_or_id: str) -> ModelView:
    """By id, or by name."""
    found = list_models(ws, project_id)
    match = next((one for one in found if name_or_id in (one.id, one.name)), None)
    if match is None:
        names = ", ".join(f"`{one.name}`" for one in found) or "none yet"
        raise NotFoundError(f"There is no model `{name_or_id}` in this project.", hint=f"Models here: {names}.")
    return match


def list_bases(ws: Workspace) -> tuple[BaseModel, ...]:
    """What a training can start from without further ado: the small model first, then folders under `models/`."""
    small = small_model_folder(ws.home)
    others = sorted(path for path in ws.models.iterdir() if (path / "config.json").is_file() and path != small)
    return (describe_small(ws.home), *(describe_base(path) for path in others if not path.name.startswith(".")))


def resolve_base(ws: Workspace, text: str) -> Path:
    """A base as people type it: `small` (unpacked at first use), a folder under `models/`, or any folder."""
    if text in (SMALL_NAME, small_model_folder(ws.home).name):
        return ensure_small_model(ws.home)
    named = ws.models / text
    folder = named if named.is_dir() and not Path(text).is_dir() else Path(text).expanduser()
    check_model_folder(folder)
    return folder.resolve()


def find_base(ws: Workspace, text: str) -> Path | str:
    """A base as people type it, where it lies here; otherwise the text as it is, a name on a hub."""
    is_here = text == SMALL_NAME or (ws.models / text).is_dir() or Path(text).expanduser().exists()
    return resolve_base(ws, text) if is_here else text


def ensure_base(ws: Workspace, connection: Connection, project_id: str, folder: Path, at: str) -> str:
    """The id of a base in this project, added when it is met for the first time.

    It is called after its folder, with a number where another model has that name: many folders are called `final`.
    """
    location = _relative(ws, folder)
    known = next((one for one in models.list_models(connection, project_id) if _is_base(one, location)), None)
    if known is not None:
        return known.id
    said = describe_base(folder)
    details = msgspec.json.encode({"licence": said.licence, "provenance": said.provenance}).decode()
    record = ModelRecord(
        id=ws.new_id(),
        project_id=project_id,
        name=find_free_name(connection, project_id, said.name),
        base=location,
        kind="base",
        location=location,
        created_at=at,
        details=details,
    )
    models.save_model(connection, record)
    return record.id


def record_trained(ws: Workspace, connection: Connection, job: JobRecord, location: Path, outcome: Outcome) -> str:
    """Write the trained model of a job; a resumed job writes the same one anew. Its base is noted beside it."""
    spec, at = read_spec(job), ws.now()
    ensure_base(ws, connection, job.project_id, Path(spec["base"]), at)
    record = ModelRecord(
        id=job.model_id or ws.new_id(),
        project_id=job.project_id,
        name=_free_name(connection, job),
        base=_relative(ws, Path(spec["base"])),
        kind="full" if outcome.summary.get("method") == "full" else "adapter",
        location=_relative(ws, location),
        job_id=job.id,
        dataset_id=spec["dataset_id"],
        template_hash=_template_hash(location),
        created_at=at,
        by=job.by,
        details=msgspec.json.encode({"style": spec["style"], **outcome.summary}).decode(),
    )
    models.save_model(connection, record)
    return record.id


def record_hosted(ws: Workspace, connection: Connection, job: JobRecord, outcome: Outcome) -> str:
    """Write the model that a job left at its host, by the name it has there."""
    spec = read_spec(job)
    details = {"style": "conversation", "provider": job.provider, **outcome.summary}
    record = ModelRecord(
        id=job.model_id or ws.new_id(),
        project_id=job.project_id,
        name=_free_name(connection, job),
        base=spec["base"],
        kind=HOSTED,
        location=outcome.remote_model,
        job_id=job.id,
        dataset_id=spec["dataset_id"],
        created_at=ws.now(),
        by=job.by,
        details=msgspec.json.encode(details).decode(),
    )
    models.save_model(connection, record)
    return record.id


def _free_name(connection: Connection, job: JobRecord) -> str:
    """The job's name, with a number when another model has it."""
    return find_free_name(connection, job.project_id, job.name, own_job=job.id)


def find_free_name(connection: Connection, project_id: str, name: str, *, own_job: str = "") -> str:
    """A name, with a number when a model of the project has it that this job has not made."""
    known = models.list_models(connection, project_id)
    others = [one for one in known if not own_job or one.job_id != own_job]
    return _number(name, {*(one.name for one in others), *_name_each(others).values()})


def distinguish(names: Sequence[str]) -> tuple[str, ...]:
    """The names, with a number where one is there a second time: people and figures go by them."""
    given: list[str] = []
    for name in names:
        given.append(_number(name, {*names, *given}) if name in given else name)
    return tuple(given)


def _number(name: str, taken: set[str]) -> str:
    names = (name, *(f"{name} ({n})" for n in range(2, len(taken) + 3)))
    return next(free for free in names if free not in taken)


def _name_each(records: Sequence[ModelRecord]) -> dict[str, str]:
    """Id → name; earlier versions stored bases of one name, of which the oldest keeps it."""
    oldest_first = sorted(records, key=lambda one: one.id)
    names = distinguish([one.name for one in oldest_first])
    return {one.id: name for one, name in zip(oldest_first, names, strict=True)}


def _template_hash(location: Path) -> str | None:
    try:
        return msgspec.json.decode((location / MASK_FILE).read_bytes(), type=MaskCard).template_sha256
    except (OSError, msgspec.DecodeError):
        return None


def _relative(ws: Workspace, folder: Path) -> str:
    """Inside the workspace relative to it, so that it can be moved; elsewhere as it is."""
    folder = folder.resolve()
    return str(folder.relative_to(ws.home)) if folder.is_relative_to(ws.home) else str(folder)


def _is_base(record: ModelRecord, location: str) -> bool:
    return record.kind == "base" and record.location == location


def _view(ws: Workspace, record: ModelRecord, name: str) -> ModelView:
    # A host's names are no paths, whatever they look like.
    home = Path() if record.kind in (HOSTED, ENDPOINT, RECORDED) else ws.home
    return ModelView(
        id=record.id,
        project_id=record.project_id,
        name=name,
        kind=record.kind,
        base=home / record.base,
        location=home / record.location,
        job_id=record.job_id,
        dataset_id=record.dataset_id,
        created_at=record.created_at,
        details=msgspec.json.decode(record.details),
    )
