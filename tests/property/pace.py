"""How quick the machine is, so that a limit in seconds is one of work: a slow one is given as much more time."""

from __future__ import annotations

import json
import re
import time
from functools import cache

USUAL_S = 0.075
"""About what the work below takes where the limits were set: two cores of a server of 2023, with nothing beside."""
_LINES = [json.dumps({"id": f"call_{number}", "text": f"where is B{number}", "n": number}) for number in range(2_000)]
_WORD = re.compile(r"(?i)\b[a-z]+\d+\b")


@cache
def slowness() -> float:
    """How many times slower this machine is than the usual one; 1 at least."""
    return max(1.0, min(_work() for _ in range(5)) / USUAL_S)


def _work() -> float:
    """Seconds of the processor for reading, searching and counting, which is what checks do."""
    start = time.process_time()
    seen: dict[str, int] = {}
    for line in _LINES * 5:
        row = json.loads(line)
        for word in (*_WORD.findall(row["text"]), *row["text"].split()):
            seen[word] = seen.get(word, 0) + 1
        json.dumps(row, ensure_ascii=False)
    return time.process_time() - start
