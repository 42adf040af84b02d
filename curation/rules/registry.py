"""What a rule is, and the table of all rules.

A rule is a small function with `@rule(...)`. Its code says its slug (both fixed in `curation.model.rule_names`), its
docstring is its manual page, its scope says what it is called with. It returns a hit, a list of hits, or None, and
answers None by the cheapest test first: most rules find nothing in most rows.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import msgspec

from curation.model.finding import Finding, Fix, Severity
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import Json
from curation.targets import Target

Scope = Literal[
    "reading",  # found while bytes are read; the function is never called
    "row",  # called with the row
    "message",  # called with each turn and the row
    "call",  # called with each tool call and the row
    "unclean",  # called with each tool call whose arguments' text has faults, and the row
    "violation",  # called with each place where arguments break their schema, the call and the row
    "result",  # called with each tool turn and the row
    "text",  # called with each text a person or model wrote, its turn and the row
    "tool",  # called with one definition, once for each definition text
    "known_tool",  # called with what a team knows about a tool beyond its definition
    "language",  # called with the row in the pass over wording, which costs more than all others together
    "render",  # reported by `curation.rendering` for one template; the function is never called
    "dataset",  # reported by `check_dataset`; the function is never called
]
Pass = Literal["row", "language", "render", "dataset"]
"""What has to be at hand: one row; one row and time; a chat template; all rows."""


OTHER_ROLES = "other"
"""Stands in a rule's `roles` for every role that is not one of the five known ones."""


class Hit(NamedTuple):
    """What a rule found, before its code and slug are written on it."""

    at: str
    message: str
    values: dict[str, Json] = {}
    fix: Fix | None = None
    related: str | None = None


Found: TypeAlias = Hit | list[Hit] | None
Grade: TypeAlias = Callable[[Finding, Target | None], Severity | None]
"""The severity of one finding for a target; None: it does not matter there at all."""


class Rule(msgspec.Struct, frozen=True):
    """One check: its names, its manual page, how bad it is and what it is called with."""

    code: str
    slug: str
    scope: Scope
    severity: Severity
    waivable: bool
    doc: str
    function: Callable[..., Any]
    roles: tuple[str, ...] = ()
    """For the scope `message`: only turns of these roles (see OTHER_ROLES); empty: all turns."""
    grade: Grade | None = None
    may_be_error: bool = True
    """Whether a finding can be an error without a target."""

    @property
    def found_in(self) -> Pass:
        """The pass that can find it; each shows its cost on its own."""
        return self.scope if self.scope in ("language", "render", "dataset") else "row"

    @property
    def title(self) -> str:
        """The first line of the manual page."""
        return self.doc.partition("\n")[0]


REGISTRY: dict[str, Rule] = {}
"""Slug → rule, in the order of registration."""

Function = TypeVar("Function", bound=Callable[..., Any])


def rule(
    code: str,
    *,
    scope: Scope,
    severity: Severity = Severity.ERROR,
    waivable: bool = False,
    roles: tuple[str, ...] = (),
    grade: Grade | None = None,
    may_be_error: bool = False,
) -> Callable[[Function], Function]:
    """Register the decorated function as the rule with this code.

    `may_be_error` is for rules that warn by default and grade some findings as errors without any target.
    """

    def register(function: Function) -> Function:
        slug = RULE_SLUGS[code]
        if slug in REGISTRY:
            raise ValueError(f"rule {code} is registered twice")
        doc = inspect.getdoc(function) or ""
        is_error = may_be_error or severity is Severity.ERROR
        REGISTRY[slug] = Rule(code, slug, scope, severity, waivable, doc, function, roles, grade, is_error)
        return function

    return register


def rules_of(scope: Scope, *, errors_only: bool = False) -> tuple[Rule, ...]:
    """The registered rules of one scope, in order of their codes."""
    rules = (r for r in REGISTRY.values() if r.scope == scope and (r.may_be_error or not errors_only))
    return tuple(sorted(rules, key=lambda r: r.code))
