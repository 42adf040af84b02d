"""What the gate says of a model, and what it said when one was promoted: lines for people, objects for machines."""

from __future__ import annotations

from collections import Counter

import click

from cli.workspaces import print_json
from curation.services.promoting import AliasEvent, CheckView, GateView, State

MARKS = {State.PASSED: "✓", State.FAILED: "✗", State.NOT_PROVEN: "?"}
MOST_TOLD = 20
"""Checks of one promotion that are told one by one."""


def print_event(event: AliasEvent, *, as_json: bool) -> None:
    """One change of what is in production."""
    if as_json:
        print_json(_shape_event(event))
        return
    came = f", was {event.from_name}" if event.from_name else ""
    how = "rolled back" if event.is_rollback else f"gate {_say_state(event.state)}, look {event.look_no}"
    click.echo(
        f"{event.seq}  {event.at[:16].replace('T', ' ')}  {event.to_name}{came}  ({how})  {event.by}: {event.reason}"
    )


def print_ruling(event: AliasEvent) -> None:
    """What the gate said when a model was promoted, below the line of that change."""
    told = [one for one in event.checks if one.state is not State.PASSED or not one.is_against_production]
    for one in told[:MOST_TOLD]:
        click.echo(f"   {MARKS[one.state]} {one.sentence}")
    for state, n in Counter(one.state for one in told[MOST_TOLD:]).items():
        click.echo(f"   {MARKS[state]} {n} more {_say_state(state)}; `--json` has every check")
    if n := len(event.checks) - len(told):
        click.echo(f"   {MARKS[State.PASSED]} {n} more against production: no clear change for the worse")


def print_gate(found: GateView) -> None:
    """The ruling on a model, check by check, and how it got worse."""
    click.echo(found.summary)
    for one in found.checks:
        click.echo(f"{MARKS[one.state]} {one.sentence}{f' {one.remedy}' if one.remedy else ''}")
    for alarm in found.alarms:
        where = f", in {', '.join(alarm.slices)}" if alarm.slices else ""
        click.echo(f"! {alarm.title}{where}. {alarm.sentence}")


def _say_state(state: str | None) -> str:
    return (state or "unknown").replace("_", " ")


def _shape_event(event: AliasEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "from": event.from_name,
        "to": event.to_name,
        "by": event.by,
        "at": event.at,
        "reason": event.reason,
        "is_rollback": event.is_rollback,
        "evaluation": event.evaluation_id,
        "look": event.look_no,
        "gate": event.state,
        "checks": [_shape_check(one) for one in event.checks],
    }


def shape_gate(found: GateView) -> dict[str, object]:
    """The same for machines."""
    return {
        "model": found.model.name,
        "evaluation": found.evaluation_id,
        "production": found.production or None,
        "state": found.state,
        "checks": [_shape_check(one) for one in found.checks],
        "alarms": [{"kind": one.kind, "slices": one.slices, "says": one.sentence} for one in found.alarms],
    }


def _shape_check(one: CheckView) -> dict[str, object]:
    check = one.check
    return {
        "slice": check.slice,
        "metric": check.metric,
        "state": check.state,
        "n": check.n,
        "value": check.value,
        "bound": check.bound,
        "production": check.production,
        "p": check.p,
        "says": one.sentence,
        "remedy": one.remedy,
    }
