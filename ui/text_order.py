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
_newest: OrderedDict[tuple[object, ...], int] = OrderedDict()
_lock = threading.Lock()


def keep_newest(claim: Claim, typing: Typing, save: Callable[[], object], *, is_handed_over: bool = False) -> bool:
    """Save a text unless the same tab's newer text of this field was saved already; whether it was saved.

    A text that was handed over is saved once more when its draft came first, never the other way round: a form may have
    changed the field since.
    """
    if not typing.tab or not typing.seq:
        save()
        return True
    with _lock:
        # A pointer may lead to another field after an edit; a word never does.
        rev = claim.base_rev if claim.field.startswith("/") else 0
        key = (claim.person_id, claim.kind, claim.object_id, claim.field, rev, typing.tab)
        if typing.seq < _newest.get(key, 0) + (not is_handed_over):
            return False
        save()
        _newest[key] = typing.seq
        _newest.move_to_end(key)
        while len(_newest) > MAX_KEPT:
            _newest.popitem(last=False)
        return True
