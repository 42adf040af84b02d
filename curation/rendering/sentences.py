"""The findings about a row that its shape's evidence amounts to, each with its place and one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

import msgspec

from curation.model.finding import Finding, Fix
from curation.model.rule_names import RULE_SLUGS
from curation.model.values import Json
from curation.rendering.evidence import Evidence
from curation.rendering.marking import Twin
from curation.rendering.naming import OF_A_CALL, OF_A_DEFINITION, name_place, value_at
from curation.rendering.rows import ChatRow
from curation.rendering.tool_marking import Mark


def list_findings(row: ChatRow, twin: Twin, evidence: Evidence) -> Iterator[Finding]:
    """X02, X03, X04, X08, X09 and X13, in this order."""
    yield from _list_lost(row, twin, evidence)
    yield from _list_doubled(row, twin, evidence)
    yield from _list_printed(twin, evidence)
    yield from _list_untrained(row, twin, evidence)
    yield from _list_moved(evidence)
    yield from _list_lost_tools(row, twin, evidence)


def _finding(code: str, at: str, message: str, values: dict[str, Json], fix: Fix | None = None) -> Finding:
    return Finding(RULE_SLUGS[code], code, at, message, values, fix)


def _list_lost(row: ChatRow, twin: Twin, evidence: Evidence) -> Iterator[Finding]:
    lost = [mark for n, mark in enumerate(twin.marks) if n in evidence.lost and mark.part not in OF_A_DEFINITION]
    # A thought that an earlier turn no longer shows is a changed prefix; only one never shown is lost.
    lost = [mark for mark in lost if mark.part != "thought" or mark.turn not in evidence.moved]
    for mark in _outermost(lost, twin.marks):
        beside = " beside its calls" if mark.part == "text" and _has_calls(twin, mark.turn) else ""
        what = f"{name_place(row, mark)}{beside}"
        message = f"The template does not write {what}, so no model ever sees it; choose another template."
        yield _finding("X02", mark.at, message, {"part": mark.part, "at": mark.at.rpartition("/")[2]})


def _has_calls(twin: Twin, turn: int) -> bool:
    return bool(twin.row.messages[turn].get("tool_calls"))


def _outermost(marks: list[Mark], everything: Collection[Mark]) -> Iterator[Mark]:
    """One mark for what is lost together: a whole call, all its arguments, an argument with its value."""
    totals: dict[str, int] = defaultdict(int)
    for mark in everything:
        totals[mark.owner] += mark.part in OF_A_CALL
    by_owner: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_owner[mark.owner].append(mark)
    for owner, lost in by_owner.items():
        if lost[0].part in OF_A_CALL and len(lost) == totals[owner]:
            yield lost[0]._replace(at=owner)
        elif lost[0].part in OF_A_CALL:
            yield from _shallowest(lost, owner, totals[owner])
        else:
            yield from _first_of_each_place(lost)


def _shallowest(lost: list[Mark], owner: str, total: int) -> Iterator[Mark]:
    in_arguments = [mark for mark in lost if mark.part != "name"]
    yield from (mark for mark in lost if mark.part == "name")
    if in_arguments and len(in_arguments) == total - 1:
        yield in_arguments[0]._replace(at=f"{owner}/function/arguments", part="arguments")
        return
    keys: list[str] = []
    for mark in in_arguments:
        if not any(mark.at == key or mark.at.startswith(f"{key}/") for key in keys):
            keys.append(mark.at)
            yield mark


def _first_of_each_place(marks: Iterable[Mark]) -> Iterator[Mark]:
    seen: set[str] = set()
    for mark in marks:
        if mark.at not in seen:
            seen.add(mark.at)
            yield mark


def _list_doubled(row: ChatRow, twin: Twin, evidence: Evidence) -> Iterator[Finding]:
    yield from _list_encoded(row, twin, evidence.doubled, "quotes the arguments twice, as a text inside JSON")
    yield from _list_encoded(row, twin, evidence.as_python, "prints the arguments as Python would, not as JSON")


def _list_encoded(row: ChatRow, twin: Twin, numbers: Collection[int], what: str) -> Iterator[Finding]:
    calls = dict.fromkeys(mark.owner for n, mark in enumerate(twin.marks) if n in numbers)
    for owner in calls:
        at = f"{owner}/function/arguments"
        opened = _opened(value_at(row, at))
        fix = None if opened is None else Fix("Write the arguments as an object", at, opened)
        remedy = "choose another template" if fix is None else "write them as an object"
        yield _finding(
            "X03", at, f"The template {what}; {remedy}.", {"form": "object" if fix is None else "string"}, fix
        )


def _opened(arguments: Json) -> str | None:
    """The object's JSON, when the arguments are the text of one."""
    if not isinstance(arguments, str):
        return None
    try:
        value = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return None
    return arguments.strip() if isinstance(value, dict) else None


