"""Three steps of a training on this machine: whether it fits into memory, and how long the whole run would take."""

from __future__ import annotations

import hashlib
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError
from curation.finetune import get_provider
from curation.finetune.contract import Outcome
from curation.finetune.folders import require_space
from curation.finetune.rows import TRAIN
from curation.finetune.run_folder import RunFolder
from curation.model.people import Actor
from curation.model.states import JobState, Split
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.freezing import get_dataset, read_dataset
from curation.services.job_kinds import JobKind, Record
from curation.services.jobs import JobView, get_job, intend_job, job_metrics, list_jobs, read_spec
from curation.services.preflighting import Preflight
from curation.services.row_files import walk_rows, write_rows
from curation.services.workspace import Workspace
from db.jobs import JobRecord

KIND = "trial"
STEPS = 3
NEEDED_BYTES = 500 * 2**20
WHERE = "local"
"""Only what runs on this machine can be tried: elsewhere every step is paid."""
TIGHT = 0.9
"""Of the memory there is: a run that holds more is told to be tight."""


class Trial(msgspec.Struct, frozen=True):
    """What three steps have shown."""

    job: JobView
    step_s: float | None
    """Seconds of a step once it is warm; None before."""
    run_s: float | None
    """Seconds the whole run would take, looks at validation rows not counted."""
    memory_mb: float | None
    limit_mb: float | None

    @property
    def is_open(self) -> bool:
        return not self.job.state.is_final

    @property
    def has_failed(self) -> bool:
        return self.job.state in (JobState.FAILED, JobState.LOST)

    @property
    def is_tight(self) -> bool:
        return bool(self.memory_mb and self.limit_mb and self.memory_mb > TIGHT * self.limit_mb)


def can_try(provider: str) -> bool:
    return provider == WHERE


def start_trial(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    base: Path,
    found: Preflight,
    *,
    parameters: dict[str, Json],
    nonce: str,
) -> JobView:
    """Order three steps over the longest rows and some of every length; the same nonce twice orders once."""
    if found.problems:
        raise BlockedError(found.problems[0], hint="What must not be trained on is not tried either.")
    require_space(ws.runs, NEEDED_BYTES, "A trial")
    knobs = get_provider(WHERE).check(parameters)
    dataset = get_dataset(ws, project_id, dataset_n)
    chosen = choose_rows(found.lengths, found.limit, int(knobs["batch_size"]))
    spec: dict[str, Json] = {
        "base": str(base.resolve()),
        "dataset_hash": dataset.hash,
        "dataset_id": dataset.id,
        "dataset_n": dataset.n,
        "parameters": {**knobs, "max_steps": STEPS, "looks": 0, "validation_rows": 0},
        "style": found.style,
        "rows": list(chosen),
        "tokens_here": statistics.mean(found.lengths[at] for at in chosen),
        "tokens_there": found.n_tokens / found.n_rows,
        "settings": name_settings(dataset.hash, base, knobs),
    }

    def work(act: Act) -> str:
        name = f"Three steps of {found.base.name}"
        return intend_job(act, project_id=project_id, kind=KIND, name=name, provider=WHERE, spec=spec, nonce=nonce)

    return get_job(ws, perform(ws, actor, "launch trial", nonce, str, work))


def choose_rows(lengths: Sequence[int], limit: int, batch_size: int) -> tuple[int, ...]:
    """Positions of the longest rows, one a step, and of others spread over all lengths: three full steps at most."""
    fitting = sorted((at for at, tokens in enumerate(lengths) if tokens <= limit), key=lambda at: -lengths[at])
    longest, rest = fitting[:STEPS], fitting[STEPS:]
    wanted = STEPS * batch_size - len(longest)
    spread = [rest[n * len(rest) // wanted] for n in range(wanted)] if wanted and len(rest) > wanted else rest
    return tuple(sorted({*longest, *spread}))


def name_settings(dataset_hash: str, base: Path, knobs: dict[str, Json]) -> str:
    """A name for everything a trial depends on: it holds for these settings and no others."""
    rest = {name: value for name, value in knobs.items() if name not in _NOT_TRIED}
    return hashlib.sha256(
        msgspec.json.encode([dataset_hash, str(base.resolve()), rest], order="deterministic")
    ).hexdigest()


_NOT_TRIED = frozenset({"epochs", "max_steps", "learning_rate", "seed", "looks", "validation_rows"})
"""Knobs that change neither memory nor the time of a step."""


def find_trial(
    ws: Workspace, project_id: str, dataset_hash: str, base: Path, parameters: dict[str, Json], steps: int
) -> Trial | None:
    """The newest trial of these settings, for a run of so many steps."""
    settings = name_settings(dataset_hash, base, get_provider(WHERE).check(parameters))
    jobs = (job for job in list_jobs(ws, project_id) if job.kind == KIND and job.spec.get("settings") == settings)
    job = next(jobs, None)
    return None if job is None else _view(ws, job, steps)


def _view(ws: Workspace, job: JobView, steps: int) -> Trial:
    series = job_metrics(ws, job.id)
    # The first step warms up.
    durations = [value for step, value in series.get("step_s", ()) if step > 1]
    step_s = statistics.median(durations) if durations else None
    share = job.spec["tokens_there"] / max(job.spec["tokens_here"], 1)
    return Trial(
        job,
        step_s,
        None if step_s is None else step_s * share * steps,
        max((value for _, value in series.get("memory_mb", ())), default=None),
        next((value for _, value in series.get("memory_limit_mb", ())), None),
    )


def _prepare(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the chosen rows into the run folder."""
    spec = read_spec(job)
    dataset = read_dataset(ws, spec["dataset_id"])
    folder = RunFolder(run_dir)
    folder.create()
    learn_from = spec["parameters"].get("learn_from", "conversations")
    rows = walk_rows(ws, dataset.id, Split.TRAIN, spec["style"], learn_from)
    written = (row for row in rows if row.refused is None)
    chosen = frozenset(spec["rows"])
    write_rows(folder.data / TRAIN, (row for at, row in enumerate(written) if at in chosen))
    told = {key: spec[key] for key in ("base", "style", "dataset_hash", "parameters")}
    return {"kind": "train", "name": job.name, **told}


def _finish(ws: Workspace, job: JobRecord, state: JobState, outcome: Outcome) -> Record:  # noqa: ARG001
    """Nothing was learnt that anybody wants: only the figures stay."""
    folder = RunFolder(ws.home / (job.run_dir or f"runs/{job.id}"))
    for path in (folder.checkpoints, folder.model, folder.data):
        shutil.rmtree(path, ignore_errors=True)

    def record(_connection: Connection) -> None:
        return None

    return record


JOB_KIND = JobKind(KIND, _prepare, _finish)
