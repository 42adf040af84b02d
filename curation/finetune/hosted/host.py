"""One host: the nine calls that are made of it, each as a question in our words and an answer in our values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from curation.finetune.hosted.answers import read_checkpoint, read_event, read_file, read_job
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.remote import RemoteCheckpoint, RemoteEvent, RemoteFile, RemoteJob
from curation.hosts.address import Access
from curation.hosts.client import open_client, timeout
from curation.hosts.line import PAGE, Line
from curation.hosts.reading import GarbledError
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2

ANSWER_S = 30.0
UPLOAD_S = 300.0
"""How long a host may be silent while it takes a file."""
PURPOSE: Literal["fine-tune"] = "fine-tune"


class Order(msgspec.Struct, frozen=True):
    """Everything that a POST of a job says."""

    body: dict[str, Json]
    extra: dict[str, Json] = {}


class Host:
    """One host with its key; opened anew whenever either changes."""

    def __init__(
        self,
        profile: Profile,
        access: Access,
        transport: httpx2.BaseTransport | None = None,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._line = Line(profile.title, profile.key_variable, access.key)
        self._client = open_client(profile.title, access, transport, answer_s, profile.headers)

    def list_files(self) -> Iterator[RemoteFile]:
        """The files for training, page after page."""
        files = self._client.files.with_raw_response
        what = "list its files"
        for page in self._line.turn_pages(what, lambda after: files.list(purpose=PURPOSE, limit=PAGE, **after)):
            for one in page:
                yield self._line.read(read_file, one, what)

    def upload(self, path: Path, name: str) -> RemoteFile:
        with path.open("rb") as stream:
            answer = self._line.ask(
                "take the rows",
                lambda: self._client.files.with_raw_response.create(
                    file=(name, stream, "application/jsonl"), purpose=PURPOSE, timeout=timeout(UPLOAD_S)
                ),
            )
        return self._line.read(read_file, answer, "take the rows")

    def look_at_file(self, file_id: str) -> RemoteFile:
        answer = self._line.ask("show a file", lambda: self._client.files.with_raw_response.retrieve(file_id))
        return self._line.read(read_file, answer, "show a file")

    def create_job(self, order: Order) -> RemoteJob:
        jobs = self._client.fine_tuning.jobs.with_raw_response
        body: dict[str, Any] = dict(order.body)
        answer = self._line.ask("start the job", lambda: jobs.create(**body, extra_body=order.extra or None))
        return self._line.read(read_job, answer, "start the job")

    def list_jobs(self, metadata: dict[str, str] | None = None) -> Iterator[RemoteJob]:
        """The jobs that carry this metadata, and others too where the host does not look at it."""
        jobs = self._client.fine_tuning.jobs.with_raw_response
        wanted: dict[str, Any] = {"metadata": metadata} if metadata else {}
        what = "list its jobs"
        for page in self._line.turn_pages(
            what, lambda after: jobs.list(limit=PAGE, **wanted, **after), to_the_end=True
        ):
            for one in page:
                yield self._line.read(read_job, one, what)

    def look_at_job(self, job_id: str) -> RemoteJob:
        what = "show the job"
        job = self._line.read(
            read_job,
            self._line.ask(what, lambda: self._client.fine_tuning.jobs.with_raw_response.retrieve(job_id)),
            what,
        )
        if job.id != job_id:
            raise self._line.trouble(what, "it showed another one")
        return job

    def cancel_job(self, job_id: str) -> None:
        self._line.ask("stop the job", lambda: self._client.fine_tuning.jobs.with_raw_response.cancel(job_id))

    def list_events(self, job_id: str) -> Iterator[list[RemoteEvent]]:
        """Pages of events, the newest first with most hosts; nobody promises an order."""
        jobs, what = self._client.fine_tuning.jobs.with_raw_response, "tell what the job did"
        for page in self._line.turn_pages(what, lambda after: jobs.list_events(job_id, limit=PAGE, **after)):
            yield [read_event(one) for one in page]

    def list_checkpoints(self, job_id: str) -> list[RemoteCheckpoint]:
        kept, what = self._client.fine_tuning.jobs.checkpoints.with_raw_response, "list the checkpoints"
        found: list[RemoteCheckpoint] = []
        for page in self._line.turn_pages(what, lambda after: kept.list(job_id, limit=PAGE, **after)):
            for one in page:
                with suppress(GarbledError):
                    found.append(read_checkpoint(one))
        return sorted(found, key=lambda one: one.step)

    def close(self) -> None:
        self._client.close()
