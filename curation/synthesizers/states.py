"""The state that a result tells of after an act: what was cancelled is cancelled, what was just made has not ended."""

from __future__ import annotations

import re
from collections.abc import Container

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.actions import past
from curation.synthesizers.ordering import is_moment
from curation.synthesizers.subjects import reads, verb_of

_NAMES = ("status", "state")
_BEGUN = (
    "queued",
    "pending",
    "created",
    "new",
    "open",
    "placed",
    "submitted",
    "scheduled",
    "running",
    "in_progress",
    "uploaded",
)
_RUNNING = ("running", "in_progress", "active", "queued", "pending")
_PAUSED = ("paused", "pausing", "queued", "pending", "waiting")
_CANCELLED = ("cancelled", "canceled", "cancelling", "canceling")
_MAKES = ("create", "place", "submit", "schedule")
_AFTER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_MAKES, _BEGUN),
    **dict.fromkeys(("start", "resume", "restart", "rerun"), _RUNNING),
    "cancel": _CANCELLED,
    "upload": ("uploaded",),
    "pause": _PAUSED,
    "stop": ("stopped", "stopping", *_CANCELLED),
    "close": ("closed",),
    "reopen": ("reopened", "open"),
    "approve": ("approved",),
    "archive": ("archived",),
    "publish": ("published",),
}
"""Verb of a tool's name → the states its act may lead to, the likeliest first."""
_NOT_ENDED = frozenset({*_BEGUN, *_RUNNING, *_PAUSED, "validating", "validating_files", "processing"})
_BROUGHT_NOTHING = frozenset({*_CANCELLED, "failed"})
_YIELDS = re.compile(r"(?i)^(?:results?|outputs?)(?:_|$|(?-i:[A-Z]))")
"""Lists of what came of some work."""
_NULL_BEFORE_THE_END = re.compile(r"(?i)\bnull if [^.]*\bstill running\b")


def fit_state(tool: Tool, result: dict[str, Json], schema: dict[str, Json], named: dict[str, Json]) -> dict[str, Json]:
    """The result in the state that the tool's act leads to, and with what such a state leaves open; the named stays."""
    properties = schema.get("properties")
    stated: dict[str, Json] = properties if isinstance(properties, dict) else {}
    fitted = _put_in_state(tool, result, stated, named)
    brought_nothing = any(str(fitted.get(name)).lower() in _BROUGHT_NOTHING for name in _NAMES)
    return _without_yield(fitted, stated, named) if brought_nothing else fitted


def _put_in_state(
    tool: Tool, result: dict[str, Json], stated: dict[str, Json], named: dict[str, Json]
) -> dict[str, Json]:
    """The result in the state that the tool's act leads to, where its schema counts up states."""
    verb = verb_of(tool)
    if reads(tool):
        is_open = any(str(result.get(name)).lower() in _NOT_ENDED for name in _NAMES)
        return _without_end(result, stated, named) if is_open else result
    if verb not in _AFTER:
        return result
    for name in _NAMES:
        if name not in result or name in named:
            continue
        wanted = _find_state(verb, stated.get(name)) or _free_state(verb, stated.get(name), result[name])
        if wanted is not None and _AFTER[verb] in (_BEGUN, _RUNNING, _PAUSED):
            result = _without_end(result, stated, named)
        result = result if wanted is None else result | {name: wanted}
    return result


def _without_end(result: dict[str, Json], stated: dict[str, Json], named: Container[str]) -> dict[str, Json]:
    """The result without what is known only once the work has ended, unless the call named it."""
    return {key: None if key not in named and _ends_with(stated.get(key)) else value for key, value in result.items()}


def _without_yield(result: dict[str, Json], stated: dict[str, Json], named: Container[str]) -> dict[str, Json]:
    """The result of work that was broken off: it has an end, and nothing came of it."""
    open_: dict[str, Json] = {
        key: [] if isinstance(value, list) else None
        for key, value in result.items()
        if (isinstance(value, list) and _YIELDS.match(key)) or (_ends_with(stated.get(key)) and not is_moment(value))
    }
    return result | {key: value for key, value in open_.items() if key not in named}


def state_after(tool: Tool, schema: Json) -> str | None:
    """The state among those of a schema that a tool's act leads to; None for an act that leads to no state."""
    verb = verb_of(tool)
    return None if verb not in _AFTER else str(_find_state(verb, schema) or "")


def _find_state(verb: str, schema: Json) -> Json:
    counted = schema.get("enum") if isinstance(schema, dict) else None
    known = {str(one).lower().replace("-", "_"): one for one in counted} if isinstance(counted, list) else {}
    return next((known[one] for one in _AFTER[verb] if one in known), None)


def _free_state(verb: str, schema: Json, drawn: Json) -> Json:
    """The state itself where a schema takes any text: what was paused is paused, what was placed is placed."""
    is_counted = isinstance(schema, dict) and ("enum" in schema or "const" in schema)
    if is_counted or not isinstance(drawn, str):
        return None
    return past(verb) if verb in _MAKES else _AFTER[verb][0]


def _ends_with(schema: Json) -> bool:
    """Whether a value is there only once the work has ended, as its description tells."""
    if not isinstance(schema, dict):
        return False
    branches = schema.get("anyOf")
    told = schema.get("description")
    is_told = isinstance(told, str) and bool(_NULL_BEFORE_THE_END.search(told))
    return is_told or (isinstance(branches, list) and any(_ends_with(one) for one in branches))
