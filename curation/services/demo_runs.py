"""The demo's whole loop: data, freeze, training, and base and tuned model on the same test rows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from curation.errors import JobError
from curation.finetune.base_models import ensure_small_model, tiny_model
from curation.metrics.held import Held
from curation.metrics.repairs import Repairs
from curation.metrics.report import Report
from curation.model.people import Actor
from curation.model.states import JobState, Split
from curation.model.values import Json
from curation.services.demonstrating import DemoReport, fill_demo
from curation.services.evaluating import get_evaluation, launch_evaluation, register_base
from curation.services.evaluation_views import ModelResult
from curation.services.jobs import JobView, cancel_job, get_job, job_events, job_metrics, list_jobs
from curation.services.keeping import kept
from curation.services.models import TRAINED, get_model
from curation.services.questions import Question, draw_sample, read_questions
from curation.services.training import launch_training
from curation.services.workspace import Workspace

POLL_S = 0.3


class Fewest(msgspec.Struct, frozen=True):
    """How many test rows are asked at least."""

    rows: int
    no_tool: int
    """Of these, rows that want no call."""
    recoveries: int
    """And decisions after a call that failed."""


TEST_ROWS = Fewest(200, 40, 30)
TINY_TEST_ROWS = Fewest(12, 3, 0)
SEED = 17
REPAIRS = 2
"""Rounds in which a model of the full loop is told what is wrong with its answer."""
REAL: dict[str, Json] = {"epochs": 2.0, "learning_rate": 1.5e-3, "validation_rows": 32, "looks": 3}
TINY: dict[str, Json] = {"max_steps": 4, "validation_rows": 4, "looks": 1, "max_length": 2048}


class DemoChoice(msgspec.Struct, frozen=True):
    """Which loop to run."""

    is_tiny: bool = False
    """A random two-layer model: proves the road in seconds, not the quality."""
    is_full: bool = False
    """Four-shot base and answers under a grammar beside the others, and repairs."""
    seed: int = SEED
    """Of the training: another one gives another model of the same data."""


class DemoEvent(msgspec.Struct, frozen=True):
    """One sign of progress."""

    event: str
    """`stage` opens a stage, `progress` counts in it, `log` says something."""
    stage: str
    text: str = ""
    done: int = 0
    total: int = 0
    eta_s: float | None = None
    metrics: dict[str, float] = {}


class DemoOutcome(msgspec.Struct, frozen=True):
    """What the loop gave."""

    demo: DemoReport
    took_s: float
    training: JobView
    evaluation_id: str
    rows: int
    reports: dict[str, Report]
    """`base` and `tuned`, with `--full` also `base_four_shot`, `base_grammar` and `tuned_grammar`."""
    repairs: dict[str, Repairs] = {}
    """What saying the findings back adds, of those that were told; the reports are without it."""
    held: dict[str, Held] = {}
    """How far a grammar held the answers of those that were asked under one."""
    latency_ms: dict[str, float] = {}
    """Of an answer, half are faster."""


Watch = Callable[[DemoEvent], None]


def run_demo_training(ws: Workspace, actor: Actor, choice: DemoChoice, watch: Watch) -> DemoOutcome:
    """Run the loop and wait for it; stopping it (Ctrl-C) stops the job at work."""
    began = time.monotonic()
    demo = _prepare_data(ws, actor, watch)
    base = _prepare_base(ws, choice, watch)
    with kept(ws, poll_s=POLL_S):
        training = _train(ws, actor, demo, base, choice, watch)
        rows = count_test_rows(ws, demo.dataset.id, choice)
        evaluation_id = _evaluate(ws, actor, demo, training, choice, rows, watch)
    took_s = round(time.monotonic() - began, 1)
    return _read_outcome(ws, evaluation_id, DemoOutcome(demo, took_s, training, evaluation_id, rows, {}))


def _prepare_data(ws: Workspace, actor: Actor, watch: Watch) -> DemoReport:
    watch(DemoEvent("stage", "data", "Drafting and freezing the examples"))
    demo = fill_demo(ws, actor, progress=lambda done: watch(DemoEvent("progress", "data", done=done)))
    counts = ", ".join(f"{count} {split}" for split, count in demo.dataset.counts.items())
    watch(DemoEvent("log", "data", f"Dataset version {demo.dataset.n}: {counts} ({demo.dataset.hash[:12]})."))
    return demo


def _prepare_base(ws: Workspace, choice: DemoChoice, watch: Watch) -> Path:
    if choice.is_tiny:
        watch(DemoEvent("stage", "model", "Making the tiny model"))
        return tiny_model(ws.models / "tiny")
    watch(DemoEvent("stage", "model", "Unpacking the small base model"))
    return ensure_small_model(ws.home)


def _train(ws: Workspace, actor: Actor, demo: DemoReport, base: Path, choice: DemoChoice, watch: Watch) -> JobView:
    watch(DemoEvent("stage", "training", "Training"))
    parameters = {**(TINY if choice.is_tiny else {**REAL, "threads": os.cpu_count() or 1}), "seed": choice.seed}
    job = launch_training(
        ws, actor, demo.project.id, demo.dataset.n, base, parameters=parameters, nonce=f"demo {ws.new_id()}"
    )
    return _wait(ws, actor, job.id, "training", watch)


def _wait(ws: Workspace, actor: Actor, job_id: str, stage: str, watch: Watch) -> JobView:
    """Follow a job to its end; anything but success is an error with the job's own sentence."""
    told = _Teller(ws, job_id, stage, watch)
    try:
        while not (job := get_job(ws, job_id)).state.is_final:
            told.tell(job)
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        cancel_job(ws, actor, job_id, nonce=ws.new_id())
        raise
    told.tell(job)
    if job.state is not JobState.SUCCEEDED:
        raise JobError(f"The job `{job.name}` ended as {job.state.value}. {job.error or ''}".strip())
    return job


