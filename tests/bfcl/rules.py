"""The rules by which the Berkeley Function Calling Leaderboard judges calls, written anew from their description.

Nothing of the package is used here, so that two judges agree only where they agree about the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

Value = Any
Called = tuple[str, dict[str, Value]]
Function = dict[str, Any]
Truth = dict[str, dict[str, list[Value]]]
Softening = Callable[[str], str]

_TYPES = {
    "string": str, "integer": int, "float": float, "number": float, "boolean": bool, "array": list, "tuple": list,
    "dict": dict, "object": dict, "any": str,
}  # fmt: skip
_NO_NOISE = re.compile(r"[ ,./\-_*^]")


def accepts(
    functions: Sequence[Function], truth: Sequence[Truth], calls: Sequence[Called], *, soften: Softening | None = None
) -> bool:
    """Whether the leaderboard would call these calls right; `soften` is what it does to texts before it compares."""
    soften = soften or soft
    if len(calls) != len(truth):
        return False
    left = list(calls)
    for wanted in truth:  # The first that fits is taken, and never given back.
        fitting = next((call for call in left if _is_right(functions, wanted, call, soften)), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return True


def _is_right(functions: Sequence[Function], wanted: Truth, call: Called, soften: Softening) -> bool:
    ((name, acceptable),) = wanted.items()
    if call[0] != name:
        return False
    parameters = next(one for one in functions if one["name"] == name)["parameters"]
    properties = parameters["properties"]
    if any(key not in call[1] for key in parameters.get("required", ())):
        return False
    for key, value in call[1].items():
        if key not in properties or key not in acceptable or not _fits(properties[key], value, acceptable[key], soften):
            return False
    return all(key in call[1] or "" in values for key, values in acceptable.items())


def _fits(said: dict[str, Any], value: Value, acceptable: list[Value], soften: Softening) -> bool:
    expected: Any = _TYPES[said["type"]]  # A class, in whose name nothing is narrowed.
    if said["type"] == "float" and type(value) is int:
        value = float(value)
    known = next((type(one) for one in acceptable if one != ""), None)
    if type(value) is not expected:
        return known is not None and type(value) is known and value in acceptable
    if known is not None and known is not expected:
        return value in acceptable
    if expected is list:
        return _fits_list(said, value, acceptable, soften)
    if expected is dict:
        return any(_is_object(value, one, soften) for one in acceptable if one != "")
    if expected is str:
        return soften(value) in [soften(one) for one in acceptable if isinstance(one, str)]
    return value in acceptable


def _fits_list(said: dict[str, Any], value: list[Value], acceptable: list[Value], soften: Softening) -> bool:
    inner = _TYPES[said["items"]["type"]] if "items" in said else None
    lists = [one for one in acceptable if isinstance(one, list)]
    if inner is not None and any(type(one) is not inner for one in value):
        return False
    if inner is not dict:
        return [_softened(one, soften) for one in value] in [[_softened(a, soften) for a in one] for one in lists]
    return any(
        len(one) == len(value) and all(_is_object(a, b, soften) for a, b in zip(value, one, strict=True))
        for one in lists
    )


def _is_object(value: dict[str, Value], acceptable: dict[str, list[Value]], soften: Softening) -> bool:
    for key, inner in value.items():
        allowed = [_softened(one, soften) for one in acceptable.get(key, ())]
        if _softened(inner, soften) not in allowed:
            return False
    return all(key in value or "" in values for key, values in acceptable.items())


def soft(text: str) -> str:
    """What the leaderboard compares of a text."""
    return _NO_NOISE.sub("", text).lower().replace("'", '"')


def _softened(value: Value, soften: Softening) -> Value:
    return soften(value) if isinstance(value, str) else value
