"""Every question put to a model in one run, with its answer: what was answered once is never asked again.

A question is known by what it says, the model, and how often the same was asked before in the run. So a run that
begins anew and asks the same comes by the same answers, and by the same silence where it went on without one: only
what was left open by the last round of questions is asked again.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from curation.llm.contract import Prompt, Reply, Turn
from curation.llm.lines import Lines, read_lines

FILE = "exchanges.jsonl"
ID_CHARACTERS = 16


class Asking(msgspec.Struct, frozen=True):
    """One question in its place in the run."""

    key: str
    prompt: Prompt
    model: str

    @property
    def id(self) -> str:
        """What candidates name it by."""
        return self.key[:ID_CHARACTERS]


class Exchange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the record: a question, and its answer or why there is none."""

    id: str
    key: str
    model: str
    asked: tuple[Turn, ...]
    schema: str = ""
    text: str = ""
    finish: str = ""
    refusal: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tries: int = 1
    latency_ms: float = 0.0
    unanswered: str = ""
    """Why nothing came back, in a sentence; such a question is asked again if nothing was asked after its round."""
    calls: tuple[str, ...] = ()
    round: int = 0
    """Questions of one round were put together: a later round was asked in the light of all their answers."""

    @property
    def reply(self) -> Reply:
        return Reply(
            self.text,
            self.tokens_out,
            self.latency_ms,
            tokens_in=self.tokens_in,
            finish=self.finish,
            refusal=self.refusal,
            calls=self.calls,
        )


class Record:
    """The record of one run folder; safe to use from several threads."""

    def __init__(self, folder: Path, *, keeps_silence: bool = True) -> None:
        """`keeps_silence`: a run that went on without an answer does so again; otherwise it is asked for anew."""
        self._lines = Lines(folder / FILE)
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()
        lines = list(self._lines.read(Exchange))
        self._round = max((line.round for line in lines), default=0)
        silent = [line for line in lines if line.unanswered and line.round < self._round] if keeps_silence else []
        self._done = {line.key: line for line in silent}
        self._done |= {line.key: line for line in lines if not line.unanswered}
        self._n_answered = sum(not line.unanswered for line in self._done.values())

    def begin_round(self) -> None:
        """What is placed from now on is asked in the light of all that was answered before."""
        self._round += 1

    def place(self, prompt: Prompt, model: str) -> Asking:
        """The next question of this wording in the run; the order of such calls is part of what is asked."""
        content = msgspec.json.encode((model, prompt))
        wording = hashlib.sha256(content).hexdigest()
        with self._lock:
            self._asked[wording] += 1
            number = self._asked[wording]
        return Asking(hashlib.sha256(f"{wording} {number}".encode()).hexdigest(), prompt, model)

    def find(self, asking: Asking) -> Exchange | None:
        """The answer this question has already, or that the run went on without one."""
        return self._done.get(asking.key)

    def keep(self, asking: Asking, reply: Reply, tries: int = 1) -> Exchange:
        """Write an answer down."""
        line = Exchange(
            asking.id,
            asking.key,
            asking.model,
            asking.prompt.turns,
            asking.prompt.schema,
            reply.text,
            reply.finish,
            reply.refusal,
            reply.tokens_in,
            reply.tokens,
            tries,
            reply.latency_ms,
            calls=reply.calls,
            round=self._round,
        )
        self._lines.append(line)
        with self._lock:
            self._done[line.key] = line
            self._n_answered += 1
        return line

    def give_up(self, asking: Asking, why: str, tries: int) -> None:
        """Write down that nothing came back."""
        prompt = asking.prompt
        self._lines.append(
            Exchange(
                asking.id,
                asking.key,
                asking.model,
                prompt.turns,
                prompt.schema,
                tries=tries,
                unanswered=why,
                round=self._round,
            )
        )

    def __len__(self) -> int:
        return self._n_answered

    def close(self) -> None:
        self._lines.close()


def read_exchanges(folder: Path) -> Iterator[Exchange]:
    """The record as it stands, for those who look on while it is written; a line that is not whole yet is left out."""
    return read_lines(folder / FILE, Exchange)
