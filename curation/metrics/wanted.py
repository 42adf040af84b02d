"""What one expected call wants of each argument: which values are right, and whether it may be left out."""

from __future__ import annotations

import msgspec

from curation.metrics.expected import ExpectedCall
from curation.model.acceptable import LEFT_OUT
from curation.model.values import Json


class Wanted(msgspec.Struct, frozen=True):
    """One argument of an expected call."""

    values: tuple[Json, ...]
    may_be_absent: bool = False
    is_counted: bool = True
    """Whether it is one of the gold arguments; one that is only allowed is not."""


def wanted_arguments(call: ExpectedCall) -> dict[str, Wanted]:
    """What a call wants: its own arguments, widened by the acceptable values where the row lists some.

    An empty list says no more than no list.
    """
    own = {name: Wanted((value,)) for name, value in call.arguments.items()}
    if call.acceptable is None:
        return own
    listed = {name: _widen(name, values, call) for name, values in call.acceptable.items() if values}
    return {**own, **listed}


def _widen(name: str, values: list[Json], call: ExpectedCall) -> Wanted:
    own = (call.arguments[name],) if name in call.arguments else ()
    may_be_absent = any(value == LEFT_OUT and isinstance(value, str) for value in values)
    return Wanted((*own, *values), may_be_absent, is_counted=bool(own) or not may_be_absent)
