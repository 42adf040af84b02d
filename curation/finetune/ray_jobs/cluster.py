"""One cluster behind Ray's documented HTTP interface: every call once, every failure in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import msgspec

from curation.finetune.ray_jobs.address import ANSWER_S, TOKEN_VARIABLE, Access
from curation.hosts.bounded import bound
from curation.hosts.troubles import NOT_LET_IN, HostRefusedError, HostTroubleError, clean
from curation.model.values import Json

CONNECT_S = 5.0
JOBS = "/api/jobs/"
NOBODY_S = "callwright-nobody-s"
"""A job that nobody hands in: enough to see whether a stranger is answered."""
_SAYS_NOTHING = frozenset({404, 408, 409, 425, 429})
"""A proxy's answers, or refusals that pass."""


class RemoteJob(msgspec.Struct, frozen=True):
    """What a cluster says of one job; unknown fields are passed over, unknown states are kept."""

    status: str
    submission_id: str | None = None
    message: str | None = None
    error_type: str | None = None
    start_time: float | None = None
    end_time: float | None = None
    """Milliseconds since the epoch, by the cluster's clock: to be compared with each other alone."""


class _Taken(msgspec.Struct, frozen=True):
    submission_id: str


class _Log(msgspec.Struct, frozen=True):
    logs: str


class Cluster:
    """One cluster with its token; opened anew whenever either changes."""

    def __init__(
        self, access: Access, transport: httpx2.BaseTransport | None = None, answer_s: float = ANSWER_S
    ) -> None:
        self._access = access
        headers = {"Authorization": f"Bearer {access.key}"} if access.key else {}
        open_client = partial(
            httpx2.Client,
            base_url=access.address,
            transport=transport,
            timeout=httpx2.Timeout(answer_s, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
            event_hooks={"response": [partial(bound, whole_s=answer_s)]},
        )
        self._client = open_client(headers=headers)
        self._stranger = open_client()

    def look_at(self, name: str) -> RemoteJob | None:
        """The job of that name; None when the cluster itself says that it knows none."""
        what = "show the job"
        answer = self._send(what, lambda: self._client.get(f"{JOBS}{name}"))
        if _is_unknown(answer, name):
            return None
        job: RemoteJob = self._read(answer, RemoteJob, what)
        if job.submission_id != name:
            raise self._trouble(what, "it showed another one")
        return job

    def submit(self, body: dict[str, Json]) -> None:
        """Hand a job in. A name that is taken is refused by the cluster, with a status that says nothing."""
        what = "take the job"
        answer = self._send(what, lambda: self._client.post(JOBS, json=body))
        taken: _Taken = self._read(answer, _Taken, what)
        if taken.submission_id != body["submission_id"]:
            raise self._trouble(what, "it took another one")

    def stop(self, name: str) -> None:
        """Let the cluster end it: politely, and hard after a while. One it does not know has ended."""
        answer = self._send("stop the job", lambda: self._client.post(f"{JOBS}{name}/stop"))
        if not _is_unknown(answer, name):
            self._require_fine(answer, "stop the job")

    def read_log(self, name: str) -> str:
        """Everything the job said before it wrote into its own log."""
        what = "show the job's log"
        answer = self._send(what, lambda: self._client.get(f"{JOBS}{name}/logs"))
        log: _Log = self._read(answer, _Log, what)
        return log.logs

    def is_open_to_anybody(self) -> bool:
        """Whether it answers somebody without a token; a proxy's answer says neither yes nor no."""
        what = "show whether it asks for a token"
        answer = self._send(what, lambda: self._stranger.get(f"{JOBS}{NOBODY_S}"))
        if answer.status_code in NOT_LET_IN:
            return False
        if answer.status_code == httpx2.codes.OK or _is_unknown(answer, NOBODY_S):
            return True
        raise self._trouble(what, f"it answered with status {answer.status_code}")

    def close(self) -> None:
        self._client.close()
        self._stranger.close()

    def _send(self, what: str, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        try:
            return send()
        # These errors hold the request with its token, so they are told in our words and not kept as a cause.
        except httpx2.TimeoutException:
            raise self._trouble(what, "no answer came in time") from None
        except httpx2.ConnectError:
            raise self._trouble(what, "it could not be reached") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError):
            raise self._trouble(what, "the line broke") from None

    def _read(self, answer: httpx2.Response, kind: type[Any], what: str) -> Any:
        self._require_fine(answer, what)
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.DecodeError:
            raise self._trouble(what, "its answer cannot be read") from None

    def _require_fine(self, answer: httpx2.Response, what: str) -> None:
        status = answer.status_code
        if status in NOT_LET_IN:
            raise HostRefusedError(
                f"The Ray cluster at {self._access.host} did not {what}: it does not accept the token "
                f"(status {status}).",
                hint=f"Look at {TOKEN_VARIABLE}; it must be the one the cluster was started with.",
                status=status,
            )
        if 400 <= status < 500 and status not in _SAYS_NOTHING and not _is_page(answer):
            words = clean(_last_line(answer.text), self._access.key).rstrip(".") or "it gave no reason"
            raise HostRefusedError(
                f"The Ray cluster at {self._access.host} did not {what}: {words} (status {status}).", status=status
            )
        if status != httpx2.codes.OK:
            raise self._trouble(what, f"it answered with status {status}")

    def _trouble(self, what: str, why: str) -> HostTroubleError:
        return HostTroubleError(
            f"The Ray cluster at {self._access.host} did not {what}: {why}.", hint="It is asked again by itself."
        )


def _is_unknown(answer: httpx2.Response, name: str) -> bool:
    """Only in Ray's own words: a gateway in front of a cluster that starts anew answers with 404 too."""
    is_said = re.fullmatch(rf"Job {re.escape(name)} does not exist\.?\s*", answer.text) is not None
    return answer.status_code == httpx2.codes.NOT_FOUND and is_said


def _is_page(answer: httpx2.Response) -> bool:
    return "html" in answer.headers.get("content-type", "") or answer.text.lstrip().startswith("<")


def _last_line(text: str) -> str:
    """Of a traceback, which is what Ray answers with, the line that says what is wrong."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
