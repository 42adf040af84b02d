"""The inside of a process that keeps one model in memory and answers prompts, so that whoever asks need not load it.

`python -m curation.llm.warm_model FOLDER ADAPTER IDLE_S` (`-`: no adapter). Frames of JSON come on standard input and
go to standard output (`curation.processes.frames`). It says `{"ready": …}` or `{"error": …}` once the model is loaded
or not, then answers one question after another, each under the number it was asked with. It ends when nobody has asked
for a while, and at once, in the middle of an answer too, when the process that started it is gone.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from pathlib import Path

import msgspec

from curation.errors import CurationError
from curation.llm.contract import ChatClient, Prompt
from curation.llm.local import LocalModel
from curation.model.values import Json
from curation.processes.frames import pack, receive

NO_ADAPTER = "-"
_GONE = 1
"""Exit code where the other side went away."""


class Question(msgspec.Struct, frozen=True):
    """What is asked."""

    id: int
    prompts: tuple[Prompt, ...]
    max_new_tokens: int = 128


def main() -> None:
    """Serve until the other side closes, or nobody asks any more."""
    folder, adapter, idle_s = sys.argv[1:4]
    asked, answers = sys.stdin.fileno(), os.dup(sys.stdout.fileno())
    # What a library prints must not land among the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
    began = time.monotonic()
    try:
        model = LocalModel.load(Path(folder), None if adapter == NO_ADAPTER else Path(adapter))
    except Exception as error:  # noqa: BLE001 - whatever a library finds wrong becomes one sentence for the parent
        _write(answers, pack(_tell(error)))
        return
    _write(answers, pack({"ready": round(time.monotonic() - began, 3)}))
    serve(model, asked, answers, float(idle_s))


def serve(model: ChatClient, asked: int, answers: int, idle_s: float) -> None:
    """Answer until the other side closes or is silent for `idle_s`."""
    while True:
        try:
            request = receive(asked, time.monotonic() + idle_s)
        except (EOFError, TimeoutError):
            return
        _write(answers, pack(answer(model, request)))


def answer(model: ChatClient, request: Json) -> Json:
    """The replies to one question, or one sentence why there are none."""
    try:
        question = msgspec.convert(request, Question)
        replies = model.answer(question.prompts, question.max_new_tokens, len(question.prompts))
        return {"id": question.id, "replies": msgspec.to_builtins(replies)}
    except Exception as error:  # noqa: BLE001 - a template, a grammar, the memory: the process goes on
        return {"id": request.get("id") if isinstance(request, dict) else None, **_tell(error)}


def _tell(error: Exception) -> dict[str, Json]:
    if isinstance(error, CurationError):
        return {"error": error.message, "hint": error.hint}
    words = " ".join(str(error).split())[:300]
    return {"error": f"{type(error).__name__}: {words}" if words else type(error).__name__, "hint": ""}


def _write(descriptor: int, frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(descriptor, view) :]


def _end_with(descriptor: int) -> None:
    """End this process when the other end of its input is closed, whatever it is doing then."""
    poller = select.poll()
    poller.register(descriptor, select.POLLHUP)
    while not any(event & (select.POLLHUP | select.POLLERR) for _, event in poller.poll()):
        pass
    os._exit(_GONE)


if __name__ == "__main__":
    main()
