"""A call's arguments as the lines of a form: what the schema names, what the call holds, and what may still be added.

Absent, null and empty are three different things here, and each line says which one it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from curation.model.example import Call, Example
from curation.model.values import UNSET, Json
from curation.services import schema_walk
from curation.services.arguments import START, as_field_text, find_parameters, source_of, takes_any, value_at
from curation.services.schema_walk import Schema
from curation.services.text_fields import arguments_at, field_text

Presence = Literal["absent", "null", "empty", "set"]
Shape = Literal["line", "json", "choice", "group", "list"]
MOST_DEPTH = 6
MOST_OPENED = 3
MOST_VALUES = 300
"""Of the arguments of one call, at every depth; more are a model gone astray, or a table that JSON suits better."""
FEW_FIELDS = 12
"""A form of so many fields shows all of them; a longer one shows what is required or filled, the rest on demand."""


class Option(msgspec.Struct, frozen=True):
    """One value of an enum, as a form field shows it, with what it means."""

    text: str
    meaning: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of the form."""

    pointer: str
    keys: tuple[str, ...]
    """The path inside the arguments."""
    kind: str
    """The type the schema names, or "any"."""
    shape: Shape
    presence: Presence
    text: str = ""
    is_required: bool = False
    is_declared: bool = True
    """Whether the schema names it; an extra key is drawn too, so that nothing hides."""
    takes_null: bool = False
    takes_others: bool = False
    options: tuple[Option, ...] = ()
    hint: str = ""
    start: str = '""'
    """The JSON it begins with when it is added."""
    lines: tuple[Line, ...] = ()
    """The lines inside a group or a list."""

    @property
    def name(self) -> str:
        """`address.street`, `items.1`: the path as people say it, elements counted from one."""
        return ".".join(str(int(key) + 1) if key.isdigit() else key for key in self.keys)

    @property
    def is_there(self) -> bool:
        return self.presence != "absent"


def why_no_form(call: Call) -> str:
    """Why the arguments are not drawn as fields; "" where they are: a JSON object a page can hold."""
    value = value_at(call, ())
    if not isinstance(value, dict):
        return "the arguments are not a JSON object"
    n_values = _count(value)
    return f"the arguments hold {n_values:,} values, and a form holds {MOST_VALUES}" if n_values > MOST_VALUES else ""


def _count(value: Json) -> int:
    n, left = -1, [value]
    while left:
        one = left.pop()
        n += 1
        left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return n


def read_form(example: Example, turn: int, index: int, call: Call) -> tuple[Line, ...]:
    """The top lines of a call's form; () where its tool is not offered or takes nothing."""
    root = find_parameters(example, call.name)
    value = value_at(call, ())
    if not isinstance(value, dict):
        return ()
    return _Reader(call, arguments_at(turn, index), root).members(schema_walk.resolve(root, root), value, ())


def takes_other_keys(example: Example, call: Call) -> bool:
    """Whether the arguments as a whole may hold keys that the schema does not name."""
    root = find_parameters(example, field_text(call.name))
    return schema_walk.takes_others(schema_walk.resolve(root, root))


def fields_in(lines: Sequence[Line]) -> Iterator[Line]:
    """Every line that holds a value of its own, the ones inside groups and lists included."""
    for line in lines:
        if line.shape in ("group", "list"):
            yield from fields_in(line.lines)
        else:
            yield line