def _list_printed(twin: Twin, evidence: Evidence) -> Iterator[Finding]:
    for number, literal in evidence.printed:
        odd = twin.odd[number]
        if odd.is_content:
            message = f"The template prints `{literal}` for the empty content; write an empty text instead of null."
            fix = Fix("Write an empty text", odd.at, '""')
        else:
            message = f"The template prints `{literal}` here, as Python does; choose another template."
            fix = None
        yield _finding("X04", odd.at, message, {"literal": literal, "content": odd.is_content}, fix)


def _list_untrained(row: ChatRow, twin: Twin, evidence: Evidence) -> Iterator[Finding]:
    turns = row.trained_turns()
    words = {turn: [n for n, mark in enumerate(twin.marks) if mark.turn == turn] for turn in turns}
    silent = evidence.untrained | evidence.lost
    if not any(n not in silent for numbers in words.values() for n in numbers):
        at = f"/messages/{turns[0]}" if turns else "/messages"
        yield _finding("X08", at, "No token of the row carries loss, so nothing is learnt from it; leave it out.", {})
        return
    for turn, numbers in words.items():
        untrained = [twin.marks[n] for n in numbers if n in evidence.untrained]
        if untrained and all(n in silent for n in numbers):
            message = "No token of this turn carries loss, so it is not learnt; choose a template that marks it."
            yield _finding("X08", f"/messages/{turn}", message, {"turn": turn})
            continue
        for mark in _outermost(untrained, twin.marks):
            what = name_place(row, mark)
            message = f"No token of {what} carries loss, so it is not learnt; choose a template that marks it."
            yield _finding("X08", mark.at, message, {"part": mark.part})
    if evidence.endless:
        message = (
            f"No stop token of this turn{_and_more(evidence.endless)} carries loss, so the model would not learn to "
            "end it; choose another template."
        )
        yield _finding("X08", f"/messages/{evidence.endless[0]}", message, {"part": "end"})


def _and_more(turns: Collection[int]) -> str:
    return f" (and {len(turns) - 1} more)" if len(turns) > 1 else ""


def _list_moved(evidence: Evidence) -> Iterator[Finding]:
    if evidence.moved:
        message = (
            f"This turn{_and_more(evidence.moved)} is written another way once a turn follows, so training shows it "
            "differently from use; split the row after it or choose a training template."
        )
        values: dict[str, Json] = {"turns": len(evidence.moved)}
        yield _finding("X09", f"/messages/{evidence.moved[0]}", message, values)


def _list_lost_tools(row: ChatRow, twin: Twin, evidence: Evidence) -> Iterator[Finding]:
    lost: dict[str, dict[str, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for n in sorted(evidence.lost):
        mark = twin.marks[n]
        if mark.part in OF_A_DEFINITION:
            lost[mark.owner][mark.part].append(mark)
    for owner, parts in lost.items():
        if "tool" in parts:
            message = (
                f"The template does not show the model {name_place(row, parts['tool'][0])}, so it would call a tool it "
                "cannot see; choose another template or train in router form."
            )
            yield _finding("X13", owner, message, {"part": "tool"})
            continue
        for part, marks in parts.items():
            others = f" and {len(marks) - 1} more of its kind" if len(marks) > 1 else ""
            message = (
                f"The template does not show the model {name_place(row, marks[0])}{others}; say it elsewhere or choose "
                "another template."
            )
            yield _finding("X13", marks[0].at, message, {"part": part, "lost": len(marks)})
