"""What a project's figures say is wrong with the whole, rather than with one row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from curation.model.finding import Finding, Judged, Severity
from curation.model.rule_names import RULE_SLUGS

if TYPE_CHECKING:
    from curation.services.health import Health

BAND = (0.10, 0.20)
"""The wanted share of decisions that call nothing."""


NAMED = 20
"""So many duplicates are named one by one."""


def find_faults(measured: Health) -> Iterator[Judged]:
    """What the figures say is wrong, worst first."""
    yield from _leaks(measured)
    yield from _duplicates(measured)
    yield from _uncalled(measured)
    yield from _unused(measured)
    yield from _balance(measured)


def _leaks(measured: Health) -> Iterator[Judged]:
    for twins in measured.duplicates:
        if len(twins.splits) > 1:
            numbers = ", ".join(str(number) for number in twins.numbers)
            where = " and ".join(twins.splits)
            yield _fault("D04", Severity.ERROR, f"Examples {numbers} are the same row in {where}; archive one of them.")


def _duplicates(measured: Health) -> Iterator[Judged]:
    repeated = [twins for twins in measured.duplicates if len(twins.splits) <= 1]
    for twins in repeated[:NAMED]:
        numbers = ", ".join(str(number) for number in twins.numbers[:5])
        yield _fault("D02", Severity.WARNING, f"Examples {numbers} are the same row; keep one of them.")
    if len(repeated) > NAMED:
        yield _fault("D02", Severity.WARNING, f"{len(repeated) - NAMED:,} more rows occur more than once.")


def _uncalled(measured: Health) -> Iterator[Judged]:
    for tool in measured.coverage:
        if measured.n_rows and not tool.n_calls:
            yield _fault("D06", Severity.WARNING, f"Tool `{tool.tool}` is never called; write or order examples of it.")


def _unused(measured: Health) -> Iterator[Judged]:
    for tool in measured.coverage:
        for parameter in tool.parameters if tool.n_calls else ():
            if not parameter.n_given:
                sentence = f"Parameter `{parameter.name}` of `{tool.tool}` is never given."
                yield _fault("D07", Severity.WARNING, sentence)
            elif parameter.unused_values:
                values = ", ".join(f"`{value}`" for value in parameter.unused_values)
                sentence = f"Parameter `{parameter.name}` of `{tool.tool}` never has the value {values}."
                yield _fault("D07", Severity.WARNING, sentence)


def _balance(measured: Health) -> Iterator[Judged]:
    share = measured.share_of_decisions
    if share is not None and not BAND[0] <= share <= BAND[1]:
        side = "below" if share < BAND[0] else "above"
        sentence = f"{share:.0%} of the decisions call no tool, {side} the recommended 10–20 %."
        yield _fault("N07", Severity.INFO, sentence)


def _fault(code: str, severity: Severity, message: str) -> Judged:
    return Judged(Finding(rule=RULE_SLUGS[code], code=code, at="", message=message), severity)
