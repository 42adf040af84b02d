"""What a tool answers when it fails: the validator's own sentence for bad arguments, else a declared error."""

from __future__ import annotations

import msgspec

from curation.model.definition import ErrorKind, Tool
from curation.model.values import Json
from curation.schemas import compile_schema

FailureKind = ErrorKind

_COMMON: dict[FailureKind, tuple[str, ...]] = {
    "transient": ("Too many requests; retry after 5 seconds.", "The service is busy; retry after 20 seconds."),
    "unknown_outcome": ("The request timed out; the outcome is unknown.",),
    "needs_person": ("A person has to approve this.",),
    "permanent": ("Nothing was found for these values.",),
}
_NOBODY_KNOWS = ("outcome is unknown", "timed out", "timeout", "internal server error", "unexpected error")


class Failure(msgspec.Struct, frozen=True):
    """One error a tool returned."""

    kind: FailureKind
    message: str


def explain_arguments(tool: Tool, arguments: Json) -> str | None:
    """The validator's message about these arguments, None when they fit the tool's schema."""
    compiled = compile_schema(tool.definition.view.parameters_text or "{}")
    errors = compiled.errors(arguments)
    if not errors:
        return None
    place = errors[0].pointer.lstrip("/").replace("/", ".")
    return f"Invalid arguments: {place or 'the arguments'} {errors[0].message}."


def failures_of(tool: Tool, kind: FailureKind) -> tuple[Failure, ...]:
    """The failures of one kind the tool declares; common ones when it declares none."""
    declared = tuple(one.message for one in tool.errors if (one.kind or kind_of(one.message)) == kind)
    return tuple(Failure(kind, message) for message in declared or _COMMON[kind])


def kind_of(message: str) -> FailureKind:
    """What an error message means for the next step."""
    lowered = message.lower()
    if any(sign in lowered for sign in _NOBODY_KNOWS):
        return "unknown_outcome"
    if any(sign in lowered for sign in ("retry after", "try again", "too many", "busy")):
        return "transient"
    if any(sign in lowered for sign in ("approv", "person", "colleague", "only staff", "by hand")):
        return "needs_person"
    return "permanent"
