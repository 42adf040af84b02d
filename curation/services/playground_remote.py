"""A model behind an address asked by a person who waits: where its host stumbles it is asked again, a few times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from curation.hosts.troubles import HostTroubleError
from curation.llm.budget import estimate_tokens, fill_in_tokens
from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.desk import ChangedWaysError
from curation.llm.dialect import Dialect
from curation.llm.kept_model import ModelStoppedError
from curation.llm.openai_chat import OpenAiChat
from curation.llm.pacing import back_off
from curation.llm.served import Served, open_served

TRIES = 3
MOST_WAYS = 6
"""So many ways of saying the same a host may refuse."""
ANSWER_S = 60.0
_LOOK_S = 0.1


class RemoteModel:
    """One model elsewhere, for one question."""

    def __init__(self, served: Served, should_stop: Callable[[], bool], *, answer_s: float = ANSWER_S) -> None:
        self._served = served
        self._should_stop = should_stop
        self._answer_s = answer_s
        self._clients: dict[bool, OpenAiChat] = {}

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 1,  # noqa: ARG002 - a host takes one prompt a request
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order.

        Raises:
            JobError: there is no answer; the sentence names the host and why.
            ModelStoppedError: nobody wants the answer any more.
        """
        replies = []
        for prompt in prompts:
            replies.append(self._ask(prompt, max_new_tokens))
            if progress:
                progress(len(replies), len(prompts))
        return replies

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _ask(self, prompt: Prompt, longest_answer: int) -> Reply:
        client = self._client(is_bound=bool(prompt.schema))
        failures, ways = 0, 0
        while True:
            self._heed()  # Before each question: the next decoding and the next repair cost as much again.
            try:
                with self._hung_up_when_stopped(client):
                    reply = client.answer([prompt], longest_answer)[0]
                # Not every host tells what it counted, and what it charges for is shown all the same.
                return fill_in_tokens(reply, estimate_tokens(prompt), longest_answer)
            except ChangedWaysError:
                ways += 1
                if ways >= MOST_WAYS:
                    raise
            except HostTroubleError as error:
                self._heed()  # It may be we who hung up.
                failures += 1
                if failures >= TRIES:
                    raise
                self._wait(max(error.after_s, back_off(failures, self._served.model)))

    def _client(self, *, is_bound: bool) -> OpenAiChat:
        """What is held to a form is told as such: a host that only hears of it in words is another decoding."""
        if is_bound not in self._clients:
            dialect = Dialect(is_bound=is_bound)
            self._clients[is_bound] = open_served(self._served, dialect=dialect, answer_s=self._answer_s)
        return self._clients[is_bound]

    @contextmanager
    def _hung_up_when_stopped(self, client: OpenAiChat) -> Iterator[None]:
        """A request under way ends with the wish for its answer: the host need not go on, nor be paid for it."""
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(_LOOK_S):
                if self._should_stop():
                    client.hang_up()
                    return

        watcher = threading.Thread(target=watch, name="stop of an answer", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            is_over.set()
            watcher.join()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._heed()
            time.sleep(_LOOK_S)

    def _heed(self) -> None:
        if self._should_stop():
            raise ModelStoppedError("The answer was not waited for.", hint="Ask again at any time.")
