"""Checks of the order of turns: who begins, who follows whom, who has the last word."""

from __future__ import annotations

from curation.model.finding import Severity
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row

_LAST_ROLES = frozenset({"user", "tool", "system", "developer"})


@rule("M04", scope="row")
def last_turn_not_assistant(row: Row) -> Found:
    """The last turn is not the assistant's.

    What follows the last assistant turn carries no loss and is often cut or refused. Add the answer or remove the
    turn.

    Bad: … the tool's result, and then the end

    Good: … the tool's result, then the assistant's answer
    """
    if not row.turns or row.turns[-1].role not in _LAST_ROLES or not row.assistant_turns:
        return None
    last = row.turns[-1]
    return Hit(last.at, f"The row ends on a {last.role} turn; end it with the assistant.", {"role": last.role})


@rule("M05", scope="row", severity=Severity.WARNING)
def system_turn_misplaced(row: Row) -> Found:
    """A system turn stands after the first turn, or there are several.

    Many templates print only the first system turn or refuse a later one, so the instruction is lost where it
    matters.

    Bad: user, assistant, system, user, assistant

    Good: system, user, assistant, user, assistant
    """
    later = [turn for turn in row.turns[1:] if turn.role in ("system", "developer")]
    if not later:
        return None
    return [Hit(turn.at, f"This {turn.role} turn is not the first turn; many templates lose it.") for turn in later]


@rule("M10", scope="row", severity=Severity.WARNING)
def repeated_user_turn(row: Row) -> Found:
    """Two user turns follow each other.

    Formats with strict alternation drop the row, and others never saw such input. Join the two turns.

    Bad: user, user, assistant

    Good: user, assistant
    """
    return _repeated(row, "user", "This user turn follows another one; join the two.")


@rule("M11", scope="row", severity=Severity.WARNING)
def repeated_assistant_turn(row: Row) -> Found:
    """An assistant turn follows another one.

    The usual cause is a forgotten tool turn, which some services answer with an error that names no place. Put
    the tool's result between the two, or join them.

    Bad: assistant calls a tool, assistant answers

    Good: assistant calls a tool, the tool answers, assistant answers
    """
    return _repeated(row, "assistant", "This assistant turn follows another one without a tool result between them.")


def _repeated(row: Row, role: str, message: str) -> list[Hit] | None:
    hits = None
    before = ""
    for turn in row.turns:
        if turn.role == role and before == role:
            hits = hits or []
            hits.append(Hit(turn.at, message, {"text": (turn.text or "")[:80]}))
        before = turn.role
    return hits


@rule("M16", scope="row", severity=Severity.INFO)
def first_turn_role(row: Row) -> Found:
    """The conversation starts with the assistant or a tool.

    Most templates want the user to speak first and raise, or move the turn. Start with the request.

    Bad: tool, assistant

    Good: user, assistant, tool, assistant
    """
    first = next((turn for turn in row.turns if turn.role not in ("system", "developer")), None)
    if first is None or first.role not in ("assistant", "tool"):
        return None
    return Hit(first.at, f"The first turn is of the role {first.role}; most templates want the user to speak first.")
