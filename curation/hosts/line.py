"""The line to one host: every question asked once, every answer read by us, every failure in a sentence.

The client would repeat a POST that got no answer, and so make a second paid job; its own reading lets a page of HTML
or an empty object pass as a job. So it is told to repeat nothing, and only its transport and its paths are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from curation.hosts.reading import GarbledError, read_object, read_page
from curation.hosts.troubles import NOT_LET_IN, HostRefusedError, HostTroubleError, clean, is_about_key, read_patience
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2

PAGE = 100
MOST_PAGES = 50
UNKNOWN = 401
"""Says of itself that it is about the key."""
_NOT_FOR_ANYBODY = frozenset({408, 409, 425, 429})
"""Refusals that pass, or do not say that nothing happened."""

Given = TypeVar("Given")
Read = TypeVar("Read")


class Line:
    """What is asked of one host, and how its silence and its refusals are told."""

    def __init__(self, title: str, key_variable: str, key: str) -> None:
        self._title = title
        self._key_variable = key_variable
        self._key = key

    def turn_pages(
        self, what: str, ask: Callable[[dict[str, Any]], Any], *, to_the_end: bool = False
    ) -> Iterator[list[dict[str, Json]]]:
        """Page after page; a host that shows the same page again and again is left at its first."""
        after: dict[str, Any] = {}
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            answer = self.ask(what, partial(ask, after))
            entries, has_more = self.read(read_page, answer, what)
            ids = [one["id"] for one in entries if isinstance(one.get("id"), str)]
            if ids and seen.issuperset(ids):
                return
            yield entries
            if not has_more or not ids:
                return
            seen.update(ids)
            after = {"after": ids[-1]}
        if to_the_end:
            raise self.trouble(what, f"the list is longer than {MOST_PAGES * PAGE:,} entries")

    def ask(self, what: str, send: Callable[[], Any]) -> dict[str, Json]:
        import httpx2
        import openai

        try:
            content: bytes = send().content
            return self.read(read_object, content, what)
        # The client's errors hold the request with its key, so they are told in our words and not kept as a cause.
        except openai.APIStatusError as error:
            raise self._judge(error.response, what) from None
        except openai.APITimeoutError:
            raise self.trouble(what, "no answer came in time") from None
        except (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
            was_heard = not isinstance(cause, httpx2.ConnectError)
            kind = "the line broke" if was_heard else "it could not be reached"
            raise self.trouble(what, kind, was_heard=was_heard) from None

    def _judge(self, response: httpx2.Response, what: str) -> HostTroubleError | HostRefusedError:
        """A refusal is one when the host itself says so; a proxy's page or an outage says nothing about the job."""
        status = response.status_code
        said = _read_refusal(response)
        if said is None or status >= 500 or status in _NOT_FOR_ANYBODY or status < 400:
            patience = read_patience(response.headers.get("retry-after"))
            words = clean(said or "", self._key)
            return self.trouble(what, f"it answered with status {status}", patience, status=status, said=words)
        words = clean(said, self._key).rstrip(".") or "it gave no reason"
        whole = said.replace(self._key, "…") if self._key else said
        if status in NOT_LET_IN and (status == UNKNOWN or is_about_key(said)):
            # The words of a host that does not know the key may hold a part of it.
            return HostRefusedError(
                f"{self._title} did not {what}: it does not accept the key (status {status}).",
                hint=f"Look at the key in {self._key_variable} and at what it may do there.",
                status=status,
            )
        hint = "It may be the region, the access to the model, the quota or its rules." if status in NOT_LET_IN else ""
        return HostRefusedError(
            f"{self._title} did not {what}: {words} (status {status}).", hint=hint, status=status, said=whole
        )

    def trouble(
        self,
        what: str,
        why: str,
        patience_s: float = 0.0,
        *,
        status: int = 0,
        said: str = "",
        was_heard: bool = True,
    ) -> HostTroubleError:
        return HostTroubleError(
            f"{self._title} did not {what}: {why}.",
            hint="It is asked again by itself.",
            after_s=patience_s,
            status=status,
            said=said,
            was_heard=was_heard,
        )

    def read(self, read: Callable[[Given], Read], value: Given, what: str) -> Read:
        try:
            return read(value)
        except GarbledError as error:
            raise self.trouble(what, f"its answer cannot be read, {error}") from None


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