def split_shown(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines to draw, and those that wait to be added: all are drawn while they are few."""
    if sum(1 for _ in fields_in(lines)) <= FEW_FIELDS and not any(_is_deep(line) for line in lines):
        return tuple(lines), ()
    shown = tuple(line for line in lines if line.is_required or line.is_there)
    return shown, tuple(line for line in lines if line not in shown)


def _is_deep(line: Line) -> bool:
    return not line.is_there and not line.is_required and line.shape == "group" and len(line.lines) > FEW_FIELDS // 2


class _Reader:
    """Walks a schema and the arguments together."""

    def __init__(self, call: Call, at: str, root: Json) -> None:
        self._call = call
        self._at = at
        self._root = root

    def members(self, schema: Schema, value: Json, keys: tuple[str, ...]) -> tuple[Line, ...]:
        """The lines of an object: required ones first, then the optional ones, then keys the schema does not name."""
        properties, needed = schema_walk.properties_of(schema), schema_walk.required_of(schema)
        named = sorted(properties, key=lambda name: name not in needed)
        extra = [name for name in value if name not in properties] if isinstance(value, dict) else []
        lines = [self.line(properties[name], (*keys, name), is_required=name in needed) for name in named]
        others = schema.get("additionalProperties")
        return (*lines, *(self.line(others, (*keys, name), is_declared=False) for name in extra))

    def line(self, schema: Json, keys: tuple[str, ...], *, is_required: bool = False, is_declared: bool = True) -> Line:
        here = schema_walk.resolve(schema, self._root)
        value, kind = value_at(self._call, keys), schema_walk.kind_of(here)
        shape = _shape(here, kind, value, len(keys))
        return Line(
            pointer=self._at + "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys),
            keys=keys,
            kind=kind,
            shape=shape,
            presence=_presence(value),
            text=self._text(value, keys, here),
            is_required=is_required,
            is_declared=is_declared,
            takes_null=schema_walk.takes_null(schema, self._root),
            takes_others=schema_walk.takes_others(here),
            options=_options(here, kind),
            hint=_hint(here),
            start=_start(here, kind),
            lines=self._inside(here, value, keys, shape) if value is not UNSET or _is_opened(keys, is_required) else (),
        )

    def _text(self, value: Json, keys: tuple[str, ...], schema: Schema) -> str:
        if value is UNSET or (value is None and schema_walk.kind_of(schema) == "string"):
            return ""
        return value if isinstance(value, str) and not takes_any(schema) else source_of(self._call, keys)

    def _inside(self, schema: Schema, value: Json, keys: tuple[str, ...], shape: Shape) -> tuple[Line, ...]:
        if shape == "group":
            return self.members(schema, value, keys)
        if shape == "list" and isinstance(value, list):
            return tuple(self.line(_element(schema, at), (*keys, str(at))) for at in range(len(value)))
        return ()


def _is_opened(keys: tuple[str, ...], is_required: bool) -> bool:
    """Whether a group that is not there shows its fields all the same: schemas may go down without end."""
    return len(keys) <= (MOST_OPENED if is_required else 1)


def _element(schema: Schema, at: int) -> Json:
    first, items = schema.get("prefixItems"), schema.get("items")
    named = first if isinstance(first, list) else items if isinstance(items, list) else []
    return named[at] if at < len(named) else items


def _shape(schema: Schema, kind: str, value: Json, depth: int) -> Shape:
    """How a value is drawn; one that is of another kind than its schema says is written as JSON."""
    if kind == "object" and schema_walk.properties_of(schema) and (value is UNSET or isinstance(value, dict)):
        return "group" if depth < MOST_DEPTH else "json"
    if kind == "array" and depth < MOST_DEPTH and (value is UNSET or isinstance(value, list)):
        return "list"
    if kind == "boolean" or isinstance(schema.get("enum"), list) or "const" in schema:
        return "choice"
    if kind in ("string", "number", "integer") and not isinstance(value, dict | list):
        return "line"
    return "json"


def _presence(value: Json) -> Presence:
    if value is UNSET:
        return "absent"
    if value is None:
        return "null"
    return "empty" if value in ("", [], {}) and not isinstance(value, bool | int | float) else "set"


def _options(schema: Schema, kind: str) -> tuple[Option, ...]:
    if kind == "boolean" and "enum" not in schema:
        return (Option("true"), Option("false"))
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return ()
    meanings = _meanings(schema)
    texts = [as_field_text(value) for value in values if value is not None]
    return tuple(Option(text, meanings.get(text, "")) for text in texts)


def _meanings(schema: Schema) -> dict[str, str]:
    """What the values of an enum mean: the lines `- value: meaning` of the description."""
    description = schema.get("description")
    lines = description.split("\n") if isinstance(description, str) else []
    pairs = (line[2:].partition(": ") for line in lines if line.startswith("- "))
    return {value.strip('"'): meaning for value, mark, meaning in pairs if mark and meaning}


_FORMATS = {
    "date": "YYYY-MM-DD",
    "date-time": "YYYY-MM-DDThh:mm:ssZ",
    "time": "hh:mm:ssZ",
    "email": "name@host",
    "uri": "https://…",
    "uuid": "a UUID",
    "duration": "P1DT2H",
}


def _hint(schema: Schema) -> str:
    """What a value must look like, in a few words: format, bounds, length, and what is taken when it is left out."""
    said = [*_bounds(schema), *_lengths(schema)]
    form = schema.get("format")
    if isinstance(form, str):
        said.insert(0, _FORMATS.get(form, form))
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        said.append(f"like {as_field_text(examples[0])[:40]}")
    if "default" in schema:
        said.append(f"{as_field_text(schema['default'])[:40]} if left out")
    return ", ".join(said)


def _bounds(schema: Schema) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    step = schema.get("multipleOf")
    if _is_number(low) and _is_number(high):
        said = [f"{low} to {high}"]
    else:
        said = [f"at least {low}"] * _is_number(low) + [f"at most {high}"] * _is_number(high)
    said += [f"above {above}"] * _is_number(above) + [f"below {below}"] * _is_number(below)
    return said + [f"in steps of {step}"] * _is_number(step)


def _lengths(schema: Schema) -> list[str]:
    said = []
    for least, most, word in (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "elements")):
        low, high = schema.get(least), schema.get(most)
        if _is_number(low) and _is_number(high):
            said.append(f"{low} to {high} {word}" if low != high else f"{low} {word}")
        elif _is_number(low) or _is_number(high):
            said.append(f"at least {low} {word}" if _is_number(low) else f"at most {high} {word}")
    return said


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _start(schema: Schema, kind: str) -> str:
    options = _options(schema, kind)
    if "default" in schema:
        return msgspec.json.encode(schema["default"]).decode()
    if options and kind == "string":
        return msgspec.json.encode(options[0].text).decode()
    return START.get(kind, "null" if kind in ("number", "integer") else '""')
