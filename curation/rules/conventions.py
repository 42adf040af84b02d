"""The check that all rows say "no tool" in one way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.values import Json
from curation.reading.strict import parse_strict
from curation.rules.decisions import assistant_turns
from curation.rules.figures import whole_finding
from curation.rules.registry import rule
from curation.rules.row import said_in
from curation.rules.row_names import RowNames

_CHOICE_KEYS = (
    "tool",
    "tool_name",
    "name",
    "function",
    "function_name",
    "function_call",
    "action",
    "call",
    "tool_calls",
)
_NOTHING: tuple[Json, ...] = (None, "", False, [], {})
_NOTHING_WORDS = frozenset({"none", "no_tool", "notool", "no tool", "null", "n/a", "no_call", "no_function", "nothing"})
_LITERAL = re.compile(r"[<\[(`]*(?:no_tool(?:_call)?s?|no_function(?:_call)?)[>\])`]*\.?", re.IGNORECASE)
_LONGEST = 5_000


@rule("N08", scope="dataset", severity=Severity.WARNING)
def no_tool_convention_mixed() -> None:
    """Some rows say "no tool" as a JSON object, others in plain words.

    The program behind the model expects one of the two. Trained on both, the model mixes them, and half of its
    answers cannot be read. Write all rows in one way.

    Bad: `{"tool": "no_tool", "message": "Which order?"}` in some rows, "Which order?" in others

    Good: the same form in all rows
    """


class NoToolForms:
    """Counts rows by the way they say that nothing is called."""

    def __init__(self) -> None:
        self._literal = RowNames()
        self._plain = RowNames()

    def add(self, identifier: str, example: Example) -> None:
        for turn in assistant_turns(example):
            text = said_in(turn.message.content)
            if turn.kind == "abstains" and turn.is_learnt and text and text.strip():
                (self._literal if is_literal(text) else self._plain).add(identifier)
                return

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        """The finding, if both ways occur, with the rows of the rarer one."""
        n_literal, n_plain = self._literal.n, self._plain.n
        if n_literal and n_plain:
            message = (
                f"“No tool” is written as a fixed form in {_rows(n_literal)} and in plain words in {n_plain:,}; "
                "write it in one way."
            )
            rarer = self._literal if n_literal < n_plain else self._plain
            yield whole_finding("N08", message, {"literal": n_literal, "plain": n_plain}), rarer


def is_literal(text: str) -> bool:
    """Whether an answer says in a fixed form, made for a program, that nothing is called."""
    text = text.strip()
    if len(text) > _LONGEST:
        return False
    if not text.startswith(("{", "```")):
        return _LITERAL.fullmatch(text) is not None
    value = parse_strict(text.removeprefix("```json").strip("`\n ")).value
    if not isinstance(value, dict):
        return False
    if value.get("no_tool"):
        return True
    return any(key in value and _is_nothing(value[key]) for key in _CHOICE_KEYS)


def _is_nothing(value: Json) -> bool:
    return value in _NOTHING or (isinstance(value, str) and value.strip().lower() in _NOTHING_WORDS)


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
