"""Checks of rows in which no tool is called, and rightly so."""

from __future__ import annotations

import re

from curation.model.example import NO_TOOL_REASONS
from curation.model.finding import Severity
from curation.model.values import Json
from curation.rules.hints import list_names, quote
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row, Turn
from curation.schemas import compile_schema

_WORD = re.compile(r"[a-z]{4,}")
_EMAIL = re.compile(r"[\w.+-]@[\w-]+\.[\w.]")
"""Enough of an address to know that one is there; a run of letters before the @ is not tried from each letter."""
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_EXPLAINED = frozenset({"small_talk", "cannot_be_done", "refuse", "escalate", "answer_directly"})


def decision_of(row: Row) -> Turn | None:
    """The answer of a row in which nothing is called."""
    if row.calls or not row.assistant_turns or "function_call" in row.turns[-1].message.extra:
        return None
    return row.assistant_turns[-1]


def reason_of(turn: Turn) -> str | None:
    """Why the turn calls nothing, as its label says."""
    return turn.message.label.reason if turn.message.label is not None else None


def request_before(turn: Turn, row: Row) -> str | None:
    """What the user said last before a turn."""
    return next((t.text for t in reversed(row.turns[: turn.index]) if t.role == "user" and t.text), None)


@rule("N01", scope="row", severity=Severity.WARNING, waivable=True)
def no_tool_reason_missing(row: Row) -> Found:
    """A row without calls does not say why.

    Small talk, a missing detail and a refusal teach different things, and only the label tells them apart when
    the data is balanced. Choose the reason.

    Bad: "Which order is it?" without a label

    Good: the same with the reason `missing_information`
    """
    turn = decision_of(row)
    if turn is None or not row.offer.tools:
        return None
    reason = reason_of(turn)
    if reason in NO_TOOL_REASONS:
        return None
    if reason is not None:
        message = f"`{reason[:40]}` is no reason; choose one of {list_names(NO_TOOL_REASONS)}."
        return Hit(turn.at + "/label/reason", message, {"reason": reason[:40]})
    return Hit(turn.at, "This row calls nothing and does not say why; choose a no-tool reason.")


@rule("N03", scope="row", severity=Severity.WARNING, waivable=True)
def call_was_possible(row: Row) -> Found:
    """Everything a call needs is in the request, yet nothing is called.

    The model learns to ask for what it was just told. Make the call, or label why it must not be made.

    Bad: "Track order A-1001": "Which order is it?"

    Good: the call of `track_order` with A-1001
    """
    turn = decision_of(row)
    if turn is None or not row.offer.tools or reason_of(turn) in _EXPLAINED:
        return None
    request = request_before(turn, row)
    if not request or len(request) > 4000:
        return None
    for tool in row.offer.tools:
        if _is_meant(tool, request) and _has_all(tool, request):
            message = f"The request holds all that `{tool.name}` needs, yet nothing is called."
            return Hit(turn.at, message, {"tool": tool.name})
    return None


def _is_meant(tool: OfferedTool, request: str) -> bool:
    words = _WORD.findall((tool.name or "").lower())
    text = request.lower()
    return bool(words) and all(word in text for word in words)


def _has_all(tool: OfferedTool, request: str) -> bool:
    return bool(tool.required) and all(is_given(tool.property(key), request) for key in tool.required)


def is_given(schema: dict[str, Json], request: str) -> bool:
    """Whether the request surely holds a value for this argument; free texts are never sure."""
    options = schema.get("enum")
    if isinstance(options, list):
        return any(isinstance(o, str) and re.search(rf"\b{re.escape(o)}\b", request, re.IGNORECASE) for o in options)
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and len(pattern) < 80:
        return _holds_token(pattern, request)
    kind = schema.get("format")
    return (kind == "email" and _EMAIL.search(request) is not None) or (
        kind == "date" and _DATE.search(request) is not None
    )


def _holds_token(pattern: str, request: str) -> bool:

    compiled = compile_schema(quote({"type": "string", "pattern": pattern}))
    if compiled.fault is not None or not compiled.is_plain:
        return False
    tokens = [token.strip(".,;:!?()'\"") for token in request.split()[:400]]
    return any(any(c.isdigit() for c in token) and not compiled.errors(token) for token in tokens)


@rule("N05", scope="row", severity=Severity.WARNING, waivable=True)
def no_tool_without_tools(row: Row) -> Found:
    """A row without calls offers no tools.

    Not calling is only a choice when something could have been called; without tools the row teaches plain chat.
    Offer the tools that were at hand.

    Bad: user, assistant, no `tools`

    Good: user, assistant, with the tools that were not called
    """
    if (
        decision_of(row) is None
        or row.offer.is_listed
        or "tools" in row.example.extra
        or "functions" in row.example.extra
    ):
        return None
    return Hit("/tools", "This row calls nothing and offers no tools, so it teaches nothing about choosing.")
