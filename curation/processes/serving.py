"""The inside of a warm child: answers one question after another under a memory and a time limit.

It ends when its standard input closes, and the timer ends it in the middle of an answer that takes too long, whatever
native code is running and whoever is still waiting.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable

from curation.model.values import Json
from curation.processes.frames import MAX_FRAME_BYTES, pack, receive


def serve(answer: Callable[[Json], Json], *, cpu_s: float, memory_bytes: int) -> None:
    """Serve until the other side closes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _write(pack("ready"))
    while True:
        try:
            request = receive(sys.stdin.fileno())
        except EOFError:
            return
        # CPU time of this process: a busy machine does not turn a right answer into a time-out.
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        frame = pack(answer(request))
        if len(frame) > MAX_FRAME_BYTES:
            raise MemoryError("the answer is longer than a frame may be")
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(frame)


def _write(frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]
