"""A host of fine-tuning that trains nothing: it keeps files and jobs, lets time pass, and counts what it was asked.

It answers like the published API (tests/contract/test_fake_host.py holds it to that), over a transport or a socket.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.hosted.calls import call_of, names_of
from tests.hosted.row_judges import judge_conversation, judge_pair

CHECKING_S, QUEUED_S, STEP_S = 2.0, 3.0, 1.0
KEY = "sk-canary-4f1d2c9b7a"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Job:
    """What was asked for, and when; everything else follows from the time."""

    id: str
    created_at: float
    asked: dict[str, Any]
    steps: int
    cancelled_at: float | None = None
    failure: str = ""

    @property
    def first_step_at(self) -> float:
        return self.created_at + CHECKING_S + QUEUED_S

    @property
    def ends_at(self) -> float:
        return self.first_step_at + self.steps * STEP_S

    def step_at(self, now: float) -> int:
        until = now if self.cancelled_at is None else min(now, self.cancelled_at)
        return max(0, min(self.steps, int((until - self.first_step_at) / STEP_S)))

    def status_at(self, now: float) -> str:
        if self.cancelled_at is not None:
            return "cancelled"
        if now < self.created_at + CHECKING_S:
            return "validating_files"
        if self.failure:
            return "failed"
        if now < self.first_step_at:
            return "queued"
        return "running" if now < self.ends_at else "succeeded"


@dataclass
class FakeHost:
    """The host; `steps` is how long its jobs are, `page` how many entries it shows at once."""

    clock: Callable[[], float]
    steps: int = 12
    page: int = 100
    lag_s: float = 0.0
    """How long a new job is missing from the list."""
    keeps_metadata: bool = True
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    """Reasons for which the next jobs fail."""

    def answer(self, method: str, target: str, headers: dict[str, str], content: bytes) -> Answer:
        """One request; `headers` with names in small letters."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        names = names_of(parts.path)
        if headers.get("authorization") != f"Bearer {KEY}":
            return refuse(401, f"Incorrect API key provided: {headers.get('authorization', '')[7:]}.")
        self.asked[call_of(method, names)] += 1
        match (method, *names):
            case ("GET", "files"):
                return 200, self._list_files(query)
            case ("POST", "files"):
                return self._take_file(headers["content-type"], content)
            case ("GET", "files", file_id):
                return (200, self.files[file_id]) if file_id in self.files else refuse(404, "No such file.")
            case ("POST", "fine_tuning", "jobs"):
                return self._create(json.loads(content))
            case ("GET", "fine_tuning", "jobs"):
                return 200, self._list_jobs(query)
            case (_, "fine_tuning", "jobs", job_id, *rest) if job_id in self.jobs:
                return self._of_job(method, self.jobs[job_id], rest, query)
        return refuse(404, f"Unknown: {method} {parts.path}")

    def _of_job(self, method: str, job: Job, rest: list[str], query: dict[str, str]) -> Answer:
        match (method, *rest):
            case ("GET",):
                return 200, self.tell(job)
            case ("GET", "events"):
                return 200, self._page(list(reversed(self.tell_events(job))), query)
            case ("GET", "checkpoints"):
                return 200, self._with_ends(self._page(self.tell_checkpoints(job), query))
            case ("POST", "cancel"):
                if job.status_at(self.clock()) in ("succeeded", "failed", "cancelled"):
                    return refuse(400, "The job has ended already.")
                job.cancelled_at = self.clock()
                return 200, self.tell(job)
        return refuse(404, "No such thing.")

    # Files

    def _take_file(self, kind: str, content: bytes) -> Answer:
        form = read_form(kind, content)
        name, rows = form["file"]
        if form["purpose"][1] != b"fine-tune":
            return refuse(400, "Unknown purpose.")
        file_id = f"file-{len(self.files) + 1:06}"
        self.contents[file_id] = rows
        self.files[file_id] = {
            "id": file_id,
            "object": "file",
            "bytes": len(rows),
            "created_at": int(self.clock()),
            "filename": name,
            "purpose": "fine-tune",
            "status": "processed",
        }
        return 200, self.files[file_id]

    def _list_files(self, query: dict[str, str]) -> dict[str, Any]:
        return self._with_ends(self._page(list(reversed(self.files.values())), query))

    # Jobs

    def _create(self, asked: dict[str, Any]) -> Answer:
        if asked["training_file"] not in self.files:
            return refuse(400, "invalid training_file: no such file")
        method, settings = read_method(asked)
        if settings.get("n_epochs", 1) == 49:
            return refuse(400, "n_epochs is too large for this account.")
        job = Job(f"ftjob-{len(self.jobs) + 1:06}", self.clock(), asked, self.steps)
        job.failure = self._judge_rows(method, asked)
        if self.failures:
            job.failure = self.failures.pop(0)
        self.jobs[job.id] = job
        return 200, self.tell(job)

    def _judge_rows(self, method: str, asked: dict[str, Any]) -> str:
        """What is wrong with the rows for this method; a job finds out while it checks them."""
        for file_id in filter(None, (asked["training_file"], asked.get("validation_file"))):
            for n, row in enumerate(self.contents[file_id].splitlines(), 1):
                if fault := (judge_pair if method == "dpo" else judge_conversation)(json.loads(row)):
                    return f"Line {n} of {self.files[file_id]['filename']}: {fault}"
        return ""

    def _list_jobs(self, query: dict[str, str]) -> dict[str, Any]:
        now = self.clock()
        wanted = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[")}
        shown = [
            self.tell(job)
            for job in reversed(self.jobs.values())
            if now - job.created_at >= self.lag_s
            and all((job.asked.get("metadata") or {}).get(name) == value for name, value in wanted.items())
        ]
        return self._page(shown, query)

    def tell(self, job: Job) -> dict[str, Any]:
        """A job as it stands now."""
        now = self.clock()
        status, asked = job.status_at(now), job.asked
        is_over = status in ("succeeded", "failed", "cancelled")
        told: dict[str, Any] = {
            "id": job.id,
            "object": "fine_tuning.job",
            "created_at": int(job.created_at),
            "error": {"code": "invalid_file", "message": job.failure, "param": None} if status == "failed" else None,
            "fine_tuned_model": f"ft:{asked['model']}:shop::{job.id[-6:]}" if status == "succeeded" else None,
            "finished_at": int(now) if is_over else None,
            "estimated_finish": int(job.ends_at) if status == "running" else None,
            "hyperparameters": {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 2},
            "model": asked["model"],
            "organization_id": "org-1",
            "result_files": [],
            "seed": asked.get("seed", 1),
            "status": status,
            "trained_tokens": 4000 if status == "succeeded" else None,
            "training_file": asked["training_file"],
            "validation_file": asked.get("validation_file"),
            **({"method": asked["method"]} if "method" in asked else {}),
        }
        if self.keeps_metadata:
            told["metadata"] = asked.get("metadata")
        else:
            told["suffix"] = asked.get("suffix")
        return told

    def tell_events(self, job: Job) -> list[dict[str, Any]]:
        """Everything the job has said, oldest first."""
        said = [_event(job, 0, job.created_at, f"Created fine-tuning job: {job.id}")]
        for step in range(1, job.step_at(self.clock()) + 1):
            at = job.first_step_at + step * STEP_S
            data = {"step": step, "total_steps": job.steps, "train_loss": round(2.0 / step, 4)}
            if step % 3 == 0:
                data["valid_loss"] = round(2.5 / step, 4)
            words = f"Step {step}/{job.steps}: training loss={2.0 / step:.2f}"
            said.append({**_event(job, step, at, words), "type": "metrics", "data": data})
        if job.status_at(self.clock()) == "succeeded":
            said.append(_event(job, job.steps + 1, job.ends_at, "The job has successfully completed"))
        return said

    def tell_checkpoints(self, job: Job) -> list[dict[str, Any]]:
        return [
            {
                "id": f"ftckpt-{job.id[-6:]}-{step}",
                "object": "fine_tuning.job.checkpoint",
                "created_at": int(job.first_step_at + step),
                "fine_tuned_model_checkpoint": f"ft:{job.asked['model']}:shop::{job.id[-6:]}:ckpt-step-{step}",
                "fine_tuning_job_id": job.id,
                "metrics": {"step": step, "train_loss": 2.0 / step},
                "step_number": step,
            }
            for step in range(3, job.step_at(self.clock()) + 1, 3)
        ]

    # Lists

    def _page(self, entries: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        ids = [one["id"] for one in entries]
        start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
        size = min(self.page, int(query.get("limit", 20)))
        return {"object": "list", "data": entries[start : start + size], "has_more": start + size < len(entries)}

    def _with_ends(self, page: dict[str, Any]) -> dict[str, Any]:
        ids = [one["id"] for one in page["data"]]
        return {**page, "first_id": ids[0] if ids else "", "last_id": ids[-1] if ids else ""}

    # What tests look at

    def launches(self) -> Counter[str]:
        """How many jobs there are for each launch id, wherever it travelled."""
        return Counter(self.launch_of(job) for job in self.jobs.values())

    def launch_of(self, job: Job) -> str:
        marked = (job.asked.get("metadata") or {}).get("callwright_launch")
        return marked or job.asked.get("suffix") or ""


def read_method(asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """How a job is to be trained: the method and its settings."""
    method = asked.get("method", {"type": "supervised"})
    return method["type"], method.get(method["type"], {}).get("hyperparameters", {})


def refuse(status: int, words: str) -> Answer:
    return status, {"error": {"message": words, "type": "invalid_request_error", "param": None, "code": None}}


def read_form(kind: str, content: bytes) -> dict[str, tuple[str, bytes]]:
    """The parts of a form: name → (file name, content)."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content)
    parts = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        parts[str(name)] = (part.get_filename() or "", part.get_payload(decode=True) or b"")
    return parts


def _event(job: Job, number: int, at: float, words: str) -> dict[str, Any]:
    return {
        "object": "fine_tuning.job.event",
        "id": f"ftevent-{job.id[-6:]}-{number}",
        "created_at": int(at),
        "level": "info",
        "message": words,
        "type": "message",
        "data": {},
    }
