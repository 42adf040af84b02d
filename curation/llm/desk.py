"""Where a run puts its questions: client, pace, budget and record joined so that none is asked twice or for nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import takewhile
from queue import Empty, SimpleQueue

import msgspec

from curation.errors import BudgetSpentError, JobError, NotSavedError
from curation.hosts.troubles import HostRefusedError, HostTroubleError
from curation.llm.answers import read_reply
from curation.llm.budget import Budget, Hold, estimate_tokens, fill_in_tokens
from curation.llm.contract import ChatClient, Progress, Prompt, Reply
from curation.llm.pacing import Pace, back_off
from curation.llm.record import Asking, Exchange, Record
from curation.model.values import Json

LOOK_S = 0.1
"""How often it is asked whether to stop."""
TRIES = 8
"""With the waits between them about a minute: as long as a server takes to come back."""
MOST_SILENT = 6
"""So many questions in a row without an answer mean that it is not the questions."""
FOR_NOBODY = (401, 402, 404)
"""Refusals that the next question would get too; a 403 may be about what one prompt says."""
TOOK_NOTHING = 503
"""Of the statuses that tell of a fault of the host, the one that says it has not begun."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of one question; with a schema exactly one of `value` and `trouble` says something."""

    exchange: str
    """Its id in the record."""
    text: str = ""
    value: Json = None
    """Shared: nobody may change it in place."""
    trouble: str = ""
    """Why there is no usable answer, in a sentence."""
    reply: Reply | None = None
    """What came back, usable or not; None: nothing did."""


Answered = dict[str, Outcome]
"""Key of a question → what came of it."""


class AskingStoppedError(JobError):
    """Somebody wants the run to stop: what was answered until then is in the record."""


class ChangedWaysError(HostTroubleError):
    """The host does not take what it was sent, and is asked in another way at once."""


class _LeftError(Exception):
    """The asking is over: whoever has not been asked yet is left."""


class Habits(msgspec.Struct, frozen=True):
    """How a desk asks."""

    at_once: int = 1
    """Requests under way side by side."""
    batch: int = 1
    """Prompts handed to the client together: 1 for a host, more for a model in this process."""
    tries: int = TRIES
    longest_answer: int = 1024
    """Tokens an answer may have."""
    seed: int = 0


