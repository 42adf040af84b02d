"""Bad weather over a host of chat models: a share of its requests goes wrong, the same ones for the same seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from curation.hosts.address import Access
from curation.llm.budget import Budget, Limits
from curation.llm.desk import Habits, Outcome
from curation.llm.openai_chat import OpenAiChat
from curation.llm.record import read_exchanges
from tests.llm.asking import answer_number, ask, open_desk
from tests.llm.fake_chat_host import FAULTS, KEY, SAYINGS, Body, FakeChatHost, question_of

FAULT_SHARE = 0.3
AT_ONCE = 8
ANSWER_S = 2.0
"""Far longer than an answer takes, so that only what is half-open is given up."""


@dataclass
class Storm:
    """A host in bad weather."""

    seed: int = 0

    def __post_init__(self) -> None:
        self.host = FakeChatHost(answer_number, choose=self._choose, key=KEY)

    def _choose(self, body: Body) -> str:
        question = question_of(body)
        draw = random.Random(f"{self.seed} {question} {self.host.asked[question]}")
        return draw.choice(FAULTS) if draw.random() < FAULT_SHARE else ""


def ask_in_storm(url: str, folder: Path, count: int, limits: Limits | None = None) -> list[Outcome]:
    """Put so many numbered questions to the host, waiting a hundredth of what one would otherwise."""
    with closing(OpenAiChat(Access(url, KEY), "model", answer_s=ANSWER_S)) as client:
        desk = open_desk(client, folder, limits, Habits(at_once=AT_ONCE, tries=9, seed=1), pause=_rest)
        return desk.ask_all([ask(number) for number in range(count)])


def _rest(seconds: float) -> None:
    time.sleep(seconds / 100)


def judge(outcomes: list[Outcome], folder: Path, host: FakeChatHost) -> Counter[str]:
    """Every question has its own answer or the trouble it met, written down once; how many of each."""
    lines = [line for line in read_exchanges(folder) if not line.unanswered]
    assert len({line.key for line in lines}) == len(lines) == len(outcomes)
    assert [outcome.exchange for outcome in outcomes] == list(dict.fromkeys(one.exchange for one in outcomes))
    found: Counter[str] = Counter()
    for number, outcome in enumerate(outcomes):
        assert outcome.value == {"number": number} or outcome.trouble
        found[outcome.trouble.split(":")[0].split(".")[0] or "answered"] += 1
    said = sum(host.faults[fault] for fault in SAYINGS)
    assert sum(found.values()) - found["answered"] <= said
    assert Budget(folder).spent.requests >= host.asked.total()
    return found
