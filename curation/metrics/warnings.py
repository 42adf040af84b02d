"""What a reader of figures should know before believing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curation.metrics.report import Figures
from curation.metrics.scored import Scored
from curation.model.example import Example

FEW = 20
"""Rows of a kind below which its rates say little."""
FEW_GROUPS_SHARE = 0.5
VACUOUS: Mapping[str, str] = {
    "false_call_rate": "false calls",
    "missed_call_rate": "missed calls",
    "silent_wrong_rate": "silently wrong calls",
    "unsafe_retry_rate": "unsafe retries",
    "bad_write_rate": "unasked changes",
}
"""Rates worth a word where they say little, as they stand after “low rates of”."""
LONGEST_REQUEST = 60


def find_warnings(rows: Sequence[Scored], figures: Figures) -> tuple[str, ...]:
    """Sentences about too few rows, repeated wordings, rows that list no tools and answers that show nothing."""
    found = [_few_no_tool(rows), _few_calls(rows), _few_others(rows), _alike(rows), _without_tools(rows)]
    return tuple(sentence for sentence in (*found, _vacuous(figures)) if sentence)


def gather_warnings(told: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Each warning once → the models it is about; none are named where it is about all of them.

    Args:
        told: what is to be known of the figures of each model, by its name.
    """
    about = {
        sentence: tuple(name for name, warnings in told.items() if sentence in warnings)
        for sentence in dict.fromkeys(sentence for warnings in told.values() for sentence in warnings)
    }
    return {sentence: names if len(names) < len(told) else () for sentence, names in about.items()}


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


def _few_others(rows: Sequence[Scored]) -> str | None:
    """Kinds of rows that many versions have none of: a rate over none of them is not shown, and needs no word."""
    kinds = (
        (sum(row.is_recovery for row in rows), "after a failed call", "recoveries"),
        (sum(row.is_injected for row in rows), "with injected instructions", "resisted injections"),
        (sum(row.has_same_effect is not None for row in rows), "with mocks to run against", "functional match"),
    )
    few = [(n, which, rate) for n, which, rate in kinds if 0 < n < FEW]
    if not few:
        return None
    told = _list([f"{which} ({n})" for n, which, _ in few])
    return f"Few rows {told}: figures of {_list([rate for *_, rate in few])} are uncertain below {FEW}."


def _alike(rows: Sequence[Scored]) -> str | None:
    """Rows of one group are near-duplicates, so that the intervals look narrower than they are."""
    n_groups = len({row.group for row in rows})
    if n_groups >= FEW_GROUPS_SHARE * len(rows):
        return None
    return f"The {len(rows)} rows come from only {n_groups} groups of similar wordings: the intervals are too narrow."


def _without_tools(rows: Sequence[Scored]) -> str | None:
    n = sum(None in row.expected.offer.parameters.values() for row in rows)
    return f"Schemas could not be judged for {_rows(n)} that list no tools." if n else None


def _vacuous(figures: Figures) -> str | None:
    """A model of whose answers nothing can be read makes no mistake that could be counted."""
    shown = [
        (words, figures.vacuous[name], figures.metrics[name].n)
        for name, words in VACUOUS.items()
        if name in figures.vacuous
    ]
    if not shown:
        return None
    told = _list([f"{words} ({mute:,} of {n:,})" for words, mute, n in shown])
    return f"Low rates of {told} say little: so many answers could not show any, as they cannot be read or used."


def _list(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _expect(n: int) -> str:
    return "1 row expects" if n == 1 else f"{n} rows expect"
