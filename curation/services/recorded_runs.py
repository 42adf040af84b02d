"""The demo's recorded run: a real training whose curve and answers are kept, and shown as what it is."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Literal

import msgspec

from curation.errors import UnreadableError
from curation.finetune.base_models import describe_small, small_model_folder
from curation.finetune.spec import parse_parameters
from curation.metrics.answers import Answer, read_answers
from curation.metrics.held import Held
from curation.model.people import Actor
from curation.model.states import JobState
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.evaluating import Recorded, record_answers
from curation.services.evaluation_results import UNTOLD
from curation.services.evaluation_views import EvaluationView
from curation.services.freezing import DatasetView
from curation.services.workspace import Workspace
from db import jobs, models
from db.acts import Deed
from db.jobs import EventRecord, JobRecord
from db.models import ModelRecord

RUN_FILE = "run.json"
CURVE_FILE = "curve.json"


class Asking(msgspec.Struct, frozen=True):
    """How one model of the run was asked."""

    model: Literal["base", "tuned"]
    shots: int = 0
    grammar: bool = False
    repairs: int = 0
    """How often, at most, it was told what is wrong with an answer."""
    held: Held = UNTOLD
    """How far the grammar held its answers."""


class RecordedRun(msgspec.Struct, frozen=True, kw_only=True):
    """`run.json`: where, when and with what the run was made, and the digests of what it gave."""

    machine: str
    started_at: str
    finished_at: str
    took_s: float
    dataset_hash: str
    rows: int
    base: str
    parameters: dict[str, Json]
    style: str
    steps: int
    chosen_step: int
    packages: dict[str, str]
    digests: dict[str, str]
    """Short name of a model → digest of its figures."""
    asked: dict[str, Asking]
    """Short name → how it was asked."""


def packaged_folder() -> Path:
    """Where the recorded run lies that comes with Callwright."""
    return Path(__file__).resolve().parent / "demo_assets" / "recorded"


def read_recorded() -> RecordedRun | None:
    """The card of the packaged run, None where none was made yet."""
    card = _packaged() / RUN_FILE
    return msgspec.json.decode(card.read_bytes(), type=RecordedRun) if card.is_file() else None


def read_recorded_answers(name: str) -> tuple[Answer, ...]:
    """The packaged answers of one model by its short name."""
    source = _packaged() / f"answers-{name}.jsonl"
    if not source.is_file():
        raise UnreadableError(f"The recorded run has no answers of `{name}`.", hint="Make it anew: make record-demo.")
    return tuple(read_answers(BytesIO(source.read_bytes()), source.name, is_run=True))


def _packaged() -> Traversable:
    return files("curation.services.demo_assets") / "recorded"


def show_recorded(ws: Workspace, actor: Actor, dataset: DatasetView, project_id: str) -> EvaluationView | None:
    """Put the packaged run into a project as a finished job with its curve, and score its answers anew.

    None when there is no recorded run, or when it belongs to other data than this version.
    """
    card = read_recorded()
    if card is None or card.dataset_hash != dataset.hash:
        return None

    def work(act: Act) -> dict[str, str]:
        return _add_rows(act, card, dataset, project_id)

    made = perform(ws, actor, "fill demo", f"demo {project_id} recorded", dict[str, str], work)
    runs = [
        Recorded(made[one.model], read_recorded_answers(name), one.shots, one.grammar, one.repairs, one.held)
        for name, one in card.asked.items()
    ]
    return record_answers(
        ws, actor, project_id, dataset.n, runs, limit=card.rows, nonce=f"demo {project_id} recorded answers"
    )


def _add_rows(act: Act, card: RecordedRun, dataset: DatasetView, project_id: str) -> dict[str, str]:
    """The job, its curve and its two models; returns the models' ids by short name."""
    base_id, tuned_id, job_id = (act.ws.new_id() for _ in range(3))
    jobs.add_job(act.connection, _job(act, card, dataset, project_id, job_id, tuned_id))
    jobs.add_events(act.connection, job_id, [EventRecord(1, card.finished_at, "info", _sentence(card))])
    curve = msgspec.json.decode((_packaged() / CURVE_FILE).read_bytes(), type=dict[str, list[tuple[int, float]]])
    points = [(name, step, value) for name, points in curve.items() for step, value in points]
    jobs.add_metrics(act.connection, job_id, points)
    location = str(small_model_folder(act.ws.home).relative_to(act.ws.home))
    models.save_model(act.connection, _base(act, project_id, base_id, location))
    models.save_model(act.connection, _tuned(act, card, dataset, project_id, tuned_id, job_id, location))
    act.note(Deed(job_id, after=_title(card), project_id=project_id))
    return {"base": base_id, "tuned": tuned_id}


def _title(card: RecordedRun) -> str:
    return f"Recorded run of {card.finished_at[:10]}"


def _sentence(card: RecordedRun) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in card.packages.items())
    return (
        f"Recorded, not run here: {card.machine}; {card.started_at} to {card.finished_at}; "
        f"seed {card.parameters.get('seed')}; {versions}; data {card.dataset_hash[:12]}."
    )


def _job(act: Act, card: RecordedRun, dataset: DatasetView, project_id: str, job_id: str, model_id: str) -> JobRecord:
    spec = {
        "base": str(small_model_folder(act.ws.home)),
        "dataset_hash": dataset.hash,
        "dataset_id": dataset.id,
        "dataset_n": dataset.n,
        "parameters": msgspec.to_builtins(parse_parameters(card.parameters)),
        "style": card.style,
        "recorded": msgspec.to_builtins(card),
    }
    return JobRecord(
        id=job_id,
        project_id=project_id,
        kind="train",
        name=_title(card),
        provider="local",
        spec=msgspec.json.encode(spec, order="deterministic").decode(),
        spec_hash=card.digests["tuned"],
        nonce=f"demo {project_id} recorded",
        state=JobState.SUCCEEDED,
        step=card.steps,
        steps=card.steps,
        by=act.actor.person_id,
        created_at=card.started_at,
        started_at=card.started_at,
        finished_at=card.finished_at,
        updated_at=card.finished_at,
        model_id=model_id,
    )


def _base(act: Act, project_id: str, model_id: str, location: str) -> ModelRecord:
    said = describe_small(act.ws.home)
    details = {"licence": said.licence, "provenance": said.provenance}
    return ModelRecord(
        id=model_id,
        project_id=project_id,
        name=said.name,
        base=location,
        kind="base",
        location=location,
        created_at=act.at,
        details=msgspec.json.encode(details).decode(),
    )


def _tuned(
    act: Act, card: RecordedRun, dataset: DatasetView, project_id: str, model_id: str, job_id: str, base: str
) -> ModelRecord:
    details = {
        "style": card.style,
        "steps": card.steps,
        "chosen_step": card.chosen_step,
        "recorded": msgspec.to_builtins(card),
    }
    return ModelRecord(
        id=model_id,
        project_id=project_id,
        name=f"{card.base}, tuned (recorded)",
        base=base,
        kind="adapter",
        location=f"runs/{job_id}/model",
        job_id=job_id,
        dataset_id=dataset.id,
        created_at=act.at,
        by=act.actor.person_id,
        details=msgspec.json.encode(details).decode(),
    )
