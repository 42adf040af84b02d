"""A tool's parameters schema, compiled once and ready to judge arguments."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from curation.model.values import Json
from curation.schemas import limits, references
from curation.schemas.allowance import Allowance
from curation.schemas.cost import Cost, count_cost
from curation.schemas.costly import judge_in_sandbox
from curation.schemas.counts import name_counts_as_written
from curation.schemas.drafts import VALIDATORS, DraftName, draft_of
from curation.schemas.empty_keys import restore_places
from curation.schemas.faults import SchemaFault, fault_of, find_keyword_faults
from curation.schemas.wording import SchemaError, explain

_LINEAR = jsonschema_rs.RegexOptions(size_limit=limits.REGEX_BYTES)
_BACKTRACKING = jsonschema_rs.FancyRegexOptions(backtrack_limit=limits.BACKTRACK_LIMIT, size_limit=limits.REGEX_BYTES)


class Compiled:
    """One schema text: its faults, its cost, and the errors of values against it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.schema: Json = None
        self.draft: DraftName = "2020-12"
        self.counted = Cost(0)
        self.uses_backtracking = False
        """True when a pattern needs look-around or back references, which cannot be matched in linear time."""
        self._validator: Any = None
        self.faults: tuple[SchemaFault, ...] = tuple(self._prepare())
        self.is_plain: bool = self.counted.is_bounded and self.cost <= limits.PLAIN_COST and not self.uses_backtracking
        """True when values may be judged in this process: no cycle through a branch, small cost, linear patterns."""
        self._cost = self.counted.total
        self._most_work = limits.PLAIN_WORK if self.is_plain else -1

    @property
    def fault(self) -> str | None:
        """The first thing wrong with the schema, with its place; None when it can judge values."""
        return f"{self.faults[0].pointer or '/'} {self.faults[0].message}" if self.faults else None

    @property
    def cost(self) -> int:
        """The expanded cost: about how many subschemas one instance is held against."""
        return self.counted.total

    def errors(
        self, value: Json, *, size: int | None = None, allowance: Allowance | None = None
    ) -> tuple[SchemaError, ...]:
        """Every place where a value breaks the schema; empty when the schema itself is at fault.

        Args:
            value: a parsed JSON value.
            size: an upper bound of its number of nodes where the caller knows one below 1,000.
            allowance: what the row that the value belongs to may still cost.
        """
        if self._validator is None:
            return ()
        nodes = size if size is not None and size < 1_000 else _count_nodes(value)
        if nodes is None:
            return (_too_large(),)
        work = self._cost * nodes
        is_light = work <= self._most_work and (allowance is None or work <= allowance.work)
        if is_light:
            if allowance is not None:
                allowance.work -= work
            try:
                if self._validator.is_valid(value):  # half the cost of an empty list of errors
                    return ()
            except (ValueError, TypeError, RecursionError):
                pass  # said below, in words
        return self._find(value, allowance, is_light=is_light)

    def _find(self, value: Json, allowance: Allowance | None, *, is_light: bool) -> tuple[SchemaError, ...]:
        if allowance is not None and allowance.errors <= 0:
            return (_too_many(),)
        found = validate(self._validator, value) if is_light else judge_in_sandbox(self.text, value, allowance)
        if not found:
            return found
        if allowance is not None:
            allowance.errors -= len(found)
        return name_counts_as_written(found, self.text)

    def _prepare(self) -> list[SchemaFault]:
        if len(self.text) > limits.MAX_SCHEMA_BYTES:
            return [SchemaFault("size", "", f"is longer than {limits.MAX_SCHEMA_BYTES} characters")]
        try:
            self.schema = msgspec.json.decode(self.text)
        except (msgspec.DecodeError, RecursionError):
            return [SchemaFault("root", "", "is not JSON")]
        if not isinstance(self.schema, dict | bool):
            return [SchemaFault("root", "", "must be an object")]
        if limits.measure(self.schema, most_nodes=limits.MAX_SCHEMA_BYTES, most_depth=limits.MAX_SCHEMA_DEPTH) is None:
            return [SchemaFault("size", "", f"is nested deeper than {limits.MAX_SCHEMA_DEPTH} levels")]
        self.draft = draft_of(self.schema)
        return self._compile()

    def _compile(self) -> list[SchemaFault]:
        faults = find_keyword_faults(self.schema, self.draft) or references.find_faults(self.schema)
        if faults:
            return faults
        self.counted = count_cost(self.schema)
        if self.counted.endless_at is not None:
            return [references.endless_fault(self.schema, self.counted.endless_at)]
        try:
            self._validator, self.uses_backtracking = build_validator(self.schema, self.draft)
        except jsonschema_rs.ValidationError as error:
            return [fault_of(error)]
        except ValueError as error:
            return [SchemaFault("keyword", "", f"cannot be compiled: {error}")]
        return []


def build_validator(schema: Json, draft: DraftName) -> tuple[Any, bool]:
    """The library's validator, and whether a pattern needs backtracking."""
    make = VALIDATORS[draft]
    try:
        return make(schema, offline=True, validate_formats=True, pattern_options=_LINEAR), False
    except jsonschema_rs.ValidationError as error:
        if error.kind.name != "format":
            raise
    return make(schema, offline=True, validate_formats=True, pattern_options=_BACKTRACKING), True


def validate(validator: Any, value: Json) -> tuple[SchemaError, ...]:
    """The errors of a value, in our own words."""
    try:
        found = list(validator.iter_errors(value))
    except UnicodeEncodeError:
        message = "hold half of a character (a lone surrogate) and cannot be checked against the schema"
        return (SchemaError("", "size", message, ""),)
    except (ValueError, TypeError, RecursionError):
        return (_too_large(),)
    if not found:
        return ()
    return restore_places(tuple(own for error in found for own in explain(error)), value)


def _count_nodes(value: Json) -> int | None:
    return limits.measure(value, most_nodes=limits.MAX_INSTANCE_NODES, most_depth=limits.MAX_INSTANCE_DEPTH)


def _too_many() -> SchemaError:
    message = f"were not checked: this row already breaks its schemas at {limits.ROW_ERRORS} places or more"
    return SchemaError("", "deadline", message, "")


def _too_large() -> SchemaError:
    return SchemaError("", "size", "are too large or too deep to be checked against the schema", "")


@lru_cache(maxsize=2048)
def compile_schema(parameters_text: str) -> Compiled:
    """The compiled schema of an exact text; never raises."""
    return Compiled(parameters_text)
