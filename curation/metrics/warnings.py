"""What a reader of figures should know before believing them."""

from __future__ import annotations

from collections.abc import Sequence

from curation.metrics.scored import Scored
from curation.model.example import Example

FEW = 20
"""Rows of a kind below which its rates say little."""
FEW_GROUPS_SHARE = 0.5
LONGEST_REQUEST = 60


def find_warnings(rows: Sequence[Scored]) -> tuple[str, ...]:
    """Sentences about too few rows, repeated wordings and rows that list no tools."""
    found = [_few_no_tool(rows), _few_calls(rows), _alike(rows), _without_tools(rows)]
    return tuple(sentence for sentence in found if sentence)


def warn_of_faults(found: Sequence[tuple[Example, str]]) -> str | None:
    """A sentence about gold rows in which what a person wrote about the right answer cannot count; None without any."""
    if not found:
        return None
    example, fault = found[0]
    rows = "the row" if len(found) == 1 else f"{len(found)} rows, first"
    return f"What counts as right cannot be read in {rows} “{_request(example)}”: {fault}. Correct it in the example."


def _request(example: Example) -> str:
    """The last thing a person said, in a line."""
    told = (one.content for one in reversed(example.messages) if one.role == "user" and isinstance(one.content, str))
    line = " ".join(next(told, "").replace("`", "'").split())
    return line if len(line) <= LONGEST_REQUEST else line[: LONGEST_REQUEST - 1] + "…"


def _few_no_tool(rows: Sequence[Scored]) -> str | None:
    n = sum(not row.is_call_row for row in rows)
    if not n:
        return "No row expects no call: the false-call rate is not measured."
    return None if n >= FEW else f"Only {_expect(n)} no call: the false-call rate is very uncertain below {FEW}."


def _few_calls(rows: Sequence[Scored]) -> str | None:
    n = sum(row.is_call_row for row in rows)
    if not n:
        return "No row expects a call: tool and argument figures are not measured."
    return None if n >= FEW else f"Only {_expect(n)} a call: tool and argument figures are uncertain below {FEW}."


def _alike(rows: Sequence[Scored]) -> str | None:
    """Rows of one group are near-duplicates, so that the intervals look narrower than they are."""
    n_groups = len({row.group for row in rows})
    if n_groups >= FEW_GROUPS_SHARE * len(rows):
        return None
    return f"The {len(rows)} rows come from only {n_groups} groups of similar wordings: the intervals are too narrow."


def _without_tools(rows: Sequence[Scored]) -> str | None:
    n = sum(None in row.expected.offer.parameters.values() for row in rows)
    return f"Schemas could not be judged for {_rows(n)} that list no tools." if n else None


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _expect(n: int) -> str:
    return "1 row expects" if n == 1 else f"{n} rows expect"
