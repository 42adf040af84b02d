"""The guard before every run of a call: schema, policy, approval, rate limit, idempotency; the first word stands.

It knows no clock and no store: who asks hands in the time, and what was run before in the same conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Literal, NamedTuple

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json
from curation.rules.effects import WRITES, guess_effect
from curation.rules.outcome import has_failed
from curation.schemas import compile_schema

Check = Literal["schema", "policy", "approval", "rate", "idempotency"]
Outcome = Literal["run", "waits", "refused", "repeated"]


class Ruling(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the guard says of one call: that it may run, or which check held it, where, and what to do."""

    outcome: Outcome = "run"
    check: Check | Literal[""] = ""
    why: str = ""
    place: str = ""
    """The argument, or the field of the catalogue, that the check is about."""
    remedy: str = ""
    result: str = ""
    """What the same call brought back before (`repeated`)."""


class Asked(NamedTuple):
    """One call that wants to run."""

    name: str
    arguments: Json
    tool: Tool | None
    """None: it is not on offer."""
    role: str = ""
    """On whose behalf the conversation speaks; empty: nobody said."""
    is_approved: bool | None = None
    """What the person said who was asked; None: nobody was asked yet."""


class Earlier(NamedTuple):
    """One call that was run before in the same conversation."""

    tool: str
    arguments: Json
    at_s: float | None = None
    """When, on the clock of `now_s`; None: not by the guard."""
    answer: str | None = None
    """What it brought back; None: nothing was handed back."""


def rule_on(call: Asked, earlier: Sequence[Earlier] = (), now_s: float = 0.0) -> Ruling:
    """The first check that has something to say; a call that passes all of them may run."""
    return next((held for check in CHECKS if (held := check(call, earlier, now_s)) is not None), Ruling())


def _check_schema(call: Asked, _earlier: Sequence[Earlier], _now_s: float) -> Ruling | None:
    if call.tool is None:
        return Ruling(
            "refused", "schema", f"There is no tool `{call.name}` on offer.", "the call's name", "Call one that is."
        )
    if not isinstance(call.arguments, dict):
        why = f"The arguments of `{call.name}` are no JSON object."
        return Ruling("refused", "schema", why, "the arguments", "Write them as one object.")
    errors = compile_schema(call.tool.definition.view.parameters_text or "{}").errors(call.arguments)
    if not errors:
        return None
    field = errors[0].pointer.lstrip("/").replace("/", ".")
    why = f"The arguments of `{call.name}` break its schema: {errors[0].message}."
    place = f"argument `{field}`" if field else "the arguments"
    return Ruling("refused", "schema", why, place, "Put the call right.")


def _check_policy(call: Asked, _earlier: Sequence[Earlier], _now_s: float) -> Ruling | None:
    forbidden = {role.strip().casefold() for role in call.tool.policy.forbidden_roles} if call.tool else set()
    role = call.role.strip()
    if not role or role.casefold() not in forbidden:
        return None
    return Ruling(
        "refused",
        "policy",
        f"`{call.name}` must not be called on behalf of the role `{role}`.",
        _field(call, "Policy, Never on behalf of"),
        "Answer in words, or call a tool that is open to this role.",
    )


def _check_approval(call: Asked, _earlier: Sequence[Earlier], _now_s: float) -> Ruling | None:
    policy = call.tool.policy if call.tool else None
    needed = " ".join(policy.approval.split()) if policy else ""
    if policy is None or not needed or call.is_approved:
        return None
    who, place = " ".join(policy.approver.split()) or "a person", _field(call, "Policy, Approval")
    if call.is_approved is None:
        why = f"Before `{call.name}` runs, {who} must confirm: {needed}"
        return Ruling("waits", "approval", why, place, "Say yes or no.")
    why = f"`{call.name}` was not run: {who} did not approve the call."
    return Ruling("refused", "approval", why, place, "Hand that back, or answer in words.")


def _check_rate(call: Asked, earlier: Sequence[Earlier], now_s: float) -> Ruling | None:
    running = call.tool.execution if call.tool else None
    most, period = (running.rate_calls, running.rate_period_s) if running else (None, None)
    if most is None or period is None:
        return None
    recent = sorted(
        one.at_s for one in earlier if one.tool == call.name and one.at_s is not None and now_s - one.at_s < period
    )
    place = _field(call, "Running, Rate limit")
    if most <= 0:
        why = f"`{call.name}` may never run: its rate limit is {most} calls."
        return Ruling("refused", "rate", why, place, "Raise the limit or empty it, or answer in words.")
    if len(recent) < most:
        return None
    # The call runs once so many are older than the period that it is one of `most` again.
    wait = _seconds(max(1, ceil(recent[len(recent) - most] + period - now_s)))
    why = f"`{call.name}` may run {_times(most)} within {period:g} s, and did; retry after {wait}."
    return Ruling("refused", "rate", why, place, f"Ask again in {wait}.")


def _check_idempotency(call: Asked, earlier: Sequence[Earlier], _now_s: float) -> Ruling | None:
    """A failed attempt does not count: its key is there so that it may be tried again."""
    parameter = call.tool.idempotency_parameter if call.tool else None
    key = call.arguments.get(parameter) if parameter and isinstance(call.arguments, dict) else None
    if call.tool is None or key in (None, "") or (call.tool.side_effect or guess_effect(call.name)) not in WRITES:
        return None
    done = [one for one in earlier if one.tool == call.name and one.answer is not None and not has_failed(one.answer)]
    marked = [one for one in done if isinstance(one.arguments, dict) and one.arguments.get(parameter or "") == key]
    if not marked:
        return None
    place = f"argument `{parameter}`"
    same = next((one for one in marked if one.arguments == call.arguments), None)
    if same is not None:
        why = f"`{call.name}` ran before with the same `{parameter}`: it is not run twice, its earlier result is back."
        return Ruling("repeated", "idempotency", why, place, "Nothing to do.", same.answer or "")
    why = f"This `{parameter}` marked another call of `{call.name}` before, with other arguments."
    return Ruling("refused", "idempotency", why, place, f"Give a new request a new `{parameter}`.")


CHECKS: tuple[Callable[[Asked, Sequence[Earlier], float], Ruling | None], ...] = (
    _check_schema,
    _check_policy,
    _check_approval,
    _check_rate,
    _check_idempotency,
)
"""In the order in which they are asked."""


def _field(call: Asked, name: str) -> str:
    return f"Catalogue, `{call.name}`, {name}"


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _seconds(n: int) -> str:
    return f"{n} second" if n == 1 else f"{n} seconds"
