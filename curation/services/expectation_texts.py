"""What counts as right for one argument as text: the setting of its comparison, and other values, one a line."""

from __future__ import annotations

import json
import math

import msgspec

from curation.errors import NotFoundError
from curation.model.acceptable import LEFT_OUT, Listed, calls_in, listed_by_call, with_listed
from curation.model.example import Call, Example, Label
from curation.model.values import UNSET, Json
from curation.rules.comparisons import MAIN_SETTING, open_comparison
from curation.schemas.pointers import escape_step
from curation.services.arguments import as_field_text, as_json, find_parameters
from curation.services.schema_walk import Schema, inside, kind_of

SETTING = "setting"
OTHERS = "others"
PARTS = (SETTING, OTHERS)
_TEXT: Schema = {"type": "string"}


def expected_at(turn: int, call: int, argument: str, part: str) -> str:
    """The pointer of one of the two fields of an argument."""
    return f"/messages/{turn}/tool_calls/{call}/expected/{escape_step(argument)}/{part}"


def read_expectation(example: Example, turn: int, call: int, argument: str, part: str) -> str:
    """The text a field shows.

    Raises:
        NotFoundError: the row's acceptable values belong to no calls.
    """
    schema = schema_of(example, call_of(example, turn, call), argument)
    if part == OTHERS:
        return _lines_of(list_others(example, turn, call, argument), schema)
    return setting_text(comparator_of(example, turn, call, argument), schema)


def write_expectation(example: Example, turn: int, call: int, argument: str, part: str, text: str) -> Example:
    """The example with another text in a field."""
    schema = schema_of(example, call_of(example, turn, call), argument)
    if part == OTHERS:
        held = list_others(example, turn, call, argument)
        typed = _values_in(text, schema, held)
        is_free = may_be_left_out(example, turn, call, argument) or any(map(_is_left_out, typed))
        values = [one for one in typed if not _is_left_out(one)] + [LEFT_OUT] * is_free
        return with_others(example, turn, call, argument, values)
    comparator = _with_setting(comparator_of(example, turn, call, argument), schema, text)
    return with_comparator(example, turn, call, argument, comparator)


def call_of(example: Example, turn: int, call: int) -> Call:
    return (example.messages[turn].calls or ())[call]


def schema_of(example: Example, call: Call, argument: str) -> Schema:
    """What the call's tool declares for an argument; {} where it declares nothing."""
    root = find_parameters(example, call.name)
    return inside(root, (argument,), root)


def comparator_of(example: Example, turn: int, call: int, argument: str) -> Json:
    """The comparison as the label holds it; UNSET where it names none."""
    label = example.messages[turn].label or Label()
    return label.comparators.get(f"{_name(call_of(example, turn, call))}.{argument}", UNSET)


def with_comparator(example: Example, turn: int, call: int, argument: str, comparator: Json) -> Example:
    """Another comparison for an argument; UNSET takes it out."""
    label = example.messages[turn].label or Label()
    key = f"{_name(call_of(example, turn, call))}.{argument}"
    others = {one: value for one, value in label.comparators.items() if one != key or comparator is not UNSET}
    return with_comparators(example, turn, others if comparator is UNSET else {**others, key: comparator})


def with_comparators(example: Example, turn: int, comparators: dict[str, Json]) -> Example:
    """The comparisons of a decision; an empty label is none."""
    messages = list(example.messages)
    label = msgspec.structs.replace(messages[turn].label or Label(), comparators=comparators)
    messages[turn] = msgspec.structs.replace(messages[turn], label=None if label == Label() else label)
    return msgspec.structs.replace(example, messages=tuple(messages))


def list_others(example: Example, turn: int, call: int, argument: str) -> list[Json]:
    """The other values that are right, without the word that the argument may be left out."""
    return [one for one in _listed_values(example, turn, call, argument) if not _is_left_out(one)]


def may_be_left_out(example: Example, turn: int, call: int, argument: str) -> bool:
    return any(map(_is_left_out, _listed_values(example, turn, call, argument)))


