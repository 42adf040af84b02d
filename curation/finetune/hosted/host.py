"""One host behind OpenAI's client: every call once, every answer read by us, every failure in a sentence.

The client would repeat a POST that got no answer, and so make a second paid job; its own reading lets a page of HTML
or an empty object pass as a job. So it is told to repeat nothing, and only its transport and its paths are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from curation.errors import MissingPackageError
from curation.finetune.hosted.address import Access
from curation.finetune.hosted.answers import (
    GarbledError,
    RemoteCheckpoint,
    RemoteEvent,
    RemoteFile,
    RemoteJob,
    read_checkpoint,
    read_event,
    read_file,
    read_job,
    read_object,
    read_page,
)
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.troubles import HostRefusedError, HostTroubleError, clean, read_patience
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2
    import openai

CONNECT_S = 5.0
ANSWER_S = 30.0
UPLOAD_S = 300.0
"""How long a host may be silent while it takes a file."""
PAGE = 100
MOST_PAGES = 50
PURPOSE: Literal["fine-tune"] = "fine-tune"
_USUAL_HEADERS = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "user-agent",
        # The client looks for it in the request when the answer is there, to hand the answer over unread.
        "x-stainless-raw-response",
    }
)
_NOT_FOR_ANYBODY = frozenset({408, 409, 425, 429})
"""Refusals that pass, or do not say that nothing happened."""


Given = TypeVar("Given")
Read = TypeVar("Read")


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
        self._profile = profile
        self._key = access.key
        self._client = _open_client(profile, access, transport, answer_s)

    def list_files(self) -> Iterator[RemoteFile]:
        """The files for training, page after page."""
        files = self._client.files.with_raw_response
        what = "list its files"
        for page in self._pages(what, lambda after: files.list(purpose=PURPOSE, limit=PAGE, **after)):
            for one in page:
                yield self._read(read_file, one, what)

    def upload(self, path: Path, name: str) -> RemoteFile:
        with path.open("rb") as stream:
            answer = self._ask(
                "take the rows",
                lambda: self._client.files.with_raw_response.create(
                    file=(name, stream, "application/jsonl"), purpose=PURPOSE, timeout=_timeout(UPLOAD_S)
                ),
            )
        return self._read(read_file, answer, "take the rows")

    def look_at_file(self, file_id: str) -> RemoteFile:
        answer = self._ask("show a file", lambda: self._client.files.with_raw_response.retrieve(file_id))
        return self._read(read_file, answer, "show a file")

    def create_job(self, order: Order) -> RemoteJob:
        jobs = self._client.fine_tuning.jobs.with_raw_response
        body: dict[str, Any] = dict(order.body)
        answer = self._ask("start the job", lambda: jobs.create(**body, extra_body=order.extra or None))
        return self._read(read_job, answer, "start the job")

    def list_jobs(self, metadata: dict[str, str] | None = None) -> Iterator[RemoteJob]:
        """The jobs that carry this metadata, and others too where the host does not look at it."""
        jobs = self._client.fine_tuning.jobs.with_raw_response
        wanted: dict[str, Any] = {"metadata": metadata} if metadata else {}
        what = "list its jobs"
        for page in self._pages(what, lambda after: jobs.list(limit=PAGE, **wanted, **after), to_the_end=True):
            for one in page:
                yield self._read(read_job, one, what)

    def look_at_job(self, job_id: str) -> RemoteJob:
        what = "show the job"
        job = self._read(
            read_job,
            self._ask(what, lambda: self._client.fine_tuning.jobs.with_raw_response.retrieve(job_id)),
            what,
        )
        if job.id != job_id:
            raise self._trouble(what, "it showed another one")
        return job

    def cancel_job(self, job_id: str) -> None:
        self._ask("stop the job", lambda: self._client.fine_tuning.jobs.with_raw_response.cancel(job_id))

    def list_events(self, job_id: str) -> Iterator[list[RemoteEvent]]:
        """Pages of events, the newest first with most hosts; nobody promises an order."""
        jobs, what = self._client.fine_tuning.jobs.with_raw_response, "tell what the job did"
        for page in self._pages(what, lambda after: jobs.list_events(job_id, limit=PAGE, **after)):
            yield [read_event(one) for one in page]

    def list_checkpoints(self, job_id: str) -> list[RemoteCheckpoint]:
        kept, what = self._client.fine_tuning.jobs.checkpoints.with_raw_response, "list the checkpoints"
        found: list[RemoteCheckpoint] = []
        for page in self._pages(what, lambda after: kept.list(job_id, limit=PAGE, **after)):
            for one in page:
                with suppress(GarbledError):
                    found.append(read_checkpoint(one))
        return sorted(found, key=lambda one: one.step)

    def close(self) -> None:
        self._client.close()

    def _pages(
        self, what: str, ask: Callable[[dict[str, Any]], Any], *, to_the_end: bool = False
    ) -> Iterator[list[dict[str, Json]]]:
        """Page after page; a host that shows the same page again and again is left at its first."""
        after: dict[str, Any] = {}
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            answer = self._ask(what, partial(ask, after))
            entries, has_more = self._read(read_page, answer, what)
            ids = [one["id"] for one in entries if isinstance(one.get("id"), str)]
            if ids and seen.issuperset(ids):
                return
            yield entries
            if not has_more or not ids:
                return
            seen.update(ids)
            after = {"after": ids[-1]}
        if to_the_end:
            raise self._trouble(what, f"the list is longer than {MOST_PAGES * PAGE:,} entries")

    def _ask(self, what: str, send: Callable[[], Any]) -> dict[str, Json]:
        import httpx2
        import openai

        try:
            content: bytes = send().content
            return self._read(read_object, content, what)
        # The client's errors hold the request with its key, so they are told in our words and not kept as a cause.
        except openai.APIStatusError as error:
            raise self._judge(error.response, what) from None
        except openai.APITimeoutError:
            raise self._trouble(what, "no answer came in time") from None
        except (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
            kind = "it could not be reached" if isinstance(cause, httpx2.ConnectError) else "the line broke"
            raise self._trouble(what, kind) from None

    def _judge(self, response: httpx2.Response, what: str) -> HostTroubleError | HostRefusedError:
        """A refusal is one when the host itself says so; a proxy's page or an outage says nothing about the job."""
        status = response.status_code
        said = _read_refusal(response)
        if said is None or status >= 500 or status in _NOT_FOR_ANYBODY or status < 400:
            patience = read_patience(response.headers.get("retry-after"))
            return self._trouble(what, f"it answered with status {status}", patience)
        if status in (401, 403):
            return HostRefusedError(
                f"{self._profile.title} did not {what}: it does not accept the key (status {status}).",
                hint=f"Look at the key in {self._profile.key_variable} and at what it may do there.",
                status=status,
            )
        words = clean(said, self._key).rstrip(".") or "it gave no reason"
        return HostRefusedError(f"{self._profile.title} did not {what}: {words} (status {status}).", status=status)

    def _trouble(self, what: str, why: str, patience_s: float = 0.0) -> HostTroubleError:
        return HostTroubleError(
            f"{self._profile.title} did not {what}: {why}.", hint="It is asked again by itself.", after_s=patience_s
        )

    def _read(self, read: Callable[[Given], Read], value: Given, what: str) -> Read:
        try:
            return read(value)
        except GarbledError as error:
            raise self._trouble(what, f"its answer cannot be read, {error}") from None


