"""The process behind the warm sandbox: judges values against costly schemas under a memory and a time limit.

Started as `python -m curation.schemas.sandbox`. It ends when its standard input closes, and the timer ends it in the
middle of a validation that takes too long, whatever native code is running and whoever is still waiting.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from functools import lru_cache
from typing import Any

import msgspec

from curation.model.values import Json
from curation.schemas.compiled import build_validator, validate
from curation.schemas.drafts import draft_of
from curation.schemas.frames import pack, receive
from curation.schemas.limits import DEADLINE_S, MEMORY_BYTES

MOST_ERRORS = 100


@lru_cache(maxsize=128)
def _validator(text: str) -> Any:
    schema = msgspec.json.decode(text)
    return build_validator(schema, draft_of(schema))[0]


def _answer(request: Json) -> Json:
    errors = validate(_validator(request["schema"]), request["value"])
    return msgspec.to_builtins(errors[:MOST_ERRORS])


def main() -> None:
    """Serve until the other side closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _write(pack("ready"))
    while True:
        try:
            request = receive(sys.stdin.fileno())
        except EOFError:
            return
        # CPU time of this process: a busy machine does not turn a right answer into a time-out.
        signal.setitimer(signal.ITIMER_PROF, DEADLINE_S)
        answer = pack(_answer(request))
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(answer)


def _write(frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]


if __name__ == "__main__":
    main()
