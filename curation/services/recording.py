"""Keeps a run of the demo's loop: where it was made, its curve, and every answer."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import psutil

from curation.errors import UnwritableError
from curation.files import put_whole
from curation.finetune.base_models import describe_base
from curation.finetune.run_folder import RunFolder
from curation.metrics.report import digest
from curation.services.demo_runs import DemoOutcome, short_name
from curation.services.evaluation_results import UNTOLD
from curation.services.evaluation_views import EvaluationView, ModelResult, get_evaluation
from curation.services.jobs import get_job, job_metrics
from curation.services.models import get_model
from curation.services.recorded_runs import CURVE_FILE, RUN_FILE, Asking, RecordedRun
from curation.services.workspace import Workspace

PACKAGES = ("torch", "transformers", "trl", "peft")


def record_run(ws: Workspace, outcome: DemoOutcome, folder: Path) -> Path:
    """Keep a run: its card, its curve, and the answers of every model."""
    job, view = outcome.training, get_evaluation(ws, outcome.evaluation_id)
    tuned = get_model(ws, job.model_id or "")
    card = RecordedRun(
        machine=describe_machine(),
        started_at=job.started_at or job.created_at,
        finished_at=job.finished_at or job.created_at,
        took_s=outcome.took_s,
        dataset_hash=outcome.demo.dataset.hash,
        rows=outcome.rows,
        base=describe_base(tuned.base).name,
        parameters=job.spec["parameters"],
        style=job.spec["style"],
        steps=tuned.details["steps"],
        chosen_step=tuned.details["chosen_step"],
        packages={name: _version(name) for name in PACKAGES},
        digests={name: digest(report) for name, report in outcome.reports.items()},
        asked={short_name(one): _asking(one) for one in view.models},
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / RUN_FILE, card)
        _write(folder / CURVE_FILE, job_metrics(ws, job.id))
        for name, content in _answers_of(ws, view).items():
            put_whole(folder / f"answers-{name}.jsonl", content)
    except OSError as error:
        raise UnwritableError(f"The recorded run cannot be written to {folder}: {error.strerror}.") from error
    return folder


def _asking(result: ModelResult) -> Asking:
    return Asking(
        model="tuned" if result.model.adapter is not None else "base",
        shots=result.shots,
        grammar=result.grammar,
        repairs=result.repairs.most if result.repairs else 0,
        held=result.held or UNTOLD,
    )


def _answers_of(ws: Workspace, view: EvaluationView) -> dict[str, bytes]:
    """Short name → the answers file of the run."""
    return {
        short_name(one): RunFolder(get_job(ws, one.job_id).run_dir).answers.read_bytes()
        for one in view.models
        if one.job_id is not None
    }


def describe_machine() -> str:
    """Processor, cores and system, as people compare machines."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {psutil.cpu_count()} cores, {platform.system()}, no GPU used"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _write(path: Path, value: object) -> None:
    put_whole(path, msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n")