def with_others(example: Example, turn: int, call: int, argument: str, values: list[Json]) -> Example:
    """Other acceptable values for an argument of a call; none takes it out of the list."""
    objects, at = _objects(example, turn, call)
    name = _name(call_of(example, turn, call))
    arguments = {one: held for one, held in objects[at].get(name, {}).items() if one != argument or values}
    if values:
        arguments[argument] = values
    rest = {one: held for one, held in objects[at].items() if one != name}
    objects[at] = {**rest, name: arguments} if arguments else rest
    return with_listed(example, objects)


def _listed_values(example: Example, turn: int, call: int, argument: str) -> list[Json]:
    objects, at = _objects(example, turn, call)
    return objects[at].get(_name(call_of(example, turn, call)), {}).get(argument, [])


def _objects(example: Example, turn: int, call: int) -> tuple[list[Listed], int]:
    """One object for every call of the row, and the place of this call among them."""
    objects = listed_by_call(example)
    if objects is None:
        raise NotFoundError("The row's acceptable values belong to no calls.", hint="Remove them in the findings.")
    places = [(one.turn, one.place) for one in calls_in(example)]
    return objects, places.index((turn, call))


def _is_left_out(value: Json) -> bool:
    return isinstance(value, str) and value == LEFT_OUT


def _name(call: Call) -> str:
    return call.name if isinstance(call.name, str) else ""


def setting_text(comparator: Json, schema: Schema) -> str:
    """The setting of a comparison as its field shows it; "" where it has none."""
    kind, settings = open_comparison(comparator)
    value = settings.get(_setting_of(kind, settings), UNSET)
    if isinstance(value, list):
        return _lines_of(value, _TEXT if kind == "contains" else schema)
    return "" if value is UNSET else as_field_text(value)


def _setting_of(kind: str, settings: dict[str, Json]) -> str:
    return "values" if kind == "contains" and "values" in settings else MAIN_SETTING.get(kind, "")


def _with_setting(comparator: Json, schema: Schema, text: str) -> Json:
    """A comparison with its setting typed anew; one of a kind without a setting stays as it is."""
    kind, settings = open_comparison(comparator)
    if kind not in MAIN_SETTING:
        return comparator
    name = _setting_of(kind, settings)
    kept = {key: value for key, value in settings.items() if key not in (name, MAIN_SETTING[kind])}
    if kind == "contains":
        texts = _values_in(text, _TEXT, [])
        typed: dict[str, Json] = {"values": texts} if len(texts) > 1 else {"text": texts[0]} if texts else {}
    elif kind == "any_of":
        held = settings.get(name)
        typed = {"values": _values_in(text, schema, held if isinstance(held, list) else [])}
    else:
        typed = {MAIN_SETTING[kind]: _number_or_text(text) if kind == "number" else text} if text.strip() else {}
    return {"kind": kind, **kept, **typed}


def _number_or_text(text: str) -> Json:
    """A number where the text is one; other text stays, for the finding to say so."""
    value = _decode(text.strip())
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole or (isinstance(value, float) and math.isfinite(value)) else text


def _lines_of(values: list[Json], schema: Schema) -> str:
    return "\n".join(_line_of(value, schema) for value in values)


def _line_of(value: Json, schema: Schema) -> str:
    """A value on a line of its own: as people type it where that is read back as the same, else as JSON."""
    shown, source = as_field_text(value), json.dumps(value, ensure_ascii=False)
    is_plain = bool(shown.strip()) and "\n" not in shown and "\r" not in shown
    return shown if is_plain and json.dumps(_value_of(shown, schema), ensure_ascii=False) == source else source


def _values_in(text: str, schema: Schema, held: list[Json]) -> list[Json]:
    """The value of every line; a line that nobody touched keeps the value it stood for."""
    known = {_line_of(value, schema): value for value in held}
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    return [known[line] if line in known else _value_of(line, schema) for line in lines]


def _value_of(line: str, schema: Schema) -> Json:
    """What a line stands for: text where the schema says text, in quotes too; else JSON, and text that is none."""
    line = line.strip()
    if kind_of(schema) == "string" and "enum" not in schema:
        quoted = _decode(line) if line.startswith('"') else None
        return quoted if isinstance(quoted, str) else line
    value = _decode(as_json(schema, line))
    return line if value is UNSET else value


def _decode(source: str) -> Json:
    try:
        return msgspec.json.decode(source)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return UNSET
