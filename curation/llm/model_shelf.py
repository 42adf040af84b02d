"""The models that stay loaded in this process, shared by everybody who asks them; few at once, as memory is short.

Whoever is at work with a model holds it until the whole answer stands: the next of several questions finds it loaded,
and no model is in memory that nobody counts.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from curation.llm.contract import Progress, Prompt, Reply
from curation.llm.kept_model import KeptModel, Stage

MOST_KEPT = 2
"""Models in memory at once; of those that nobody holds, the one that was asked longest ago makes room."""

Key = tuple[Path, Path | None]
_kept: dict[Key, KeptModel] = {}
_held: Counter[Key] = Counter()
_guard = threading.Lock()
_owner = os.getpid()


class Asker:
    """One who asks a kept model, and holds it until closed: hears how far it is, and may stop."""

    def __init__(
        self,
        folder: Path,
        adapter: Path | None = None,
        tell: Callable[[Stage], None] = lambda _stage: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._model = hold_model(folder, adapter)
        self._tell = tell
        self._should_stop = should_stop
        self._is_open = True

    def answer(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int = 128,
        batch_size: int = 16,  # noqa: ARG002 - a person asks for one answer at a time
        progress: Progress | None = None,
    ) -> list[Reply]:
        """Answer every prompt, in order; see `KeptModel.ask`."""
        replies = self._model.ask(prompts, max_new_tokens, self._tell, self._should_stop)
        if progress:
            progress(len(replies), len(prompts))
        return replies

    def close(self) -> None:
        """Nothing more is asked; the model stays warm as long as no other one needs its room."""
        if self._is_open:
            self._is_open = False
            let_go(self._model)


def hold_model(folder: Path, adapter: Path | None = None) -> KeptModel:
    """The process of a model, which stays until it is let go as often as it was held."""
    with _guard:
        key = _key_of(folder, adapter)
        if key not in _kept:
            _make_room(for_another=1)
            _kept[key] = KeptModel(folder, adapter)
        _held[key] += 1
        return _kept[key]


def let_go(model: KeptModel) -> None:
    """One who held it needs it no more."""
    with _guard:
        # By the model, as its folder may be another one by now; none where all were ended meanwhile.
        key = next((key for key, one in _kept.items() if one is model), None)
        if key is not None:
            _held[key] -= 1
            _make_room()


def close_models() -> None:
    """End all of them; whoever stops the app calls it, and Python itself at the very end."""
    with _guard:
        if _owner != os.getpid():
            return
        for one in _kept.values():
            one.close()
        _kept.clear()
        _held.clear()


def _key_of(folder: Path, adapter: Path | None) -> Key:
    return folder.resolve(), adapter.resolve() if adapter else None


def _make_room(for_another: int = 0) -> None:
    idle = sorted((key for key in _kept if not _held[key]), key=lambda key: _kept[key].asked_at)
    for key in idle[: max(0, len(_kept) + for_another - MOST_KEPT)]:
        _kept.pop(key).close()


atexit.register(close_models)
