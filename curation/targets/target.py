"""The shape of a target file."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Generic, Literal, TypeVar

import msgspec

from curation.model.finding import Severity

Value = TypeVar("Value")


class Limit(msgspec.Struct, Generic[Value], frozen=True, forbid_unknown_fields=True):
    """One thing a target asks for, with where and when that was read."""

    value: Value
    source: str
    date: str


class Grading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How bad a rule's finding is for a target; `off`: it does not matter there."""

    severity: Literal["error", "warning", "info", "off"]
    source: str
    date: str


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something people should know about a target that no rule can say."""

    text: str
    source: str
    date: str


Group = Literal["service", "trainer", "template", "callwright"]
GROUP_TITLES: dict[Group, str] = {
    "service": "Hosted services",
    "trainer": "Local trainers",
    "template": "Chat templates",
    "callwright": "Callwright itself",
}
"""The groups of targets in the order they are offered, with their headings."""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One target; a limit that is left out is no limit."""

    title: str
    about: str
    group: Group
    aliases: list[str] = []
    """Other names that people type for it."""
    arguments_form: Limit[Literal["string", "object", "either"]] | None = None
    tool_name_pattern: Limit[str] | None = None
    description_most_characters: Limit[int] | None = None
    tools_most: Limit[int] | None = None
    rows_fewest: Limit[int] | None = None
    argument_name_pattern: Limit[str] | None = None
    tool_description_required: Limit[bool] | None = None
    parameters_required: Limit[bool] | None = None
    call_id_pattern: Limit[str] | None = None
    parallel_calls: Limit[bool] | None = None
    keywords_dropped: Limit[list[str]] | None = None
    control_tokens: Limit[list[str]] | None = None
    weights_on_any_turn: Limit[bool] | None = None
    severity: dict[str, Grading] = {}
    facts: list[Fact] = []
    name: str = ""
    """The file's name, filled by the loader."""

    @cached_property
    def name_regex(self) -> re.Pattern[str] | None:
        return re.compile(self.tool_name_pattern.value) if self.tool_name_pattern else None

    @cached_property
    def argument_regex(self) -> re.Pattern[str] | None:
        return re.compile(self.argument_name_pattern.value) if self.argument_name_pattern else None

    @cached_property
    def id_regex(self) -> re.Pattern[str] | None:
        return re.compile(self.call_id_pattern.value) if self.call_id_pattern else None

    def severity_of(self, slug: str, otherwise: Severity) -> Severity | None:
        """The severity this target gives to a rule; None: it does not matter here."""
        grading = self.severity.get(slug)
        if grading is None:
            return otherwise
        return None if grading.severity == "off" else Severity(grading.severity)

    @property
    def newest_date(self) -> str:
        """When something about the target was last read."""
        limits = (getattr(self, name) for name in self.__struct_fields__)
        dates = [one.date for one in limits if isinstance(one, Limit)]
        dates += [one.date for one in self.severity.values()] + [one.date for one in self.facts]
        return max(dates, default="")
