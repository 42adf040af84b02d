"""What a person wrote beside a gold row: whether every part of it can have an effect.

A misspelt tool, argument or comparator would otherwise be passed over, and the figures would look as if it counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from curation.metrics.expected import Expected, acceptable_of_last
from curation.metrics.wanted import wanted_arguments
from curation.model.example import Example
from curation.model.values import Json
from curation.rules.comparisons import ONLY_LETTERS, explain_comparator, is_idle
from curation.rules.hints import list_names, nearest
from curation.rules.label_shape import LABEL_KINDS


def find_annotation_fault(example: Example, expected: Expected) -> str | None:
    """One clause about the first of a row's acceptable values or label parts that cannot count; None when all do."""
    found = (*_faults_of_acceptable(example, expected), *_faults_of_label(example, expected))
    return found[0] if found else None


def _faults_of_acceptable(example: Example, expected: Expected) -> Iterator[str]:
    if "acceptable" in example.extra:
        yield 'its `acceptable` is no list of objects like {"tool": {"argument": [value]}}'
    listed = acceptable_of_last(example, len(expected.calls))
    if listed is None:
        n_listed, n_calls = len(example.acceptable or ()), len(expected.calls)
        yield f"its `acceptable` holds {_count(n_listed, 'object')} for {_count(n_calls, 'expected call')}"
        return
    for one in listed:
        if len(one) > 1:
            yield f"one object of its `acceptable` names {list_names(one)}; write one object a call"
    named = Counter(name for one in listed for name in one)
    for name in named - Counter(expected.names):
        yield f"its `acceptable` names `{name}`, which is not called{' so often' if name in expected.names else ''}"
    for one in listed:
        for tool, arguments in one.items():
            unknown = [name for name in arguments if not _takes(tool, name, expected)]
            yield from (_explain_argument("acceptable values", tool, name, expected) for name in unknown)


def _faults_of_label(example: Example, expected: Expected) -> Iterator[str]:
    last = next((turn for turn in reversed(example.messages) if turn.role == "assistant"), None)
    if last is None:
        return
    if "label" in last.extra:
        yield "the label of its last turn is no object"
    for key in last.label.extra if last.label else ():
        if key in LABEL_KINDS:
            yield f"`{key}` of its label must be {LABEL_KINDS[key]}"
        elif near := nearest(key, LABEL_KINDS):
            yield f"its label has the key `{key}`, which nothing reads; did you mean `{near}`?"
    for key, comparator in expected.comparators.items():
        yield from _faults_of_comparator(key, comparator, expected)


def _faults_of_comparator(key: str, comparator: Json, expected: Expected) -> Iterator[str]:
    tool = next((name for name in expected.names if key.startswith(f"{name}.")), None)
    if tool is None:
        yield f"its comparator `{key}` names no tool that is called; write `tool.argument`"
    elif not _takes(tool, key.removeprefix(f"{tool}."), expected):
        yield _explain_argument("comparators", tool, key.removeprefix(f"{tool}."), expected)
    elif fault := explain_comparator(comparator):
        yield f"its comparator `{key}` {fault}"
    elif _is_idle(comparator, tool, key.removeprefix(f"{tool}."), expected):
        yield f"its comparator `{key}` changes nothing: {ONLY_LETTERS}"


def _is_idle(comparator: Json, tool: str, argument: str, expected: Expected) -> bool:
    """Whether none of the values that are right for an argument is compared otherwise than without it."""
    wanted = [wanted_arguments(call).get(argument) for call in expected.calls if call.name == tool]
    values = [value for one in wanted if one is not None for value in one.values]
    return bool(values) and all(is_idle(comparator, argument, value) for value in values)


def _takes(tool: str, argument: str, expected: Expected) -> bool:
    """Whether an argument is given or declared; anything goes where nothing is declared."""
    declared = _declared(tool, expected)
    given = [name for call in expected.calls if call.name == tool for name in call.arguments]
    return not declared or argument in declared or argument in given


def _declared(tool: str, expected: Expected) -> list[str]:
    properties = expected.offer.schema(tool).get("properties")
    return list(properties) if isinstance(properties, dict) else []


def _explain_argument(where: str, tool: str, argument: str, expected: Expected) -> str:
    near = nearest(argument, _declared(tool, expected))
    hint = f"; did you mean `{near}`?" if near else ""
    return f"its {where} name the argument `{argument}`, which `{tool}` does not have{hint}"


def _count(n: int, thing: str) -> str:
    return f"1 {thing}" if n == 1 else f"{n or 'no'} {thing}s"
