"""What a model does not see of a tool, as the texts of its form: how a call runs, its errors, its sample calls."""

from __future__ import annotations

import re
from typing import cast, get_args

from curation.errors import UnreadableError
from curation.model.definition import ErrorKind, Execution, RetryRule, Sample, ToolError
from curation.reading.strict import parse_strict
from curation.services.form_rows import ErrorRow, SampleRow, read_rows, sample_names, write_rows

NUMBERS = {
    "timeout_s": "The time-out",
    "most_retries": "The number of retries",
    "rate_calls": "The number of calls",
    "rate_period_s": "The period of the rate limit",
}
"""Fields that hold a number → what a sentence calls them."""
_WHOLE = frozenset({"most_retries", "rate_calls"})
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")


def show_execution(execution: Execution) -> dict[str, str]:
    """The fields of how a call runs."""
    numbers = {name: getattr(execution, name) for name in NUMBERS}
    shown = {name: "" if value is None else f"{value:g}" for name, value in numbers.items()}
    return shown | {"retry": execution.retry or ""}


def build_execution(fields: dict[str, str]) -> Execution:
    """How a call runs; refuses what is no number in one sentence."""
    numbers = {name: read_number(name, fields[name]) for name in NUMBERS}
    retry = fields["retry"]
    return Execution(
        timeout_s=numbers["timeout_s"],
        retry=cast(RetryRule, retry) if retry in get_args(RetryRule) else None,
        most_retries=None if numbers["most_retries"] is None else int(numbers["most_retries"]),
        rate_calls=None if numbers["rate_calls"] is None else int(numbers["rate_calls"]),
        rate_period_s=numbers["rate_period_s"],
    )


def read_number(name: str, text: str) -> float | None:
    """What was typed as a number; nothing is none."""
    typed = text.strip()
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed) or (name in _WHOLE and "." in typed):
        wanted = "a whole number" if name in _WHOLE else "a number"
        what = NUMBERS.get(name, "The wait")
        raise UnreadableError(f"{what}: {typed[:40]} is not {wanted}.", hint="Write it with digits.")
    return float(typed)


def show_errors(errors: tuple[ToolError, ...]) -> str:
    """The errors as rows."""
    return write_rows(
        tuple(
            ErrorRow(
                str(n),
                one.message,
                one.code,
                one.kind or "",
                "" if one.retry_after_s is None else f"{one.retry_after_s:g}",
            )
            for n, one in enumerate(errors, 1)
        )
    )


def build_errors(text: str) -> tuple[ToolError, ...]:
    """The errors typed; rows nobody filled are left out."""
    return tuple(_error(row) for row in read_rows(text, ErrorRow) if row != ErrorRow(row.id))


def _error(row: ErrorRow) -> ToolError:
    if not row.message.strip():
        raise UnreadableError(f"Error {row.code or row.id} has no message.", hint="Write what the tool answers.")
    kind = cast(ErrorKind, row.kind) if row.kind in get_args(ErrorKind) else None
    return ToolError(row.message.strip(), row.code.strip(), kind, read_number("wait", row.wait))


def show_samples(samples: tuple[Sample, ...]) -> str:
    """The sample calls as rows."""
    return write_rows(
        tuple(
            SampleRow(
                str(n),
                one.name,
                one.arguments,
                "result" if one.result is not None else "error" if one.error is not None else "",
                one.result or "",
                one.error or "",
            )
            for n, one in enumerate(samples, 1)
        )
    )


def build_samples(text: str) -> tuple[Sample, ...]:
    """The sample calls typed; JSON that is broken is refused with its place."""
    rows = read_rows(text, SampleRow)
    names = sample_names(rows)
    return tuple(_sample(row, names[row.id]) for row in rows)


def _sample(row: SampleRow, name: str) -> Sample:
    result = row.result.strip() if row.answer == "result" else ""
    _require_json(row.arguments.strip(), f"The arguments of sample `{name}`")
    if result:
        _require_json(result, f"The result of sample `{name}`")
    error = row.error.strip() if row.answer == "error" else ""
    return Sample(name, row.arguments.strip(), result or None, error or None)


def _require_json(text: str, what: str) -> None:
    faults = parse_strict(text).faults
    if faults:
        where = f"Line {faults[0].line}, column {faults[0].column}: {faults[0].message}"
        raise UnreadableError(f"{what} cannot be saved. {where}", hint="Your text is kept as a draft; mend it first.")
