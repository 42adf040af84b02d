"""What the shares of tools and kinds of rows say: one that crowds out the others, and kinds that are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from curation.model.example import Example, Message
from curation.model.finding import Finding, Severity
from curation.rules.categories import categories
from curation.rules.decisions import assistant_turns
from curation.rules.figures import whole_finding
from curation.rules.offer import offer_of
from curation.rules.registry import rule
from curation.rules.row import said_in, text_of
from curation.rules.row_names import NO_ROWS, RowNames
from curation.targets import Target

FEWEST_FOR_BALANCE = 20
MOST_OF_ONE_TOOL = 0.6
MOST_OF_ONE_FAMILY = 0.3
_FEWEST_TOOLS = 3
KINDS = {
    "parallel": "calls several tools in one turn",
    "multi_step": "calls again after a result",
    "recovery": "goes on after a failed call",
    "no_call": "calls nothing",
    "clarification": "asks for what is missing",
}
"""Each kind of row that a whole set should hold, in words."""


def kinds_of(example: Example) -> set[str]:
    """Which of KINDS an example shows."""
    found = {*categories(example)} & KINDS.keys()
    if any(turn.kind == "abstains" and _is_question(turn.message) for turn in assistant_turns(example)):
        found.add("clarification")
    return found


def _is_question(message: Message) -> bool:
    if message.label is not None and message.label.reason is not None:
        return message.label.reason == "missing_information"
    return (said_in(message.content) or "").rstrip().endswith(("?", "？"))


class BalanceCount:
    """Counts which tools and kinds of rows there are, one example at a time."""

    def __init__(self) -> None:
        self._rows_of_tool: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._n_rows = self._n_calling = 0

    def add(self, _identifier: str, example: Example) -> None:
        called = {name for m in example.messages for call in m.calls or () if (name := text_of(call.name))}
        self._n_rows += 1
        self._n_calling += bool(called)
        for kind in kinds_of(example):
            self._kinds[kind] += 1
        for name in called.union(offer_of(example).names):
            self._rows_of_tool[name] += name in called

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        yield from ((finding, NO_ROWS) for finding in judge_dominance(self._rows_of_tool, self._n_calling))
        yield from ((finding, NO_ROWS) for finding in judge_kinds(self._kinds, self._n_rows))


@rule("D08", scope="dataset", severity=Severity.WARNING)
def tool_dominates() -> None:
    """One tool, or one mould of rows, makes up most of the data.

    The model learns that the answer is mostly that tool, or that sentence with another number in it. Write rows for
    the other tools, or take some of these out.

    Bad: `search` in 80 % of the rows with calls

    Good: no tool in more than 60 %, no mould in more than 30 %
    """


def _kind_grade(finding: Finding, target: Target | None) -> Severity | None:
    """Who may not call in parallel need not show it."""
    may_not = target is not None and target.parallel_calls is not None and not target.parallel_calls.value
    return None if may_not and finding.values.get("kind") == "parallel" else Severity.INFO


@rule("D09", scope="dataset", severity=Severity.INFO, grade=_kind_grade)
def category_missing() -> None:
    """A kind of conversation does not occur at all.

    Several calls in one turn, calls that build on a result, going on after an error, calling nothing, asking for what
    is missing: what training never shows, the model does badly. Write some rows, unless your product never needs
    them.

    Bad: 400 rows, and in none of them does a call fail

    Good: a few rows of each kind
    """


def judge_dominance(rows_of_tool: Mapping[str, int], n_calling: int) -> Iterator[Finding]:
    """D08: a tool that most of the rows with calls call."""
    if n_calling < FEWEST_FOR_BALANCE or len(rows_of_tool) < _FEWEST_TOOLS:
        return
    tool = max(sorted(rows_of_tool), key=lambda name: rows_of_tool[name])
    n = rows_of_tool[tool]
    if n > MOST_OF_ONE_TOOL * n_calling:
        message = (
            f"`{tool}` is called in {n:,} of {n_calling:,} rows with calls ({n / n_calling:.0%}); "
            "write more rows for the other tools."
        )
        yield whole_finding("D08", message, {"tool": tool})


def judge_family(n_family: int, n_rows: int) -> Finding | None:
    """D08: rows of one mould that make up much of the whole."""
    if n_rows < FEWEST_FOR_BALANCE or n_family <= MOST_OF_ONE_FAMILY * n_rows:
        return None
    message = f"{n_family:,} of {n_rows:,} rows ({n_family / n_rows:.0%}) are cast in one mould; reword them."
    return whole_finding("D08", message, {"rows": n_family})


def judge_kinds(n_of_kind: Mapping[str, int], n_rows: int) -> Iterator[Finding]:
    """D09: kinds of rows of which there is none."""
    if n_rows < FEWEST_FOR_BALANCE:
        return
    for kind, words in KINDS.items():
        if not n_of_kind.get(kind):
            yield whole_finding("D09", f"No row {words}; write some, or the model never learns it.", {"kind": kind})
