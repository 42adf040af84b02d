"""A model behind any address that speaks OpenAI's chat API: one request a prompt, every answer read by us."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from curation.hosts.address import Access
from curation.hosts.client import open_client
from curation.hosts.hanging_up import HangUp
from curation.hosts.line import Line
from curation.hosts.reading import GarbledError, number_of, text_of
from curation.hosts.troubles import HostRefusedError, clean
from curation.llm.answers import read_value
from curation.llm.calls import UNREADABLE, read_calls
from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.desk import ChangedWaysError
from curation.llm.dialect import Dialect, write_body
from curation.llm.endpoints import KEY_VARIABLE
from curation.model.values import Json

if TYPE_CHECKING:
    import httpx2

ANSWER_S = 120.0
"""How long one answer may take from its first byte to its last."""
MOST_CHARACTERS = 2**20
WHAT = "answer"
NO_KEY = "none"
"""What stands in the header where a server on this machine asks for no key."""
UNTAKEN = (400, 415, 422, 501)
"""How hosts say that a parameter is not for them."""


class OpenAiChat:
    """One model of one host; safe to use from several threads."""

    def __init__(
        self,
        access: Access,
        model: str,
        *,
        transport: httpx2.BaseTransport | None = None,
        answer_s: float = ANSWER_S,
        key_variable: str = KEY_VARIABLE,
        dialect: Dialect | None = None,
    ) -> None:
        self.model = model
        self._key = access.key
        self._line = Line(access.host, key_variable, access.key)
        sent = access if access.key else Access(access.address, NO_KEY)
        self._hang_up = HangUp()
        self._client = open_client(access.host, sent, transport, answer_s, hang_up=self._hang_up)
        self._dialect = dialect or Dialect()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"OpenAiChat({self.model})"

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,  # noqa: ARG002 - a host takes one prompt a request
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order, with one request each.

        Raises:
            ChangedWaysError: the host does not take what it was sent; the next request will say it otherwise.
            HostTroubleError: there is no answer, or none that can be read.
            HostRefusedError: the host says no.
        """
        replies = []
        for prompt in prompts:
            replies.append(self._ask(prompt, max_new_tokens))
            if progress:
                progress(len(replies), len(prompts))
        return replies

    def close(self) -> None:
        self._client.close()

    def hang_up(self) -> None:
        """End every request that is under way, from whatever thread; nothing can be asked afterwards."""
        self._hang_up.now()

    def _ask(self, prompt: Prompt, longest_answer: int) -> Reply:
        dialect = self._dialect
        body: dict[str, Any] = write_body(dialect, self.model, prompt, longest_answer)
        ask = self._client.chat.completions.with_raw_response.create
        began = time.perf_counter()
        try:
            answer = self._line.ask(WHAT, lambda: ask(**body))
        except HostRefusedError as error:
            self._change_ways(dialect, error, prompt)
            raise
        latency_ms = round((time.perf_counter() - began) * 1000, 3)
        reply = self._line.read(lambda value: read_completion(value, latency_ms), answer, WHAT)
        reply = _cut(self._without_key(reply))
        if prompt.schema:
            self._heed(dialect, reply, prompt.schema)
        return reply

    def _change_ways(self, dialect: Dialect, error: HostRefusedError, prompt: Prompt) -> None:
        """Where the refusal is about how it was asked: remember another way, and let the question be put again."""
        other = dialect.after_refusal(error.said or error.message, has_schema=bool(prompt.schema))
        if error.status not in UNTAKEN or other is None:
            return
        self._learn(dialect, other)
        raise ChangedWaysError(error.message, hint="It is asked again in another way.", status=error.status) from None

    def _heed(self, dialect: Dialect, reply: Reply, schema: str) -> None:
        """A host that takes the schema and pays no heed to it gets it in words from now on."""
        is_whole = reply.finish in ("", "stop") and not reply.refusal
        other = dialect.after_misfit()
        if is_whole and other is not None and read_value(reply.text, schema).trouble:
            self._learn(dialect, other)

    def _learn(self, used: Dialect, other: Dialect) -> None:
        """Several requests may find out at once; each finds out about the dialect that it was asked in."""
        with self._lock:
            if self._dialect == used:
                self._dialect = other

    def _without_key(self, reply: Reply) -> Reply:
        """A host may repeat the headers it was sent: the key goes no further."""
        if not self._key:
            return reply
        return msgspec.structs.replace(
            reply,
            text=reply.text.replace(self._key, "…"),
            finish=clean(reply.finish, self._key),
            refusal=clean(reply.refusal, self._key),
            calls=tuple(call.replace(self._key, "…") for call in reply.calls),
        )


def read_completion(value: dict[str, Json], latency_ms: float = 0.0) -> Reply:
    """The reply in a chat completion.

    Raises:
        GarbledError: it is none.
    """
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise GarbledError("it has no message")
    content = message.get("content")
    if content is not None and not isinstance(content, str | list):
        raise GarbledError("its content is neither text nor absent")
    usage = value.get("usage")
    used: dict[str, Json] = usage if isinstance(usage, dict) else {}
    return Reply(
        _join(content),
        _tokens(used, "completion_tokens"),
        latency_ms,
        tokens_in=_tokens(used, "prompt_tokens"),
        finish=text_of(choice, "finish_reason"),
        refusal=text_of(message, "refusal"),
        calls=read_calls(message),
    )


def _cut(reply: Reply) -> Reply:
    """More than any limit on an answer lets through is no whole answer."""
    if len(reply.text) + sum(map(len, reply.calls)) <= MOST_CHARACTERS:
        return reply
    calls = (UNREADABLE,) if reply.calls else ()
    return msgspec.structs.replace(reply, text=reply.text[:MOST_CHARACTERS], finish="length", calls=calls)


def _join(content: str | list[Json] | None) -> str:
    """Some hosts hand out a text in parts."""
    if isinstance(content, list):
        return "".join(text_of(part, "text") for part in content if isinstance(part, dict))
    return content or ""


def _tokens(usage: dict[str, Json], name: str) -> int:
    """A count nobody can mean counts as none."""
    return max(0, int(number_of(usage, name) or 0))
