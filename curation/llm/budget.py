"""What may be spent on one run: held back before a question is sent, settled when it is known what it took.

Every request leaves a line when it is sent and one when it is settled, so that a run that was killed goes on with what
is left; what was under way then counts as if it had used all that was held back for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from curation.errors import BudgetSpentError, JobError
from curation.llm.contract import Prompt, Reply
from curation.llm.lines import Lines, read_lines

FILE = "requests.jsonl"
NOT_SENT = "not sent"
BYTES_PER_TOKEN = 3
"""Fewer than any common tokenizer needs for running text, so that an estimate is rather too high."""
BYTES_PER_TOKEN_OF_JSON = 2
"""Signs and numbers take more tokens than words do."""
TOKENS_PER_TURN = 8


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a host asks for a million tokens, and where that was read."""

    per_million_in: float
    per_million_out: float
    currency: str = "USD"
    source: str = ""
    date: str = ""


class Limits(msgspec.Struct, frozen=True):
    """The most a run may take; None: as much as it needs."""

    requests: int | None = None
    tokens: int | None = None
    money: float | None = None


class Spent(msgspec.Struct, frozen=True):
    """What was taken, or is held back."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.requests + other.requests, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out
        )

    def cost(self, price: Price | None) -> float:
        """In the price's currency; nothing where nobody asks for money."""
        if price is None:
            return 0.0
        return (self.tokens_in * price.per_million_in + self.tokens_out * price.per_million_out) / 1_000_000


class RequestLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request as it was sent, and once more as it was settled."""

    n: int
    exchange: str
    tokens_in: int
    tokens_out: int
    ended: str = ""
    """How: `answered`, `status 503`, `no answer`, `not kept`, `not sent`; empty: it was sent."""


class Hold(msgspec.Struct, frozen=True):
    """What is held back for one request under way."""

    n: int
    exchange: str
    tokens_in: int
    tokens_out: int


def estimate_tokens(prompt: Prompt) -> int:
    """About how many tokens a prompt has, rather too many than too few."""
    texts = [turn.content or "" for turn in prompt.turns]
    calls = [call for turn in prompt.turns for call in turn.calls]
    structured = (*calls, *prompt.tools, prompt.schema)
    size = sum(estimate_text(text) for text in texts)
    size += sum(_estimate(text, BYTES_PER_TOKEN_OF_JSON) for text in structured)
    return size + TOKENS_PER_TURN * len(prompt.turns)


def estimate_text(text: str) -> int:
    """About how many tokens a text has; one that is a JSON object or list, or holds one, counts as such."""
    is_json = any(sign in text for sign in ('{"', '["', "[{", "{\n"))
    return _estimate(text, BYTES_PER_TOKEN_OF_JSON if is_json else BYTES_PER_TOKEN)


def fill_in_tokens(reply: Reply, tokens_in: int, longest_answer: int) -> Reply:
    """The reply with its tokens: as the host tells them, or estimated; one that was cut off used all it might.

    Args:
        reply: what came back.
        tokens_in: about how many its prompt has.
        longest_answer: how many it could have.
    """
    said = estimate_text(reply.text) + sum(map(estimate_text, reply.calls))
    estimated = longest_answer if reply.is_cut else said
    return msgspec.structs.replace(reply, tokens_in=reply.tokens_in or tokens_in, tokens=reply.tokens or estimated)


def _estimate(text: str, bytes_per_token: int) -> int:
    return -(-len(text.encode(errors="replace")) // bytes_per_token)


def sum_requests(lines: Iterable[RequestLine]) -> Spent:
    """What requests have taken; the last line of each counts, and one that was never sent took nothing."""
    last = {line.n: line for line in lines}
    sent = (line for line in last.values() if line.ended != NOT_SENT)
    return sum((Spent(1, line.tokens_in, line.tokens_out) for line in sent), Spent())


def read_requests(folder: Path) -> Iterator[RequestLine]:
    """The requests of a run as they stand, for those who look on."""
    return read_lines(folder / FILE, RequestLine)


class Budget:
    """Lets requests out as long as all that are under way fit; safe to use from several threads."""

    def __init__(self, folder: Path, limits: Limits | None = None, price: Price | None = None) -> None:
        self.limits = limits or Limits()
        self.price = price
        if self.limits.money is not None and price is None:
            raise JobError(
                "The budget is in money, and nobody has said what a token costs.",
                hint="Give the price of a million tokens, or set the budget in requests or tokens.",
            )
        self._lines = Lines(folder / FILE)
        self._changed = threading.Condition()
        self._under_way: dict[int, Hold] = {}
        self._settled = Spent()
        self._next = 1
        self._recall()

    @property
    def spent(self) -> Spent:
        """Everything so far, requests under way with what is held back for them."""
        with self._changed:
            return self._count()

    @property
    def money(self) -> float:
        return self.spent.cost(self.price)

    def hold(self, exchange: str, tokens_in: int, tokens_out: int, *, may_wait: bool = True) -> Hold:
        """Hold back what a request may take; waits for those under way where they may leave enough.

        Raises:
            BudgetSpentError: it does not fit.
        """
        with self._changed:
            while obstacle := self._find_obstacle(tokens_in, tokens_out):
                if not may_wait or not self._under_way or self._is_out_of_requests():
                    raise BudgetSpentError(
                        f"The budget is spent: {obstacle}.", hint="Raise it and go on; what was answered is kept."
                    )
                self._changed.wait()
            held = Hold(self._next, exchange, tokens_in, tokens_out)
            self._lines.append(RequestLine(held.n, exchange, tokens_in, tokens_out))
            self._next += 1
            self._under_way[held.n] = held
            return held

    def settle(self, hold: Hold, ended: str, tokens_in: int | None = None, tokens_out: int | None = None) -> None:
        """Say how a request ended and what it took; what nobody knows is taken to be what was held back."""
        took_in = hold.tokens_in if tokens_in is None else tokens_in
        took_out = hold.tokens_out if tokens_out is None else tokens_out
        with self._changed:
            del self._under_way[hold.n]
            self._settled += Spent(1, took_in, took_out)
            self._changed.notify_all()
            self._lines.append(RequestLine(hold.n, hold.exchange, took_in, took_out, ended))

    def release(self, hold: Hold) -> None:
        """Give back what was held for a request that is not sent after all."""
        with self._changed:
            del self._under_way[hold.n]
            self._changed.notify_all()
            self._lines.append(RequestLine(hold.n, hold.exchange, 0, 0, NOT_SENT))

    def close(self) -> None:
        self._lines.close()

    def _recall(self) -> None:
        lines = tuple(self._lines.read(RequestLine))
        self._settled = sum_requests(lines)
        self._next = max((line.n for line in lines), default=0) + 1

    def _count(self) -> Spent:
        held = (Spent(1, one.tokens_in, one.tokens_out) for one in self._under_way.values())
        return sum(held, self._settled)

    def _is_out_of_requests(self) -> bool:
        return self.limits.requests is not None and self._count().requests >= self.limits.requests

    def _find_obstacle(self, tokens_in: int, tokens_out: int) -> str:
        """The limit that one more request would break, in words."""
        limits, spent = self.limits, self._count()
        then = spent + Spent(1, tokens_in, tokens_out)
        if self._is_out_of_requests():
            return f"{spent.requests:,} of {limits.requests:,} requests are made"
        if limits.tokens is not None and then.tokens > limits.tokens:
            needs = tokens_in + tokens_out
            return f"{spent.tokens:,} of {limits.tokens:,} tokens are used, and one more question may take {needs:,}"
        if self.price is not None and limits.money is not None and then.cost(self.price) > limits.money:
            digits = 2 if limits.money >= 1 else 4
            money = f"{spent.cost(self.price):.{digits}f} of {limits.money:.{digits}f} {self.price.currency}"
            return f"{money} are used, and one more question may cost more than is left"
        return ""
