"""Checks of rows in which something goes wrong and is put right."""

from __future__ import annotations

from curation.model.finding import Fix, Severity
from curation.rules.effects import WRITES, effect_of
from curation.rules.outcome import has_failed
from curation.rules.registry import Found, Hit, rule
from curation.rules.repeats import result_of
from curation.rules.row import CallView, Row, Turn


@rule("B09", scope="message", roles=("assistant",), severity=Severity.INFO, waivable=True)
def recovery_label_mismatch(turn: Turn, row: Row) -> Found:
    """The label says how a turn recovers, and the turn does something else.

    Labels choose which rows are balanced and counted; a wrong one hides that a kind of recovery is missing. Choose
    the label that fits, or change the turn.

    Bad: `corrected_argument` on a call that is the same as the one that failed

    Good: `corrected_argument` on the call with the right city
    """
    label = turn.message.label
    if label is None or label.recovery is None:
        return None
    failed = _latest_failed(turn, row)
    wrong = "no call failed before it" if failed is None else _mismatch(label.recovery, turn, failed, row)
    if wrong is None:
        return None
    message = f"The label says `{label.recovery[:40]}`, but {wrong}."
    related = failed.at if failed is not None else None
    return Hit(turn.at + "/label/recovery", message, {"recovery": label.recovery[:40]}, None, related)


def _latest_failed(turn: Turn, row: Row) -> CallView | None:
    before = (call for call in reversed(row.calls) if call.turn.index < turn.index)
    return next((c for c in before if c.results and has_failed(c.results[0].turn.text)), None)


def _mismatch(recovery: str, turn: Turn, failed: CallView, row: Row) -> str | None:
    """What is wrong with the label; None: it fits, or is no kind that can be judged."""
    same_tool = [call for call in turn.calls if call.name == failed.name]
    is_unchanged = any(call.arguments is not None and call.arguments == failed.arguments for call in same_tool)
    if recovery in ("escalate", "give_up"):
        return "the same call is made again" if is_unchanged else None
    if not turn.calls:
        return "nothing is called"
    if recovery == "corrected_argument":
        if not same_tool:
            return f"`{failed.name}` is not called again"
        return "the arguments are the same as before" if is_unchanged else None
    if recovery == "retry_after_wait":
        return None if same_tool else f"`{failed.name}` is not called again"
    if recovery == "alternative_tool":
        return f"`{failed.name}` is called again" if len(same_tool) == len(turn.calls) else None
    if recovery == "read_before_retry":
        return "nothing is read" if all(effect_of(call, row) in WRITES for call in turn.calls) else None
    return None


@rule("B10", scope="call", severity=Severity.WARNING, waivable=True)
def failed_call_trained(call: CallView, row: Row) -> Found:
    """A wrong call is learned although a later turn corrects it.

    In a recovery row only the recovery should be learned; otherwise the model learns the mistake as well. Give
    the wrong turn weight 0.

    Bad: the call with the wrong argument has no weight, the corrected one follows

    Good: the wrong call's turn has `"weight": 0`
    """
    if not row.has_failure or not call.results or call.turn.is_weightless or len(call.turn.calls) != 1:
        return None
    outcome = result_of(call)
    if outcome is None or not outcome.failed or outcome.kind != "other":
        return None
    later = row.call_after(call)
    if later is None or later.arguments is None or call.arguments == later.arguments or not _is_own_mistake(call, row):
        return None
    fix = Fix("Give it weight 0", call.turn.at + "/weight", "0")
    message = "This wrong call is learned although a later turn corrects it; give its turn weight 0."
    return Hit(call.turn.at, message, {"tool": call.name}, fix, later.at)


def _is_own_mistake(call: CallView, row: Row) -> bool:
    """Whether the call itself was at fault: it broke its schema, or nobody spoke before it was corrected."""
    if call.errors or call.tool is None:
        return True
    later = row.turns[call.turn.index + 1 :]
    speaker = next((turn.role for turn in later if turn.role != "tool"), "")
    return speaker == "assistant" and any(turn.calls for turn in later[:3])