def _open_client(
    profile: Profile, access: Access, transport: httpx2.BaseTransport | None, answer_s: float
) -> openai.OpenAI:
    try:
        import httpx2
        import openai

        from curation.finetune.hosted.bounded import bound
    except ImportError as error:
        needs = f"{profile.title} needs the package `openai`."
        raise MissingPackageError(needs, hint="Run `make run` again.") from error
    allowed = _USUAL_HEADERS | set(profile.headers)

    def keep_to_the_point(request: httpx2.Request) -> None:
        """What the environment meant for one host, and what tells about this machine, goes to nobody else."""
        for name in [name for name in request.headers if name.lower() not in allowed]:
            del request.headers[name]

    http = httpx2.Client(
        transport=transport,
        timeout=_timeout(answer_s),
        follow_redirects=False,
        event_hooks={
            "request": [keep_to_the_point],
            "response": [partial(bound, whole_s=answer_s)],
        },
    )
    return openai.OpenAI(api_key=access.key, base_url=access.address, max_retries=0, http_client=http)


def _timeout(answer_s: float) -> Any:
    import httpx2

    return httpx2.Timeout(answer_s, connect=CONNECT_S)


def _read_refusal(response: httpx2.Response) -> str | None:
    """The host's own words; None: this is no answer of an API."""
    try:
        value = read_object(response.content)
    except GarbledError:
        return None
    said = value.get("error", value.get("detail", value.get("message")))
    if isinstance(said, dict):
        said = said.get("message")
    return said if isinstance(said, str) else "" if value else None
