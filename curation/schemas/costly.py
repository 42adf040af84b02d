"""Values against costly schemas: judged in a warm child, behind a deadline."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import msgspec

from curation.model.values import Json
from curation.processes.warm import ChildUnavailableError, OverrunError, WarmChild
from curation.schemas.allowance import Allowance
from curation.schemas.limits import DEADLINE_S, QUESTION_S, ROW_CPU_S, SEND_S
from curation.schemas.wording import SchemaError

SANDBOX = WarmChild("curation.schemas.sandbox")


class Verdict(NamedTuple):
    """What the sandbox found, and what finding it cost."""

    errors: tuple[SchemaError, ...]
    cpu_s: float


def judge_in_sandbox(text: str, value: Json, allowance: Allowance | None = None) -> tuple[SchemaError, ...]:
    """The errors of a value against a costly schema; running out of time or memory is itself an error.

    A child that could not be had is said too, and not remembered: it says nothing about the schema.
    """
    if allowance is not None and allowance.cpu_s <= 0:
        message = "was not checked: costly schemas took all the time that one row gets; make them simpler"
        return (SchemaError("", "deadline", message, ""),)
    try:
        verdict = _judge(text, value)
    except ChildUnavailableError:
        message = "could not be checked just now: the process that judges costly schemas is not there; check again"
        return (SchemaError("", "unchecked", message, ""),)
    if allowance is not None:
        allowance.cpu_s -= verdict.cpu_s + QUESTION_S + SEND_S * len(text)
    return verdict.errors


def _judge(text: str, value: Json) -> Verdict:
    try:
        key = msgspec.json.encode(value)
    except (ValueError, TypeError, OverflowError):
        return _ask(text, value)
    return _ask_once(text, key)


@lru_cache(maxsize=1024)
def _ask_once(text: str, key: bytes) -> Verdict:
    """Kept by text and value, so that a costly row costs its deadline once and its verdict does not change."""
    return _ask(text, msgspec.json.decode(key))


def _ask(text: str, value: Json) -> Verdict:
    try:
        answer = SANDBOX.ask({"schema": text, "value": value})
    except OverrunError:
        message = (
            f"could not be checked within {round(DEADLINE_S * 1000)} ms: the schema is too costly; make it simpler"
        )
        return Verdict((SchemaError("", "deadline", message, ""),), ROW_CPU_S)
    return msgspec.convert(answer, type=Verdict)
