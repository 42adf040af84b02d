"""What a person does with one argument beside typing its text: adds it, leaves it out, empties it, makes it null."""

from __future__ import annotations

from curation.errors import BlockedError
from curation.model.example import Example
from curation.model.values import Json
from curation.services.argument_forms import Line, read_form
from curation.services.arguments import find_parameters, put_argument, remove_argument, value_at
from curation.services.text_fields import Spot, call_at, find_spot

EMPTY = {"object": "{}", "array": "[]"}


def add_argument(example: Example, pointer: str) -> Example:
    """An argument that is not there yet, with the value it begins with."""
    line = line_at(example, pointer)
    return put(example, pointer, line.start if line else '""')


def add_element(example: Example, pointer: str) -> Example:
    """One more element at the end of a list."""
    spot = find_spot(pointer)
    call = _call(example, spot)
    held = value_at(call, spot.keys)
    at = f"{pointer}/{len(held) if isinstance(held, list) else 0}"
    begun = put(example, pointer, "[]") if not isinstance(held, list) else example
    longer = put(begun, at, "null")
    line = line_at(longer, at)
    return put(longer, at, line.start if line else '""')


def add_key(example: Example, pointer: str, name: str) -> Example:
    """A key of its own in an object, with an empty text."""
    spot = find_spot(pointer)
    held = value_at(_call(example, spot), spot.keys)
    if not name.strip():
        raise BlockedError("A key needs a name.", hint="Type the name of the argument.")
    if isinstance(held, dict) and name in held:
        raise BlockedError(f"There is already an argument `{name}`.", hint="Change the one that is there.")
    return put(example, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", '""')


def leave_out(example: Example, pointer: str) -> Example:
    """Without the argument: absent, which is neither null nor empty."""
    return remove_argument(example, pointer)


def make_null(example: Example, pointer: str) -> Example:
    return put(example, pointer, "null")


def make_empty(example: Example, pointer: str) -> Example:
    """An empty text, list or object, which is neither null nor absent."""
    line = line_at(example, pointer)
    return put(example, pointer, EMPTY.get(line.kind if line else "", '""'))


def put(example: Example, pointer: str, source: str) -> Example:
    """JSON source at the place of an argument."""
    spot = find_spot(pointer)
    if not spot.keys:
        raise BlockedError("The arguments as a whole are written as JSON.", hint="Press Alt+V.")
    return put_argument(example, pointer, spot.keys, _schema(example, spot), source)


def line_at(example: Example, pointer: str) -> Line | None:
    """The line of the form at a pointer."""
    spot = find_spot(pointer)
    lines = read_form(example, spot.turn, spot.call or 0, _call(example, spot))
    while lines:
        found = next(
            (line for line in lines if pointer == line.pointer or pointer.startswith(f"{line.pointer}/")), None
        )
        if found is None or found.pointer == pointer:
            return found
        lines = found.lines
    return None


def _call(example: Example, spot: Spot) -> Json:
    return call_at(example, spot.turn, spot.call or 0)


def _schema(example: Example, spot: Spot) -> Json:
    return find_parameters(example, _call(example, spot).name)