class Desk:
    """Puts questions to one model for one run."""

    def __init__(
        self,
        client: ChatClient,
        model: str,
        record: Record,
        budget: Budget,
        *,
        pace: Pace | None = None,
        habits: Habits | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        self._client = client
        self._model = model
        self._record = record
        self._budget = budget
        self._pace = pace or Pace()
        self._habits = habits or Habits()
        self._should_stop = should_stop
        self._over = threading.Event()
        self._pause = pause or self._over.wait
        self._silent = 0
        self._lock = threading.Lock()

    def ask_all(self, prompts: Sequence[Prompt], progress: Progress | None = None) -> list[Outcome]:
        """The outcome of every prompt, in order; what was answered in an earlier round of this run is not asked again.

        Raises:
            BudgetSpentError: nothing more may be asked.
            HostTroubleError: the host answers nobody any more; the run may be taken up again later.
            HostRefusedError: the host will answer nobody: its key, its model or its address is wrong.
            AskingStoppedError: somebody wants to stop.
        """
        self._record.begin_round()
        askings = [self._record.place(prompt, self._model) for prompt in prompts]
        known = {asking.key: exchange for asking in askings if (exchange := self._record.find(asking))}
        open_ones = [asking for asking in askings if asking.key not in known]
        size = max(1, self._habits.batch)
        units = [open_ones[start : start + size] for start in range(0, len(open_ones), size)]
        outcomes = {key: _judge(exchange) for key, exchange in known.items()}
        try:
            for answered in self._ask_side_by_side(units):
                outcomes |= answered
                if progress:
                    progress(len(outcomes), len(askings))
        except BudgetSpentError as spent:
            spent.came = self._first_answered(askings)
            raise
        return [outcomes[asking.key] for asking in askings]

    def _first_answered(self, askings: Sequence[Asking]) -> tuple[Outcome, ...]:
        """What is in the record of them, up to the first that is not: it is paid for, whatever ended the round."""
        found = (self._record.find(asking) for asking in askings)
        return tuple(_judge(exchange) for exchange in takewhile(lambda one: one is not None, found) if exchange)

    def _ask_side_by_side(self, units: list[list[Asking]]) -> Iterator[Answered]:
        """As they come, until one fails for everybody or somebody wants to stop; those under way are waited for."""
        if not units:
            return
        self._over.clear()
        come: SimpleQueue[Future[Answered]] = SimpleQueue()
        with ThreadPoolExecutor(max_workers=max(1, self._habits.at_once)) as pool:
            try:
                for unit in units:
                    pool.submit(self._ask_unit, unit).add_done_callback(come.put)
                for _ in units:
                    yield self._next_of(come).result()
            finally:
                self._over.set()
                pool.shutdown(cancel_futures=True)

    def _next_of(self, come: SimpleQueue[Future[Answered]]) -> Future[Answered]:
        while True:
            if self._should_stop():
                raise AskingStoppedError(
                    "The asking was stopped.", hint="What was answered is kept; go on at any time."
                )
            with suppress(Empty):
                return come.get(timeout=LOOK_S)

    def _ask_unit(self, unit: list[Asking]) -> Answered:
        """All of a unit; where the budget has room for some of it only, those are answered first.

        One that fails for everybody keeps the others from being asked at once, not when somebody comes to hear of it.
        """
        answered: Answered = {}
        try:
            while len(answered) < len(unit):
                answered |= self._ask_until_answered(unit[len(answered) :])
        except _LeftError:
            pass
        except BaseException:
            self._over.set()
            raise
        return answered

    def _ask_until_answered(self, unit: list[Asking]) -> Answered:
        failures = 0
        while True:
            self._take_turn(unit)
            holds = self._hold(unit)
            unit = unit[: len(holds)]
            if self._over.is_set():
                self._settle(holds, self._budget.release)
                raise _LeftError
            try:
                return self._send(unit, holds, failures + 1)
            except ChangedWaysError:
                continue
            except HostTroubleError as error:
                failures += 1
                if failures >= self._habits.tries:
                    return self._give_up(unit, error, failures)
                self._pace.rest(error.after_s)
                self._pause(back_off(failures, f"{self._habits.seed} {unit[0].key}"))
            except HostRefusedError as error:
                if error.status in FOR_NOBODY:
                    raise
                return self._give_up(unit, error, failures + 1)

    def _take_turn(self, unit: list[Asking]) -> None:
        tokens = sum(estimate_tokens(asking.prompt) + self._habits.longest_answer for asking in unit)
        self._pace.wait(tokens, self._pause)
        if self._over.is_set():
            raise _LeftError

    def _hold(self, unit: list[Asking]) -> list[Hold]:
        """What the budget holds back for each, or for as many of the first as there is room for."""
        holds: list[Hold] = []
        for asking in unit:
            tokens = estimate_tokens(asking.prompt), self._habits.longest_answer
            try:
                holds.append(self._budget.hold(asking.id, *tokens, may_wait=not holds))
            except BudgetSpentError:
                if not holds:
                    raise
                break
            except BaseException:
                self._settle(holds, self._budget.release)
                raise
        return holds

    def _send(self, unit: list[Asking], holds: list[Hold], tries: int) -> Answered:
        """One request; written down before it is settled, so that an answer paid for is never lost."""
        try:
            replies = self._client.answer(
                [asking.prompt for asking in unit], self._habits.longest_answer, batch_size=len(unit)
            )
        except BaseException as error:
            ended = _end_of(error)
            self._settle(holds, lambda hold: self._budget.settle(hold, *ended))
            raise
        self._silent = 0
        return self._keep(unit, holds, replies, tries)

    def _keep(self, unit: list[Asking], holds: list[Hold], replies: list[Reply], tries: int) -> Answered:
        """What cannot be written down is settled too: others may wait for what is held back for it."""
        answered: Answered = {}
        unsettled = list(holds)
        try:
            for asking, hold, reply in zip(unit, holds, replies, strict=True):
                counted = fill_in_tokens(reply, hold.tokens_in, hold.tokens_out)
                answered[asking.key] = _judge(self._record.keep(asking, counted, tries))
                unsettled.remove(hold)
                self._budget.settle(hold, "answered", counted.tokens_in, counted.tokens)
                self._pace.correct(counted.tokens_in + counted.tokens - hold.tokens_in - hold.tokens_out)
        finally:
            self._settle(unsettled, lambda hold: self._budget.settle(hold, "not kept"))
        return answered

    def _settle(self, holds: list[Hold], settle: Callable[[Hold], None]) -> None:
        """Every one of them, though the disk takes no line: unwritten it counts as all that was held back for it."""
        for hold in holds:
            with suppress(NotSavedError):
                settle(hold)

    def _give_up(self, unit: list[Asking], error: HostTroubleError | HostRefusedError, tries: int) -> Answered:
        """Leave these without an answer; too many in a row, and it is the host that has none for anybody."""
        why = _word(error)
        for asking in unit:
            self._record.give_up(asking, why, tries)
        with self._lock:
            self._silent += 1
            is_silent_to_all = self._silent >= MOST_SILENT
        if is_silent_to_all and isinstance(error, HostRefusedError):
            raise error
        if is_silent_to_all:
            raise HostTroubleError(
                why, hint=f"{MOST_SILENT} questions in a row got no answer; go on when the host is back."
            )
        return {asking.key: Outcome(asking.id, trouble=why) for asking in unit}


def _word(error: HostTroubleError | HostRefusedError) -> str:
    """What went wrong, with the host's own words: only they tell an empty account from a busy hour."""
    said = error.said if isinstance(error, HostTroubleError) else ""
    return f"{error.message} It says: {said}" if said else error.message


def _judge(exchange: Exchange) -> Outcome:
    if exchange.unanswered:
        return Outcome(exchange.id, trouble=exchange.unanswered)
    read = read_reply(exchange.reply, exchange.schema)
    return Outcome(exchange.id, read.text, read.value, read.trouble, exchange.reply)


def _end_of(error: BaseException) -> tuple[str, int | None, int | None]:
    """How a failed request ended and what it took; a host that may have answered may want to be paid."""
    status = error.status if isinstance(error, HostRefusedError | HostTroubleError) else 0
    if status:
        has_begun = status >= 500 and status != TOOK_NOTHING
        return f"status {status}", *((None, None) if has_begun else (0, 0))
    if isinstance(error, HostTroubleError) and not error.was_heard:
        return "not reached", 0, 0
    return "no answer", None, None
