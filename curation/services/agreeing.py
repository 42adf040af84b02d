"""How far the reviewers of a project agree, by kind of decision, and where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable

import msgspec

from curation.metrics.agreement import FEW_UNITS, Agreement, measure
from curation.services.blind_words import Opinion, Said, read_opinions
from curation.services.heads import need_example
from curation.services.impartial import NEEDED
from curation.services.second_looks import DIFFER, OPEN
from curation.services.workspace import Workspace
from db import second_looks

__all__ = ["FEW_UNITS", "Agreement", "AgreementReport", "Difference", "list_differences", "measure_agreement"]

Value = Hashable | None


class Difference(msgspec.Struct, frozen=True):
    """One example two people judged differently."""

    example_id: str
    number: int
    title: str
    rev: int
    opinions: tuple[Opinion, ...]
    where: tuple[str, ...]
    """The kinds of decision they differ in."""


class AgreementReport(msgspec.Struct, frozen=True):
    """Agreement by kind of decision, in the order of KINDS, and how much is under way."""

    kinds: dict[str, Agreement]
    n_open: int
    n_differ: int


KINDS: dict[str, Callable[[Said], Value]] = {
    "kind": lambda said: said.kind,
    "tool": lambda said: said.tool,
    "reason": lambda said: None if said.kind == "calls" else said.reason or "none",
    "recovery": lambda said: said.recovery or "none",
    "correct": lambda said: said.is_right,
}
"""Word → what two people are compared by; None where the question does not arise."""
VERDICT = "verdict"


def measure_agreement(ws: Workspace, project_id: str) -> AgreementReport:
    """Krippendorff's alpha over every double review that is complete."""
    with ws.reading() as connection:
        blind = second_looks.list_blind(connection, project_id)
        n_open = len(second_looks.list_looks(connection, project_id, [OPEN]))
        n_differ = len(second_looks.list_looks(connection, project_id, [DIFFER]))
    verdicts: dict[tuple[str, int], list[Value]] = defaultdict(list)
    said: dict[tuple[str, int, int], list[Said]] = defaultdict(list)
    for one in blind:
        verdicts[one.example_id, one.rev].append(one.verdict)
        for word in msgspec.json.decode(one.labels, type=list[Said]):
            said[one.example_id, one.rev, word.turn].append(word)
    kinds = {VERDICT: measure(list(verdicts.values()))}
    for name, value in KINDS.items():
        kinds[name] = measure([[value(word) for word in unit] for unit in said.values()])
    return AgreementReport(kinds, n_open, n_differ)


def list_differences(ws: Workspace, project_id: str) -> tuple[Difference, ...]:
    """What waits for somebody to resolve it, oldest first."""
    found: list[Difference] = []
    with ws.reading() as connection:
        for look in second_looks.list_looks(connection, project_id, [DIFFER]):
            head = need_example(connection, look.example_id)
            opinions = tuple(read_opinions(connection, look))
            if len(opinions) < NEEDED:
                continue
            found.append(Difference(head.id, head.number, head.title, look.rev, opinions, _where(opinions)))
    return tuple(found)


def _where(opinions: tuple[Opinion, ...]) -> tuple[str, ...]:
    first, second = opinions[:NEEDED]
    words = [VERDICT] if first.verdict != second.verdict else []
    pairs = list(zip(first.said, second.said, strict=False))
    return (*words, *(name for name, value in KINDS.items() if any(value(a) != value(b) for a, b in pairs)))
