"""What a check says: which rule, at which place, in one sentence, with a fix where one is safe."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from curation.model.values import Json


class Severity(StrEnum):
    """How bad a finding is for the chosen target."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Fix(msgspec.Struct, frozen=True):
    """A safe mechanical repair of one place: a verb for the button and the edit itself.

    `at` is an inner pointer (see Finding.at). `value` is the JSON source text to put there, None removes the key; with
    `rename` the object key at `at` gets that name and keeps its value.
    """

    title: str
    at: str
    value: str | None = None
    rename: str | None = None


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One fault in one example, neutral to the target.

    `at` is an *inner* pointer: a JSON pointer into the example written as an OpenAI-shaped row
    (`/messages/2/tool_calls/0/function/arguments/city`), reaching into argument text even where the row holds a string.
    `Places` maps it to the row as given.
    """

    rule: str
    """Slug, fixed for ever: `unknown-tool`."""
    code: str
    """Code of the rule list: `A01`."""
    at: str
    message: str
    """One plain sentence that names the thing and the remedy."""
    values: dict[str, Json] = {}
    """The values behind the sentence; the fingerprint of a waiver is made of them."""
    fix: Fix | None = None
    related: str | None = None
    """Inner pointer to the other place involved, if any."""


class Judged(msgspec.Struct, frozen=True, gc=False):
    """A finding with the severity the working target gives it."""

    finding: Finding
    severity: Severity
