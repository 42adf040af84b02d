"""A desk with a frozen version and two models, and a provider that answers at once."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec

from curation.finetune.contract import Handle, Launch, Outcome, Status
from curation.finetune.spec import AnswerSpec, decode_spec
from curation.metrics.answers import Answer
from curation.model.people import Actor
from curation.model.states import JobState, Portion, Split
from curation.model.values import Json
from curation.services.cataloguing import import_tools
from curation.services.evaluating import (
    Recorded,
    launch_evaluation,
    record_answers,
)
from curation.services.evaluation_views import EvaluationView
from curation.services.freezing import DatasetView, freeze
from curation.services.jobs import JobView
from curation.services.keeping import Keeper
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.questions import Question, read_questions
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import Workspace, open_workspace
from curation.synthesizers.shop import demo_tools
from db.models import ModelRecord, save_model
from tests.ready_homes import make_ready


class Desk:
    """A workspace with one project, one frozen version and two models."""

    def __init__(self, home: Path, *, count: int = 120) -> None:
        self.ws = open_workspace(make_ready(home))
        self.actor: Actor = local_actor(self.ws)
        self.project_id = create_project(self.ws, self.actor, "Desk", nonce="project").id
        import_tools(self.ws, self.actor, self.project_id, demo_tools(), nonce="tools")
        draft_candidates(self.ws, self.actor, self.project_id, "schema_driven", count=count, seed=1, nonce="draft")
        self.dataset: DatasetView = freeze(
            self.ws, self.actor, self.project_id, include_unreviewed=True, nonce="freeze"
        )
        self.base = self.add_model("tiny", "base")
        self.tuned = self.add_model("tuned", "adapter")

    def copied_to(self, home: Path) -> Desk:
        """The same desk in a folder of its own; this one must be closed."""
        shutil.copytree(self.ws.home, home)
        other = copy.copy(self)
        other.ws = open_workspace(home)
        return other

    def add_model(self, name: str, kind: str, style: str = "router") -> str:
        model_id = self.ws.new_id()
        record = ModelRecord(
            id=model_id,
            project_id=self.project_id,
            name=name,
            base="models/tiny",
            kind=kind,
            location=f"models/{name}",
            created_at=self.ws.now(),
            details=json.dumps({"style": style}),
        )
        (self.ws.home / record.location).mkdir(parents=True, exist_ok=True)
        with self.ws.unit() as unit:
            save_model(unit.connection, record)
            unit.commit()
        return model_id

    def questions(self, limit: int | None = None, split: Portion = Split.TEST) -> tuple[Question, ...]:
        return read_questions(self.ws, self.dataset.id, split, "router", limit)

    def right_answers(self, split: Portion = Split.TEST) -> list[Answer]:
        texts = right_texts(self.questions(split=split))
        return [Answer(text=text, latency_ms=10.0 + i, tokens=7) for i, text in enumerate(texts)]

    def launch(self, *model_ids: str, limit: int | None = None, **ways: Any) -> JobView:
        """Order that these models answer."""
        return launch_evaluation(
            self.ws, self.actor, self.project_id, self.dataset.n, list(model_ids), limit=limit, nonce="go", **ways
        )

    def record(self, *runs: Recorded, split: Portion = Split.TEST, nonce: str = "record") -> EvaluationView:
        return record_answers(self.ws, self.actor, self.project_id, self.dataset.n, runs, split=split, nonce=nonce)


def right_texts(questions: tuple[Question, ...]) -> list[str]:
    return [json.loads(question.row)["messages"][-1]["content"] for question in questions]


class AnsweringProvider:
    """Stands in for the local worker: answers at once, from a script by model."""

    name = "local"
    title = "Scripted"
    parameters = ()
    at_once = 1
    is_hosted = False
    is_remote = False
    rest_s = 0.0

    def __init__(self, *, leave_out: int = 0, ends_as: JobState = JobState.SUCCEEDED) -> None:
        self.specs: list[AnswerSpec] = []
        self.leave_out = leave_out
        self.ends_as = ends_as

    def prepare(self, launch: Launch, spec: dict[str, Json]) -> None:
        text = msgspec.json.encode({**spec, "launch_id": launch.launch_id})
        decoded = decode_spec(text, AnswerSpec)
        self.specs.append(decoded)

    def find(self, launch: Launch) -> Handle | None:
        return Handle(pid=1) if (launch.run_dir / "answers.jsonl").exists() else None

    def launch(self, launch: Launch) -> Handle:
        rows = (launch.run_dir / "data" / "test.jsonl").read_bytes().splitlines()
        texts = [json.loads(row)["messages"][-1]["content"] for row in rows]
        lines = [json.dumps({"text": text, "latency_ms": 5.0, "tokens": 3}) + "\n" for text in texts]
        (launch.run_dir / "answers.jsonl").write_text("".join(lines[: len(lines) - self.leave_out]))
        return Handle(pid=1)

    def poll(self, launch: Launch, handle: Handle, after_seq: int) -> Status:
        return Status(self.ends_as)

    def cancel(self, launch: Launch, handle: Handle) -> None: ...

    def collect(self, launch: Launch, handle: Handle) -> Outcome:
        return Outcome(launch.run_dir)


def keep(ws: Workspace, provider: AnsweringProvider) -> None:
    keeper = Keeper(ws, providers={"local": provider})
    for _ in range(20):
        if not keeper.step():
            return
    raise AssertionError("the jobs did not end")
