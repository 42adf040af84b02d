"""Keys whose values have another type in another row, which a loader that makes columns of them cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.values import Arguments, Exact, Json
from curation.reading.strict import parse_strict
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


class _Key:
    """One key: the first row of each type of its values, and the keys inside them."""

    __slots__ = ("inner", "is_object", "path", "rows")

    def __init__(self, path: str) -> None:
        self.path = path
        self.rows: dict[str, str] = {}
        self.is_object = False
        """Whether a row holds it as an object, not inside a text."""
        self.inner: dict[str, _Key] = {}

    def note(self, kind: str, identifier: str, *, is_object: bool) -> None:
        if kind not in self.rows:
            self.rows[kind] = identifier
        self.is_object |= is_object


class ColumnTypes:
    """Which types of values each key of the rows has."""

    def __init__(self) -> None:
        self._content = _Key("content")
        self._arguments = _Key("arguments")
        self._room = _MOST_KEYS

    def add(self, identifier: str, example: Example) -> None:
        """Take in one row."""
        for message in example.messages:
            if isinstance(message.content, str):
                self._content.note("text", identifier, is_object=True)
            elif isinstance(message.content, Exact) and message.content.json.startswith("["):
                self._content.note("list", identifier, is_object=True)
            for call in message.calls or ():
                if isinstance(call.arguments, Arguments):
                    value = parse_strict(call.arguments.text).value
                    if isinstance(value, dict):
                        self._walk(value, self._arguments, identifier, call.arguments.form == "object", 0)

    def finish(self) -> Iterator[tuple[Finding, RowNames]]:
        """A finding for each key of several types, with the first row of each."""
        for key in sorted((self._content, *_keys_in(self._arguments)), key=lambda key: key.path):
            if len(key.rows) > 1:
                named = " and ".join(f"{kind} in row {row}" for kind, row in key.rows.items())
                message = f"`{key.path}` is {named}; settle on one type or load this column as JSON."
                form = "object" if key.is_object else "string"
                values: dict[str, Json] = {"key": key.path, "types": sorted(key.rows), "form": form}
                yield whole_finding("X11", message, values), RowNames(dict.fromkeys(key.rows.values()))

    def _walk(self, value: Json, key: _Key, identifier: str, is_object: bool, depth: int) -> None:
        for step, inner in _inside(value):
            # A null fits every type.
            if inner is None:
                continue
            below = key.inner.get(step) or self._open(key, step)
            if below is None:
                continue
            below.note(_kind(inner), identifier, is_object=is_object)
            if depth + 1 < _DEEPEST and isinstance(inner, dict | list):
                self._walk(inner, below, identifier, is_object, depth + 1)

    def _open(self, key: _Key, step: str) -> _Key | None:
        """A new key inside this one, if there is room."""
        if not self._room:
            return None
        self._room -= 1
        below = key.inner[step] = _Key(f"{key.path}/{escape_step(step)}")
        return below


def _keys_in(key: _Key) -> Iterator[_Key]:
    for below in key.inner.values():
        yield below
        yield from _keys_in(below)


def _inside(value: Json) -> Iterable[tuple[str, Json]]:
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list):
        return [(_ANY_ELEMENT, inner) for inner in value[:_LONGEST_LIST]]
    return ()


def _kind(value: Json) -> str:
    """A value's type as a table sees it: whole and broken numbers fit together."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "yes-or-no"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "object"
