"""Says back to a model what the validator found wrong in its answer, and lets it answer again.

The first answer stays what is scored: a repair costs a second request, and stands beside.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.llm.contract import ChatClient, Prompt, Reply, Turn
from curation.metrics.answers import Answer, Repair
from curation.metrics.given import INVALID, read_given
from curation.metrics.offers import offer_tools
from curation.model.definition import Definition

AGAIN = "Answer the request again, with one JSON object and nothing else."
NATIVE_AGAIN = "Answer the request again."


class Doubted(msgspec.Struct, frozen=True):
    """One answer that may need a repair."""

    prompt: Prompt
    text: str
    tools: tuple[Definition, ...] | None
    """None where nothing is known of what the row offers: then nothing can be said against its answer."""
    is_router: bool

    def finding(self) -> str | None:
        """What the validator says against the answer; None when it is valid."""
        if self.tools is None:
            return None
        given = read_given(Answer(text=self.text), offer_tools(self.tools), is_router=self.is_router)
        return given.why or "The answer cannot be read." if given.verdict in INVALID else None

    def ask_again(self, finding: str) -> Prompt:
        """The same turns, then the answer and what is wrong with it."""
        again = f"{finding} {AGAIN if self.is_router else NATIVE_AGAIN}"
        turns = (*self.prompt.turns, Turn("assistant", self.text), Turn("user", again))
        return msgspec.structs.replace(self.prompt, turns=turns)


def repair(
    client: ChatClient, doubted: Sequence[Doubted], rounds: int, max_new_tokens: int, batch_size: int
) -> list[tuple[Repair, ...]]:
    """The further answers to each prompt, in rounds: one more as long as the newest is invalid."""
    newest, given = list(doubted), [list[Repair]() for _ in doubted]
    for _ in range(rounds):
        findings = {at: finding for at, one in enumerate(newest) if (finding := one.finding()) is not None}
        prompts = [newest[at].ask_again(finding) for at, finding in findings.items()]
        for at, reply in zip(findings, client.answer(prompts, max_new_tokens, batch_size), strict=True):
            newest[at] = _answered(newest[at], findings[at], reply)
            given[at].append(Repair(reply.text, findings[at], reply.tokens, reply.latency_ms))
    return [tuple(one) for one in given]


def _answered(doubted: Doubted, finding: str, reply: Reply) -> Doubted:
    return msgspec.structs.replace(doubted, prompt=doubted.ask_again(finding), text=reply.text)
