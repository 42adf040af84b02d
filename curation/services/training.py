"""Training as a person orders it: look first, then launch; the keeper and the worker do the rest."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from curation.errors import BlockedError
from curation.finetune import get_provider
from curation.finetune.contract import Outcome
from curation.finetune.folders import require_space
from curation.finetune.rows import TRAIN, VALIDATION
from curation.finetune.run_folder import RunFolder
from curation.model.people import Actor
from curation.model.states import JobState, Split
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.freezing import get_dataset, read_dataset
from curation.services.hosted_jobs import finish_hosted, is_hosted, prepare_hosted
from curation.services.job_kinds import JobKind, Record
from curation.services.jobs import JobView, get_job, intend_job, read_spec
from curation.services.models import record_trained
from curation.services.people import tidy_name
from curation.services.preflighting import Preflight, pick_rendering_knobs, preflight
from curation.services.row_files import walk_rows, write_rows
from curation.services.workspace import Workspace
from db.jobs import JobRecord

RUN_BYTES = 500 * 2**20


def count_steps(provider: str, parameters: dict[str, Json], n_rows: int) -> int:
    """How many steps these knobs mean for so many rows."""
    chosen = get_provider(provider)
    return chosen.count_steps(chosen.check(parameters), n_rows) if n_rows else 0


def launch_training(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    base: Path,
    *,
    parameters: dict[str, Json] | None = None,
    provider: str = "local",
    name: str = "",
    nonce: str,
) -> JobView:
    """Write the intent after a preflight without problems; the same nonce twice launches once."""
    knobs = get_provider(provider).check(parameters or {})
    found = preflight(ws, project_id, dataset_n, base, parameters, provider)
    if found.problems:
        raise BlockedError(found.problems[0], hint=f"Preflight lists {len(found.problems)} problems of this kind.")
    require_space(ws.runs, RUN_BYTES, "A training run")
    dataset = get_dataset(ws, project_id, dataset_n)
    spec = {
        "base": str(base.resolve()),
        "dataset_hash": dataset.hash,
        "dataset_id": dataset.id,
        "dataset_n": dataset.n,
        "parameters": knobs,
        "style": found.style,
    }
    title = tidy_name(name, "The run") if name.strip() else f"{found.base.name} on version {dataset.n}"

    def work(act: Act) -> str:
        return intend_job(
            act, project_id=project_id, kind="train", name=title, provider=provider, spec=spec, nonce=nonce
        )

    return get_job(ws, perform(ws, actor, "launch training", nonce, str, work))


def _prepare(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the rows into the run folder; the version is frozen, so a second time writes the same bytes."""
    if is_hosted(job):
        return prepare_hosted(ws, job, run_dir)
    spec = read_spec(job)
    dataset = read_dataset(ws, spec["dataset_id"])
    folder = RunFolder(run_dir)
    folder.create()
    learn_from = spec["parameters"].get("learn_from", "conversations")
    write_rows(folder.data / TRAIN, walk_rows(ws, dataset.id, Split.TRAIN, spec["style"], learn_from))
    # Whatever a model learns from, it is looked at by what it answers.
    write_rows(folder.data / VALIDATION, walk_rows(ws, dataset.id, Split.VALIDATION, spec["style"]))
    told = {key: spec[key] for key in ("base", "style", "dataset_hash", "parameters")}
    return {"kind": "train", "name": job.name, **told}


def _finish(ws: Workspace, job: JobRecord, state: JobState, outcome: Outcome) -> Record:  # noqa: ARG001
    """A run that left an adapter becomes a model, also when it was stopped early."""
    if is_hosted(job):
        return finish_hosted(ws, job, outcome)
    location = outcome.location
    if location is None:
        return lambda _connection: None

    def record(connection: Connection) -> str | None:
        return record_trained(ws, connection, job, location, outcome)

    return record


JOB_KIND = JobKind("train", _prepare, _finish)

__all__ = [
    "JOB_KIND",
    "Preflight",
    "count_steps",
    "launch_training",
    "pick_rendering_knobs",
    "preflight",
]
