"""Says back to a model what the validator found wrong in its answer, and lets it answer again.

The first answer stays what is scored: a repair costs a second request, and stands beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.llm.contract import ChatClient, Prompt, Reply, Turn
from curation.metrics.answers import Answer, Repair
from curation.metrics.given import INVALID, read_given, says_nothing
from curation.metrics.messages import encode_calls, say_message, write_message
from curation.metrics.offers import offer_tools
from curation.model.definition import Definition
from curation.model.example import Call
from curation.model.values import Arguments
from curation.reading.strict import parse_strict

AGAIN = "Answer the request again, with one JSON object and nothing else."
NATIVE_AGAIN = "Answer the request again."

Read = Callable[[Reply], Answer]
"""What a reply says as an answer."""


class Doubted(msgspec.Struct, frozen=True):
    """One answer that may need a repair."""

    prompt: Prompt
    answer: Answer
    tools: tuple[Definition, ...] | None
    """None where nothing is known of what the row offers: then nothing can be said against its answer."""
    is_router: bool

    def finding(self) -> str | None:
        """What the validator says against the answer; None when it is valid."""
        if self.tools is None:
            return None
        given = read_given(self.answer, offer_tools(self.tools), is_router=self.is_router)
        return given.why or "The answer cannot be read." if given.verdict in INVALID else None

    def ask_again(self, finding: str) -> Prompt:
        """The same turns, then the answer and what is wrong with it."""
        again = f"{finding} {AGAIN if self.is_router else NATIVE_AGAIN}"
        return msgspec.structs.replace(self.prompt, turns=(*self.prompt.turns, *_say_back(self.answer, again)))


def read_text(reply: Reply) -> Answer:
    """The answer of a model whose words are all there is."""
    told = Answer(
        text=reply.text,
        latency_ms=reply.latency_ms,
        tokens=reply.tokens,
        is_closed=reply.is_closed,
        is_cut=reply.is_cut,
    )
    return msgspec.structs.replace(told, is_empty=says_nothing(told))


def repair(
    client: ChatClient,
    doubted: Sequence[Doubted],
    rounds: int,
    max_new_tokens: int,
    batch_size: int,
    read: Read = read_text,
) -> list[tuple[Repair, ...]]:
    """The further answers to each prompt, in rounds: one more as long as the newest is invalid."""
    newest, given = list(doubted), [list[Repair]() for _ in doubted]
    for _ in range(rounds):
        findings = {at: finding for at, one in enumerate(newest) if (finding := one.finding()) is not None}
        prompts = [newest[at].ask_again(finding) for at, finding in findings.items()]
        replies = client.answer(prompts, max_new_tokens, batch_size)
        for at, prompt, reply in zip(findings, prompts, replies, strict=True):
            answer = read(reply)
            newest[at] = msgspec.structs.replace(newest[at], prompt=prompt, answer=answer)
            given[at].append(_note(answer, findings[at]))
    return [tuple(one) for one in given]


def _note(answer: Answer, finding: str) -> Repair:
    message = answer.message
    return Repair(
        text=say_message(message) if message else answer.text or "",
        finding=finding,
        tokens=answer.tokens or 0,
        latency_ms=answer.latency_ms or 0.0,
        message=write_message(message) if message else "",
        cost=answer.cost,
        is_empty=answer.is_empty,
        is_cut=answer.is_cut or answer.is_closed,
    )


def _say_back(answer: Answer, again: str) -> tuple[Turn, ...]:
    """The answer with what is wrong: calls that can be sent back get it as their result, as a tool would say it."""
    message = answer.message
    if message is not None and message.calls and all(_is_sendable(call) for call in message.calls):
        content = message.content if isinstance(message.content, str) else None
        sent = encode_calls(message)
        results = (Turn("tool", again, call_id=str(call.id)) for call in message.calls)
        return (Turn("assistant", content, calls=sent), *results)
    text = say_message(message) if message else answer.text or ""
    said = () if answer.is_empty else (Turn("assistant", text),)
    return (*said, Turn("user", again))


def _is_sendable(call: Call) -> bool:
    """Whether a host takes the call back: it has an id and a name, and its arguments are an object."""
    has_names = isinstance(call.id, str) and bool(call.id) and isinstance(call.name, str)
    return (
        has_names
        and isinstance(call.arguments, Arguments)
        and isinstance(parse_strict(call.arguments.text).value, dict)
    )
