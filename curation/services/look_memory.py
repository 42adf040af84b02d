"""What was worked out from a look, kept while the look is on screen: a page asks for the same at every press."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from curation.services.evaluation_views import EvaluationView

T = TypeVar("T")
MOST = 256
"""Results of all looks together; the one not asked for the longest goes first."""
_kept: OrderedDict[tuple[Hashable, ...], tuple[EvaluationView, object]] = OrderedDict()
_guard = threading.Lock()


def remember(view: EvaluationView, *what: Hashable, make: Callable[[], T]) -> T:
    """The result under this name for this very view; made where it is not known yet."""
    key = (id(view), *what)
    with _guard:
        if (found := _kept.get(key)) is not None and found[0] is view:
            _kept.move_to_end(key)
            return cast(T, found[1])
    made = make()
    with _guard:
        _kept[key] = (view, made)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
