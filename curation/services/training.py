"""Training as a person orders it: look first, then launch; the keeper and the worker do the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError
from curation.finetune import get_provider
from curation.finetune.base_models import BaseModel, describe_base
from curation.finetune.contract import Outcome
from curation.finetune.folders import require_space
from curation.finetune.rows import TRAIN, VALIDATION
from curation.finetune.run_folder import RunFolder
from curation.model.people import Actor
from curation.model.states import JobState, Split
from curation.model.values import Json
from curation.rendering import CheckedRow, RowStyle, check_rows, load_template, needs_router, stops_training
from curation.services.acts import Act, perform
from curation.services.freezing import DatasetView, get_dataset, read_dataset
from curation.services.hosted_training import finish_hosted, is_hosted, prepare_hosted
from curation.services.job_kinds import JobKind, Record
from curation.services.jobs import JobView, get_job, intend_job, read_spec
from curation.services.models import record_trained
from curation.services.row_files import ExportedRow, chat_rows, walk_rows, write_rows
from curation.services.workspace import Workspace
from db.jobs import JobRecord

SHOWN_ROWS = 3
MOST_PROBLEMS = 20
RUN_BYTES = 500 * 2**20
RENDERING_KNOBS = frozenset({"max_length"})


class Preflight(msgspec.Struct, frozen=True):
    """What a training would do, before it costs anything."""

    base: BaseModel
    style: RowStyle
    rows: tuple[CheckedRow, ...]
    """Three rows with their text and loss mask: the first, the shortest, the longest."""
    problems: tuple[str, ...]
    """Why it must not be launched; empty: go."""
    notes: tuple[str, ...]
    """What is worth knowing and stops nothing."""
    n_rows: int
    n_validation: int
    n_refused: int
    n_too_long: int
    n_tokens: int
    n_trained_tokens: int
    steps: int

    @property
    def is_ready(self) -> bool:
        return not self.problems


def preflight(
    ws: Workspace,
    project_id: str,
    dataset_n: int,
    base: Path,
    parameters: dict[str, Json] | None = None,
    provider: str = "local",
) -> Preflight:
    """Render every training row as the worker will and say what its loss would miss."""
    chosen = get_provider(provider)
    knobs = chosen.check(parameters or {})
    dataset = get_dataset(ws, project_id, dataset_n)
    template = load_template(base)
    style: RowStyle = "router" if needs_router(template) else "conversation"
    exported = list(walk_rows(ws, dataset.id, Split.TRAIN, style))
    limit = min(knobs.get("max_length", template.limit), template.limit)
    checked = list(check_rows(template, chat_rows(exported, style), max_length=limit))
    fitting = [row for row in checked if row.tokens <= limit]
    return Preflight(
        base=describe_base(base),
        style=style,
        rows=_choose_shown(fitting or checked),
        problems=tuple(_list_problems(fitting)),
        notes=tuple(_list_notes(exported, checked, fitting, dataset, limit)),
        n_rows=len(fitting),
        n_validation=dataset.counts.get(Split.VALIDATION.value, 0),
        n_refused=sum(row.refused is not None for row in exported),
        n_too_long=len(checked) - len(fitting),
        n_tokens=sum(row.tokens for row in fitting),
        n_trained_tokens=sum(row.n_trained for row in fitting),
        steps=chosen.count_steps(knobs, len(fitting)) if fitting else 0,
    )


def pick_rendering_knobs(parameters: dict[str, Json]) -> dict[str, Json]:
    """The knobs a preflight depends on; the others change how rows are learnt, not which and how they look."""
    return {name: value for name, value in parameters.items() if name in RENDERING_KNOBS}


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
    title = name or f"{found.base.name} on version {dataset.n}"

    def work(act: Act) -> str:
        return intend_job(
            act, project_id=project_id, kind="train", name=title, provider=provider, spec=spec, nonce=nonce
        )

    return get_job(ws, perform(ws, actor, "launch training", nonce, str, work))


def _choose_shown(rows: list[CheckedRow]) -> tuple[CheckedRow, ...]:
    """Rows with a problem first, then the first, the shortest and the longest."""
    by_length = sorted(rows, key=lambda row: row.tokens)
    wanted = [*(row for row in rows if row.problems), *rows[:1], *by_length[:1], *by_length[-1:], *rows]
    return tuple({row.number: row for row in wanted}.values())[:SHOWN_ROWS]


def _list_problems(rows: list[CheckedRow]) -> list[str]:
    found = [problem for row in rows for problem in row.problems]
    if not rows:
        found = ["No training row is left: this model can be taught none of the version's rows at this length."]
    return found[:MOST_PROBLEMS]


def _list_notes(
    exported: list[ExportedRow], checked: list[CheckedRow], fitting: list[CheckedRow], dataset: DatasetView, limit: int
) -> list[str]:
    notes = []
    refused = [row.refused for row in exported if row.refused]
    if refused:
        left = "1 example is" if len(refused) == 1 else f"{len(refused):,} examples are"
        them = "it" if len(refused) == 1 else "them"
        notes.append(f"{left} left out, as this model's rows cannot hold {them}: {refused[0]}")
    n_long = len(checked) - len(fitting)
    if n_long:
        left = "1 row is" if n_long == 1 else f"{n_long:,} rows are"
        notes.append(f"{left} left out: longer than {limit:,} tokens.")
    if not dataset.counts.get(Split.VALIDATION.value):
        notes.append("The version has no validation rows, so the last checkpoint is kept without a look.")
    return [*notes, *_note_template(fitting)]


def _note_template(rows: list[CheckedRow]) -> Iterator[str]:
    """What the template does to rows that stops nothing, one sentence for each kind."""
    seen: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for finding in {one.code: one for one in row.findings if not stops_training(one)}.values():
            seen[finding.code].append(f"{finding.message} (First in row {row.number}, at {finding.at}.)")
    for sentences in seen.values():
        yield f"{'1 row' if len(sentences) == 1 else f'{len(sentences):,} rows'}: {sentences[0]}"


def _prepare(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the rows into the run folder; the version is frozen, so a second time writes the same bytes."""
    if is_hosted(job):
        return prepare_hosted(ws, job, run_dir)
    spec = read_spec(job)
    dataset = read_dataset(ws, spec["dataset_id"])
    folder = RunFolder(run_dir)
    folder.create()
    for name, split in ((TRAIN, Split.TRAIN), (VALIDATION, Split.VALIDATION)):
        write_rows(folder.data / name, walk_rows(ws, dataset.id, split, spec["style"]))
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
