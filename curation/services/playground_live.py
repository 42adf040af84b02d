"""Answers under way, each in a thread of the app, so that a page may be left, reloaded or opened twice meanwhile."""

from __future__ import annotations

import logging
import threading
import time

import msgspec

from curation.errors import CurationError
from curation.llm.kept_model import Stage
from curation.llm.model_shelf import close_models
from curation.model.people import Actor
from curation.services import playground_models
from curation.services.playground_asking import Reach, answer_chat, write_trouble
from curation.services.playground_chats import Chat, get_chat
from curation.services.workspace import Workspace

_log = logging.getLogger("callwright.playground")
END_S = 5.0
BROKE = CurationError(
    "Something in Callwright broke while the answer was on its way.",
    hint="The details are in the terminal where Callwright runs. Ask again, or begin anew.",
)


class Progress(msgspec.Struct, frozen=True):
    """How far an answer is."""

    stage: Stage
    stage_s: float
    """Seconds since that began."""


class _Running:
    """One answer under way."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.stage: Stage = "waiting"
        self.since = time.monotonic()
        self.thread: threading.Thread | None = None

    def tell(self, stage: Stage) -> None:
        if stage != self.stage:
            self.stage, self.since = stage, time.monotonic()


_running: dict[str, _Running] = {}
_guard = threading.Lock()


def start_answer(ws: Workspace, actor: Actor, chat: Chat, reach: Reach = playground_models.reach) -> None:
    """Let the model answer; where it is doing that already, it is asked nothing more."""
    with _guard:
        if chat.id in _running or not chat.waits_for_answer:
            return
        running = _running[chat.id] = _Running()
        running.thread = threading.Thread(
            target=_answer, args=(ws, actor, chat.id, running, reach), name=f"answer {chat.id}", daemon=True
        )
    running.thread.start()


def look_at(chat_id: str) -> Progress | None:
    """How far the answer is; None where none is under way."""
    running = _running.get(chat_id)
    return Progress(running.stage, time.monotonic() - running.since) if running else None


def stop_answer(chat_id: str) -> None:
    """Wait for the answer no more; what was said stays."""
    running = _running.get(chat_id)
    if running is not None:
        running.stop.set()


def stamp_chat(ws: Workspace, chat_id: str) -> str:  # noqa: ARG001
    """Another word every second while an answer is under way, and when it stands."""
    progress = look_at(chat_id)
    return f"{progress.stage}.{progress.stage_s:.0f}" if progress else "still"


def wait_for_answer(chat_id: str, most_s: float) -> bool:
    """Until nothing is under way any more; whether it came to that in time."""
    running = _running.get(chat_id)
    if running is not None and running.thread is not None:
        running.thread.join(most_s)
    return chat_id not in _running


def end_answers() -> None:
    """Stop everything under way and end the processes of models; whoever ends the app calls it."""
    for running in list(_running.values()):
        running.stop.set()
    close_models()
    for running in list(_running.values()):
        if running.thread is not None:
            running.thread.join(END_S)


def _answer(ws: Workspace, actor: Actor, chat_id: str, running: _Running, reach: Reach) -> None:
    try:
        answer_chat(ws, actor, chat_id, running.tell, running.stop.is_set, reach)
    except CurationError as error:
        write_trouble(ws, get_chat(ws, actor, chat_id), error)
    except Exception:  # noqa: BLE001 - the person is told, and the log has the rest
        _log.exception("An answer of the playground failed")
        write_trouble(ws, get_chat(ws, actor, chat_id), BROKE)
    finally:
        with _guard:
            _running.pop(chat_id, None)
