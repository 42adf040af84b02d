"""A conversation that teaches a model to call tools.

Everything in here is as tolerant as people are: a known key may hold any JSON value (`Exact` when it is not a
string), an unknown key lands in `extra` with its exact JSON text, an element that is no object at all is kept in
`whole`. Whether that is right is a question for the rules, never for the reader.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.model.definition import Definition
from curation.model.values import UNSET, Arguments, Exact, Field, Json, UnsetType

NoToolReason = Literal["small_talk", "answer_directly", "missing_information", "cannot_be_done", "refuse", "escalate"]
NO_TOOL_REASONS: tuple[NoToolReason, ...] = (
    "small_talk",
    "answer_directly",
    "missing_information",
    "cannot_be_done",
    "refuse",
    "escalate",
)
RecoveryKind = Literal[
    "corrected_argument", "retry_after_wait", "read_before_retry", "alternative_tool", "escalate", "give_up"
]
RECOVERY_KINDS: tuple[RecoveryKind, ...] = (
    "corrected_argument",
    "retry_after_wait",
    "read_before_retry",
    "alternative_tool",
    "escalate",
    "give_up",
)
HARD_CASES: tuple[str, ...] = (
    "missing_value",
    "conflicting_constraints",
    "untrusted_instructions",
    "required_order",
    "distractor_tools",
    "approval_needed",
)


class Label(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a person says about one decision that its shape cannot tell.

    Unknown keys and odd values are findings, not crashes, and never hide what else the label says.
    """

    reason: str | None = None
    """One of NO_TOOL_REASONS, for a turn that calls nothing."""
    missing: tuple[str, ...] = ()
    """Which required arguments the request leaves open (reason `missing_information`)."""
    recovery: str | None = None
    """One of RECOVERY_KINDS, for a turn that follows a failed call."""
    order: Literal["any", "sequence"] = "any"
    """Whether several calls must come in this order."""
    comparators: dict[str, Json] = {}
    """Per argument, as `tool.argument` → comparator (see metrics)."""
    extra: dict[str, str] = {}
    """Unknown keys, and known ones with a value of another shape → exact JSON text."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """One tool call of an assistant turn (`tool_calls[i]` of the envelope)."""

    name: Field = UNSET
    arguments: Arguments | UnsetType = UNSET
    id: Field = UNSET
    type: Field = UNSET
    extra: dict[str, str] = {}
    """Unknown keys of the call → exact JSON text."""
    function_extra: dict[str, str] = {}
    """Unknown keys inside `function` → exact JSON text."""
    function: Exact | None = None
    """Set when `function` is present but no object."""
    whole: Exact | None = None
    """Set when this element of `tool_calls` is no object."""


class Message(msgspec.Struct, frozen=True, gc=False):
    """One turn."""

    role: Field = UNSET
    content: Field = UNSET
    calls: tuple[Call, ...] | None = None
    """None: no `tool_calls` key. A `tool_calls` that is no list stands in `extra["tool_calls"]`."""
    tool_call_id: Field = UNSET
    name: Field = UNSET
    weight: Field = UNSET
    """Always `Exact` when it is a number."""
    label: Label | None = None
    """A `label` that is no object stands in `extra["label"]`."""
    extra: dict[str, str] = {}
    whole: Exact | None = None
    """Set when this element of `messages` is no object."""


class Waiver(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """ "Keep anyway": one rule's finding on one value, with the reason."""

    rule: str
    fingerprint: str
    reason: str
    by: str = ""
    at: str = ""


class Example(msgspec.Struct, frozen=True, gc=False):
    """A conversation with its own ordered list of definitions."""

    messages: tuple[Message, ...] = ()
    """A `messages` that is no list stands in `extra["messages"]`."""
    tools: tuple[Definition, ...] | UnsetType | None = UNSET
    """UNSET: no key, None: null. A `tools` that is no list stands in `extra["tools"]`."""
    tags: tuple[str, ...] = ()
    """Hard cases."""
    group: str | None = None
    """What must not be split: source conversation, template, near-duplicate cluster."""
    waivers: tuple[Waiver, ...] = ()
    acceptable: tuple[dict[str, dict[str, list[Json]]], ...] | None = None
    """Acceptable values of the expected calls, one object a call: {tool: {argument: [values]}}."""
    extra: dict[str, str] = {}
    whole: Exact | None = None
    """Set when the row is no object."""
