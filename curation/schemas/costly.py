"""Values against costly schemas: judged in a warm child, behind a deadline."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from curation.model.values import Json
from curation.processes.warm import ChildUnavailableError, OverrunError, WarmChild
from curation.schemas.limits import DEADLINE_S
from curation.schemas.wording import SchemaError

SANDBOX = WarmChild("curation.schemas.sandbox")


def judge_in_sandbox(text: str, value: Json) -> tuple[SchemaError, ...]:
    """The errors of a value against a costly schema; running out of time or memory is itself an error.

    A child that could not be had is said too, and not remembered: it says nothing about the schema.
    """
    try:
        try:
            key = msgspec.json.encode(value)
        except (ValueError, TypeError, OverflowError):
            return _ask(text, value)
        return _ask_once(text, key)
    except ChildUnavailableError:
        message = "could not be checked just now: the process that judges costly schemas is not there; check again"
        return (SchemaError("", "unchecked", message, ""),)


@lru_cache(maxsize=1024)
def _ask_once(text: str, key: bytes) -> tuple[SchemaError, ...]:
    """Kept by text and value, so that a costly row costs its deadline once and its verdict does not change."""
    return _ask(text, msgspec.json.decode(key))


def _ask(text: str, value: Json) -> tuple[SchemaError, ...]:
    try:
        answer = SANDBOX.ask({"schema": text, "value": value})
    except OverrunError:
        message = (
            f"could not be checked within {round(DEADLINE_S * 1000)} ms: the schema is too costly; make it simpler"
        )
        return (SchemaError("", "deadline", message, ""),)
    return tuple(msgspec.convert(answer, type=list[SchemaError]))
