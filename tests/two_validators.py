"""The validator in use and the oracle, made comparable: which keyword is broken at which place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jsonschema

from curation.model.values import Json
from curation.schemas.compiled import build_validator
from curation.schemas.drafts import DraftName

ORACLES: dict[DraftName, Any] = {
    "draft4": jsonschema.Draft4Validator,
    "draft7": jsonschema.Draft7Validator,
    "2020-12": jsonschema.Draft202012Validator,
}
Broken = set[tuple[str, tuple[str | int, ...]]]
"""Keyword and place of each violation; the keyword of a schema `false` is `false`."""


def ask_ours(schema: Json, draft: DraftName, value: Json) -> Broken:
    """What jsonschema-rs finds, as it is used here: offline, formats on, linear patterns."""
    validator, _ = build_validator(schema, draft)
    return {(_keyword(error), tuple(error.instance_path)) for error in validator.iter_errors(value)}


def _keyword(error: Any) -> str:
    """The last keyword on the way to the violation; the library's own kinds are coarser (`required`, `contains`)."""
    if error.kind.name == "falseSchema":
        return "false"
    return last_keyword(error.schema_path)


def last_keyword(path: Sequence[str | int]) -> str:
    return next(str(step) for step in reversed(path) if isinstance(step, str))


def ask_oracle(schema: Json, draft: DraftName, value: Json) -> Broken | None:
    """What jsonschema finds; None where it stops with an exception."""
    oracle = ORACLES[draft](schema, format_checker=ORACLES[draft].FORMAT_CHECKER)
    try:
        errors = list(oracle.iter_errors(value))
    except Exception:
        return None
    return {(error.validator or "false", tuple(error.absolute_path)) for error in errors}
