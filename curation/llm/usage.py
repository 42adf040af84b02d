"""What a run has asked so far, for those who look on: nothing is opened for writing, and nothing mended."""

from __future__ import annotations

from pathlib import Path

import msgspec

from curation.llm.budget import Spent, read_requests, sum_requests
from curation.llm.record import read_exchanges


class Usage(msgspec.Struct, frozen=True):
    """Questions and answers of one run in numbers."""

    spent: Spent = Spent()
    answered: int = 0
    unanswered: int = 0
    """Questions nothing came back for, as it stands."""
    answer_s: float = 0.0
    """How long an answer took on average."""

    @property
    def requests_each(self) -> float:
        """Requests an answer took, those that failed among them."""
        return self.spent.requests / self.answered if self.answered else 0.0


def read_usage(folder: Path) -> Usage:
    """The usage of a run folder; nothing where no model was asked."""
    # An answer may come after its question was given up once: the last line of a question counts.
    last = {line.key: line for line in read_exchanges(folder)}
    answered = [line for line in last.values() if not line.unanswered]
    mean_ms = sum(line.latency_ms for line in answered) / max(len(answered), 1)
    return Usage(
        sum_requests(read_requests(folder)), len(answered), len(last) - len(answered), round(mean_ms / 1000, 3)
    )
