"""Keys whose values have another type in another row, which a loader that makes columns of them cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.values import Arguments, Exact, Json
from curation.rules.figures import whole_finding
from curation.rules.registry import rule
from curation.rules.row_names import RowNames
from curation.schemas.pointers import escape_step
from curation.targets import Target

_MOST_KEYS = 50_000
_DEEPEST = 12
_ANY_ELEMENT = "*"
_LONGEST_LIST = 100


def _clash_grade(finding: Finding, target: Target | None) -> Severity | None:
    """Arguments held as text are no columns; they become some when an export writes them as objects."""
    wanted = target.arguments_form.value if target is not None and target.arguments_form is not None else "either"
    is_opened = finding.values.get("form") == "object" or wanted == "object"
    return Severity.WARNING if is_opened and wanted != "string" else None


@rule("X11", scope="dataset", severity=Severity.WARNING, waivable=True, grade=_clash_grade)
def column_type_clash() -> None:
    """A key holds another type of value in another row.

    Loaders that make a table of the rows take one type for each key, over all tools together: `time` as a text in
    one call and as a number in another stops the loading or turns every number into text. Give the parameters
    different names, settle on one type, or load the arguments as JSON.

    Bad: `"arguments": {"time": "18:00"}` in one row, `{"time": 1800}` in another

    Good: `"arguments": {"time": "18:00"}` in both
    """


class ColumnTypes:
    """Which types of values each key of the rows has."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}
        self._object_keys: set[str] = set()

    def add(self, identifier: str, example: Example) -> None:
        """Take in one row."""
        for message in example.messages:
            if isinstance(message.content, str):
                self._note("content", "text", identifier, is_object=True)
            elif isinstance(message.content, Exact) and message.content.json.startswith("["):
                self._note("content", "list", identifier, is_object=True)
            for call in message.calls or ():
                if isinstance(call.arguments, Arguments):
                    self._add_arguments(call.arguments, identifier)

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        """A finding for each key of several types, with the first row of each."""
        for key, rows in sorted(self._seen.items()):
            if len(rows) > 1:
                named = " and ".join(f"{kind} in row {row}" for kind, row in rows.items())
                message = f"`{key}` is {named}; settle on one type or load this column as JSON."
                form = "object" if key in self._object_keys else "string"
                values: dict[str, Json] = {"key": key, "types": sorted(rows), "form": form}
                yield whole_finding("X11", message, values), RowNames(dict.fromkeys(rows.values()))

    def _add_arguments(self, arguments: Arguments, identifier: str) -> None:
        try:
            value = msgspec.json.decode(arguments.text)
        except (msgspec.DecodeError, RecursionError):
            return
        if isinstance(value, dict):
            self._walk(value, "arguments", identifier, is_object=arguments.form == "object", depth=0)

    def _walk(self, value: Json, at: str, identifier: str, *, is_object: bool, depth: int) -> None:
        if depth:
            kind = _kind(value)
            if kind is None:
                return
            self._note(at, kind, identifier, is_object=is_object)
        if depth < _DEEPEST:
            for step, inner in _inside(value):
                self._walk(inner, f"{at}/{step}", identifier, is_object=is_object, depth=depth + 1)

    def _note(self, key: str, kind: str, identifier: str, *, is_object: bool) -> None:
        rows = self._seen.get(key)
        if rows is None:
            if len(self._seen) >= _MOST_KEYS:
                return
            rows = self._seen[key] = {}
        rows.setdefault(kind, identifier)
        if is_object:
            self._object_keys.add(key)


def _inside(value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, dict):
        return [(escape_step(key), inner) for key, inner in value.items()]
    if isinstance(value, list):
        return [(_ANY_ELEMENT, inner) for inner in value[:_LONGEST_LIST]]
    return []


def _kind(value: Json) -> str | None:
    """A value's type as a table sees it: a null fits every type, whole and broken numbers fit together."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes-or-no"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"
