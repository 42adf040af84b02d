"""Links every tool result to the call it answers, and says how the linking failed where it did."""

from __future__ import annotations

from curation.rules.row import CallView, ResultView, Row


def link(row: Row) -> None:
    """Fill in `call` and `problem` of every result and `results` of every call.

    Within one row ids may be used again by a later turn, so a result belongs to the newest call of its id before it.
    """
    if not row.results:
        return
    newest: dict[str, CallView] = {}
    block: tuple[CallView, ...] = ()
    is_block_open = False
    for turn in row.turns:
        if turn.result is not None:
            _attach(turn.result, newest, block, is_block_open=is_block_open, row=row)
        elif turn.calls:
            block, is_block_open = turn.calls, True
            for call in reversed(block):
                if call.id is not None:
                    newest[call.id] = call
        else:
            is_block_open = False


def _attach(
    result: ResultView, newest: dict[str, CallView], block: tuple[CallView, ...], *, is_block_open: bool, row: Row
) -> None:
    if result.id is None:
        _attach_in_order(result, block)
        return
    call = newest.get(result.id)
    if call is None:
        later = row.first_of(result.id)
        if later is not None and later.turn.index <= result.turn.index:  # a call of a tool's own turn
            later = next((c for c in row.calls if c.id == result.id and c.turn.index > result.turn.index), None)
        result.problem = "early" if later is not None else "orphan"
        result.related = later.at if later is not None else None
        return
    result.related = call.at
    if call.results:
        twin = next((c for c in block if c.id == result.id and not c.results), None)
        if twin is None:
            result.problem = "repeated"
            return
        call = twin
    elif not (is_block_open and call.turn is block[0].turn):
        result.problem = "late"
    result.call = call
    call.results.append(result)


def _attach_in_order(result: ResultView, block: tuple[CallView, ...]) -> None:
    """A result without an id belongs to the first call of the turn before it that has no answer yet."""
    call = next((call for call in block if not call.results), None)
    if call is not None:
        result.call = call
        call.results.append(result)
