"""A tool as a model sees it, and what else a team knows about it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Literal

import msgspec

from curation.model.values import Json

SideEffect = Literal["read", "write", "destructive"]
ErrorKind = Literal["transient", "unknown_outcome", "needs_person", "permanent"]
"""What helps after an error: waiting, reading first, a person, or nothing."""
RetryRule = Literal["never", "after_reading", "after_waiting", "at_once"]
"""What is safe after an error of the tool."""


class Definition(msgspec.Struct, frozen=True, gc=False):
    """One element of a row's `tools`, as its exact JSON text (content-addressed by `hash`)."""

    text: str

    @property
    def hash(self) -> str:
        return _hash_text(self.text)

    @property
    def view(self) -> DefinitionView:
        """The parsed parts, cached by text."""
        return view_definition(self.text)


@lru_cache(maxsize=4096)
def _hash_text(text: str) -> str:
    """Rows share their tools, so a definition is hashed once."""
    return hashlib.sha256(text.encode()).hexdigest()


class DefinitionView(msgspec.Struct, frozen=True):
    """The parts of a definition; None where a part is absent or of the wrong type."""

    name: str | None
    description: str | None
    parameters: Json
    """The parsed parameters schema, None when absent or null."""
    parameters_text: str | None
    """Its exact JSON text."""
    wrapped: bool
    """True when the definition is {"type": "function", "function": {…}}."""
    value: Json
    """The whole parsed element."""


class _Function(msgspec.Struct, frozen=True):
    """The key whose exact text is needed; everything else is ignored here."""

    parameters: msgspec.Raw = msgspec.Raw(b"")


class _Wrapper(msgspec.Struct):
    """An OpenAI tool element, opened just far enough to slice the parameters out."""

    function: _Function = _Function()
    parameters: msgspec.Raw = msgspec.Raw(b"")


@lru_cache(maxsize=4096)
def view_definition(text: str) -> DefinitionView:
    """Parse a definition's text; never raises."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return DefinitionView(None, None, None, None, wrapped=False, value=value)
    wrapped = isinstance(value.get("function"), dict)
    function = value["function"] if wrapped else value
    return DefinitionView(
        name=_text_or_none(function.get("name")),
        description=_text_or_none(function.get("description")),
        parameters=function.get("parameters"),
        parameters_text=_slice_parameters(text, wrapped=wrapped),
        wrapped=wrapped,
        value=value,
    )


def _text_or_none(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _slice_parameters(text: str, *, wrapped: bool) -> str | None:
    try:
        outer = msgspec.json.decode(text, type=_Wrapper)
    except msgspec.DecodeError:
        return None
    raw = bytes(outer.function.parameters if wrapped else outer.parameters)
    return raw.decode() if raw and raw != b"null" else None


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a tool may be called."""

    text: str = ""
    approval: str = ""
    """When a person must confirm first, in words; empty: never."""
    approver: str = ""
    """Who confirms, in words."""
    forbidden_roles: tuple[str, ...] = ()
    """Roles of people on whose behalf it must not be called."""


class Execution(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a call of the tool runs; None where nobody has said."""

    timeout_s: float | None = None
    retry: RetryRule | None = None
    most_retries: int | None = None
    rate_calls: int | None = None
    """At most so many calls …"""
    rate_period_s: float | None = None
    """… within so many seconds."""


class ToolError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One error a tool can return."""

    message: str
    code: str = ""
    """Such as `404` or `order_not_found`; empty when it has none."""
    kind: ErrorKind | None = None
    """What helps after it; None: to be read off its message."""
    retry_after_s: float | None = None


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call of the tool with what it brings back: what a mock answers from."""

    name: str
    arguments: str = "{}"
    """Exact JSON text."""
    result: str | None = None
    """Exact JSON text; None where the sample says nothing of a result."""
    error: str | None = None
    """The message of the error it brings back instead of a result."""


class Tool(msgspec.Struct, frozen=True):
    """A definition with what a model does not see: effect, idempotency, policy, results, errors, samples."""

    definition: Definition
    side_effect: SideEffect | None = None
    idempotent: bool | None = None
    idempotency_parameter: str | None = None
    policy: Policy = Policy()
    result_schema: str | None = None
    """Exact JSON text of the schema of what the tool returns."""
    errors: tuple[ToolError, ...] = ()
    """The errors it can return."""
    execution: Execution = Execution()
    samples: tuple[Sample, ...] = ()
    """Declared calls with their answers, in order."""

    @property
    def name(self) -> str:
        return self.definition.view.name or ""
