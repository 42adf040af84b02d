"""The check of what a person wrote about an expected answer: comparisons of arguments and other acceptable values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from curation.model.acceptable import LEFT_OUT, assign_listed, calls_in
from curation.model.finding import Fix, Severity
from curation.model.values import Json
from curation.rules.comparisons import (
    COMPARISONS,
    ONLY_LETTERS,
    explain_comparator,
    is_idle,
    open_comparison,
    owner_of,
)
from curation.rules.hints import did_you_mean, list_names, nearest, quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row, Turn
from curation.schemas.pointers import escape_step

_MOST_JUDGED = 200
"""Acceptable values of one row that are held against their schemas."""
_MOST_HITS = 20


@rule("A19", scope="row", severity=Severity.WARNING, waivable=True)
def expectation_unusable(row: Row) -> Found:
    """What counts as right names something that is not there, or cannot be compared.

    An evaluation reads it without a word: a misspelt comparison is taken for `normalised`, a pattern that is no
    regular expression matches nothing, another value that breaks the argument's schema can never be given by a
    valid call, no valid call leaves out an argument that its tool requires, and an id is compared letter by letter
    whatever is said. The figures then say something else than was meant. Correct the name, or take it out.

    Bad: `"label": {"comparators": {"track_order.city": "sett"}}`

    Good: `"label": {"comparators": {"track_order.city": "set"}}`
    """
    turns = [turn for turn in row.turns if turn.message.label is not None and turn.message.label.comparators]
    if not turns and not row.example.acceptable:
        return None
    hits = [hit for turn in turns for hit in _of_comparators(turn)]
    hits += islice(_of_acceptable(row), _MOST_HITS)
    return hits[:_MOST_HITS] or None


def _of_comparators(turn: Turn) -> Iterator[Hit]:
    label = turn.message.label
    for key, comparator in (label.comparators if label is not None else {}).items():
        at = f"{turn.at}/label/comparators/{escape_step(key)}"
        fix = Fix("Remove this comparison", at)
        message = _explain_key(key, turn)
        if message is None and (fault := explain_comparator(comparator)):
            message = f"The comparison of `{key[:80]}` {fault}. Until then it does not compare as it says."
            fix = _nearest_kind(at, comparator) or fix
        if message is None and _is_idle(key, comparator, turn):
            message = f"The comparison of `{key[:80]}` changes nothing: {ONLY_LETTERS}."
        if message is not None:
            yield Hit(at, message, {"key": key[:80]}, fix)


def _is_idle(key: str, comparator: Json, turn: Turn) -> bool:
    """Whether none of the values it is said for is compared otherwise."""
    values = [
        (argument, value)
        for call in turn.calls
        for argument, value in (call.arguments or {}).items()
        if key == f"{call.name}.{argument}"
    ]
    return bool(values) and all(is_idle(comparator, argument, value) for argument, value in values)


def _explain_key(key: str, turn: Turn) -> str | None:
    """What is wrong with `tool.argument`; a turn that calls nothing is not looked at, as its text may be a call."""
    if not turn.calls:
        return None
    names = [call.name or "" for call in turn.calls]
    owner = owner_of(key, names)
    if owner is None:
        return f"The comparison of `{key[:80]}` names no tool that this turn calls; write `tool.argument`."
    if any(_takes(call, key.removeprefix(f"{call.name}.")) for call in turn.calls if key.startswith(f"{call.name}.")):
        return None
    return _explain_argument("comparison", key.removeprefix(f"{owner}."), turn.calls[names.index(owner)])


def _nearest_kind(at: str, comparator: Json) -> Fix | None:
    """The kind that was most likely meant, with the settings as they are."""
    kind, settings = open_comparison(comparator)
    near = None if kind in COMPARISONS else nearest(kind, COMPARISONS)
    if near is None:
        return None
    meant: Json = {"kind": near, **settings} if settings else near
    return None if explain_comparator(meant) else Fix(f"Use {near}", at, quote(meant))


def _of_acceptable(row: Row) -> Iterator[Hit]:
    listed, calls = row.example.acceptable or (), calls_in(row.example)
    if not listed or not calls:
        return
    places = assign_listed(row.example)
    if places is None:
        said = f"The acceptable values hold {len(listed)} objects, but the row makes {len(calls)} calls"
        fix = Fix("Remove the acceptable values", "/acceptable")
        yield Hit("/acceptable", f"{said}; write one object a call.", {"n": len(listed)}, fix)
        return
    views = {(view.turn.index, view.index): view for view in row.calls}
    owners = {place: views[one.turn, one.place] for one, place in zip(calls, places, strict=True) if place is not None}
    for i, one in enumerate(listed):
        view = owners.get(i)
        stray = [name for name in one if view is None or name != view.name]
        if stray:
            yield _stray(i, stray)
        elif view is not None:
            yield from _of_values(f"/acceptable/{i}", one[view.name or ""], view, row)


def _stray(i: int, names: list[str]) -> Hit:
    at = f"/acceptable/{i}/{escape_step(names[0])}"
    named = list_names([name[:80] for name in names])
    message = f"The acceptable values name {named}, which the call at this place does not."
    return Hit(at, message, {"tool": names[0][:80]}, Fix("Remove these values", at))


def _of_values(at: str, arguments: dict[str, list[Json]], view: CallView, row: Row) -> Iterator[Hit]:
    at = f"{at}/{escape_step(view.name or '')}"
    n_judged = 0
    for argument, values in arguments.items():
        here = f"{at}/{escape_step(argument)}"
        if not _takes(view, argument):
            message = _explain_argument("acceptable values", argument, view)
            yield Hit(here, message, {"argument": argument[:80]}, Fix("Remove these values", here))
            continue
        for k, value in enumerate(values):
            n_judged += 1
            if n_judged > _MOST_JUDGED:
                return
            said = _judge_value(view, argument, value, row)
            if said is not None:
                yield Hit(f"{here}/{k}", said, {"argument": argument[:80]}, Fix("Remove this value", f"{here}/{k}"))


def _judge_value(view: CallView, argument: str, value: Json, row: Row) -> str | None:
    """Why no valid call can hold a value, or leave its argument out; None where one can."""
    if isinstance(value, str) and value == LEFT_OUT:
        required = view.tool.required if view.tool is not None else ()
        said = f"The empty value says that `{argument[:80]}` may be left out, but `{view.name}` requires it"
        return f"{said}, so no valid call does; take the value out." if argument in required else None
    fault = _break_schema(view, argument, value, row)
    return fault and f"Another right value of {fault}, so no valid call can hold it; correct it or take it out."


def _break_schema(view: CallView, argument: str, value: Json, row: Row) -> str | None:
    """How a value breaks the schema of its argument, as the end of a sentence; None where it fits."""
    if view.tool is None or view.tool.compiled is None:
        return None
    step = f"/{escape_step(argument)}"
    errors = view.tool.compiled.errors({**(view.arguments or {}), argument: value}, allowance=row.allowance)
    found = next((one for one in errors if one.pointer == step or one.pointer.startswith(f"{step}/")), None)
    return None if found is None else f"`{found.pointer[1:].replace('/', '.')}` {found.message}"


def _takes(view: CallView, argument: str) -> bool:
    """Whether an argument is given or declared; anything goes where nothing is declared."""
    declared = view.tool.properties if view.tool is not None else {}
    return not declared or argument in declared or argument in (view.arguments or {})


def _explain_argument(what: str, argument: str, view: CallView) -> str:
    verb = "names" if what == "comparison" else "name"
    hint = did_you_mean(argument, view.tool.properties if view.tool is not None else ())
    return f"The {what} {verb} the argument `{argument[:80]}`, which `{view.name}` does not have{hint or '.'}"
