"""Which of two texts of a field is the newer: requests overtake each other, and a slow page takes an old text late.

Kept in memory: requests of a server that went away are gone with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ui.tokens import Claim
from ui.typing_marks import Typing

MAX_KEPT = 5_000


class _Newest:
    """The newest text of one field that one tab has saved; its lock holds up nobody who types elsewhere."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seq = 0


_newest: OrderedDict[tuple[object, ...], _Newest] = OrderedDict()
_guard = threading.Lock()


def keep_newest(claim: Claim, typing: Typing, save: Callable[[], object], *, is_handed_over: bool = False) -> bool:
    """Save a text unless the same tab's newer text of this field was saved already; whether it was saved.

    A text that was handed over is saved once more when its draft came first, never the other way round: a form may have
    changed the field since.
    """
    if not typing.tab or not typing.seq:
        save()
        return True
    known = _known_of(claim, typing)
    with known.lock:
        if typing.seq < known.seq + (not is_handed_over):
            return False
        save()
        known.seq = typing.seq
        return True


def _known_of(claim: Claim, typing: Typing) -> _Newest:
    # A pointer may lead to another field after an edit; a word never does.
    rev = claim.base_rev if claim.field.startswith("/") else 0
    key = (claim.person_id, claim.kind, claim.object_id, claim.field, rev, typing.tab)
    with _guard:
        known = _newest.setdefault(key, _Newest())
        _newest.move_to_end(key)
        while len(_newest) > MAX_KEPT:
            _newest.popitem(last=False)
    return known