class _Teller:
    """Turns a job's rows into events, each once."""

    def __init__(self, ws: Workspace, job_id: str, stage: str, watch: Watch) -> None:
        self._ws = ws
        self._job_id = job_id
        self._stage = stage
        self._watch = watch
        self._seq = 0
        self._last: tuple[int, int, str] | None = None

    def tell(self, job: JobView) -> None:
        for event in job_events(self._ws, self._job_id, self._seq):
            self._seq = event.seq
            self._watch(DemoEvent("log", self._stage, event.text))
        now = (job.step, job.steps, job.phase)
        if now != self._last:
            self._last = now
            newest = {name: curve[-1][1] for name, curve in job_metrics(self._ws, self._job_id).items()}
            self._watch(DemoEvent("progress", self._stage, job.phase, job.step, job.steps, job.eta_s, newest))


def count_test_rows(ws: Workspace, dataset_id: str, choice: DemoChoice) -> int:
    """How many test rows to ask: the round number, or as many more as hold enough of those that are rare."""
    fewest = TINY_TEST_ROWS if choice.is_tiny else TEST_ROWS
    everything = read_questions(ws, dataset_id, Split.TEST, "router")
    rows = min(fewest.rows, len(everything))
    while rows < len(everything) and not _has_enough([everything[at] for at in draw_sample(everything, rows)], fewest):
        rows += 1
    return rows


def _has_enough(questions: Sequence[Question], fewest: Fewest) -> bool:
    answers = [question.gold.messages[-1] for question in questions]
    recoveries = sum(answer.label is not None and answer.label.recovery is not None for answer in answers)
    return sum(not answer.calls for answer in answers) >= fewest.no_tool and recoveries >= fewest.recoveries


def _evaluate(
    ws: Workspace, actor: Actor, demo: DemoReport, training: JobView, choice: DemoChoice, rows: int, watch: Watch
) -> str:
    ways = ", as they are, after examples and under a grammar" if choice.is_full else ""
    watch(DemoEvent("stage", "evaluation", f"Base and tuned model on {rows} test rows{ways}"))
    first = launch_evaluation(
        ws,
        actor,
        demo.project.id,
        demo.dataset.n,
        _model_ids(ws, actor, training),
        limit=rows,
        four_shot=choice.is_full,
        grammar=choice.is_full,
        repairs=REPAIRS if choice.is_full else 0,
        nonce=f"demo {ws.new_id()}",
    )
    together = [job for job in list_jobs(ws, demo.project.id) if job.kind == "evaluate" and job.id >= first.id]
    for job in sorted(together, key=lambda job: job.id):
        _wait(ws, actor, job.id, "evaluation", watch)
    return first.id


def _model_ids(ws: Workspace, actor: Actor, training: JobView) -> tuple[str, str]:
    """The base the training started from, and what came of it."""
    if training.model_id is None:
        raise JobError(f"The training `{training.name}` left no model.")
    tuned = get_model(ws, training.model_id)
    base = register_base(ws, actor, training.project_id, tuned.base, nonce=f"demo {ws.new_id()}")
    return base.id, tuned.id


def _read_outcome(ws: Workspace, evaluation_id: str, outcome: DemoOutcome) -> DemoOutcome:
    """What one look gave, by the short names of the models."""
    results = {short_name(one): one for one in get_evaluation(ws, evaluation_id).models if one.report is not None}
    return msgspec.structs.replace(
        outcome,
        reports={name: one.report for name, one in results.items() if one.report is not None},
        repairs={name: one.repairs for name, one in results.items() if one.repairs is not None},
        held={name: one.held for name, one in results.items() if one.held is not None},
        latency_ms={name: one.summary["latency_ms"]["p50"] for name, one in results.items()},
    )


def short_name(result: ModelResult) -> str:
    """What the command line calls a model of the demo."""
    model = "tuned" if result.model.kind in TRAINED else "base"
    return model + "_four_shot" * bool(result.shots) + "_grammar" * result.grammar
