"""Parameter schemas of Gemini and of JSON Schema: types in capitals over there, and fewer keywords.

Both ways work on the source, so that numbers and texts stay to the letter.
"""

from __future__ import annotations

import re
from functools import lru_cache

from curation.formats.contract import Loss
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of, write_list
from curation.formats.turns import UnwritableError
from curation.reading.scan import escape_step

_TYPES = {
    '"string"': '"STRING"',
    '"number"': '"NUMBER"',
    '"integer"': '"INTEGER"',
    '"boolean"': '"BOOLEAN"',
    '"array"': '"ARRAY"',
    '"object"': '"OBJECT"',
    '"null"': '"NULL"',
}
_BACK = {capital: small for small, capital in _TYPES.items()}
_KEPT = frozenset(
    {
        "format", "title", "description", "default", "example", "pattern", "required", "minimum", "maximum",
        "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties", "propertyOrdering",
    }
)  # fmt: skip
_COUNTS = frozenset({"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"})
"""Whole numbers of 64 bits, which Google's JSON writes as text."""
_COUNT_TEXT = re.compile(r'"(\d{1,18})"')
_CACHED_CHARACTERS = 20_000
PARAMETER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


# -- to Gemini -----------------------------------------------------------------------------------------------------


def write_schema(source: str, at: str) -> tuple[str, list[Loss]]:
    """A JSON Schema as Gemini takes it, with a loss for each keyword it does not.

    Args:
        source: the schema.
        at: its inner pointer.

    Raises:
        UnwritableError: a parameter has a name that Gemini refuses.
    """
    written, losses = _keep_written(source) if len(source) <= _CACHED_CHARACTERS else _write(source)
    return written, [Loss(at + loss.at, loss.what) for loss in losses]


def _write(source: str) -> tuple[str, tuple[Loss, ...]]:
    writer = _Writer()
    return writer.write(source, ""), tuple(writer.losses)


@lru_cache(maxsize=1024)
def _keep_written(source: str) -> tuple[str, tuple[Loss, ...]]:
    """Rows share their tools, so their schemas are kept; longer ones are written anew."""
    return _write(source)


class _Writer:
    """One walk through a schema."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []

    def write(self, source: str, at: str) -> str:
        members = cut_object(source)
        if members is None:
            self.lose(at, "schema that is no object")
            return "{}"
        written: Members = {}
        for key, value in members.items():
            written |= self.write_keyword(key, value, members, at)
        return paste(written)

    def lose(self, at: str, what: str) -> None:
        self.losses.append(Loss(at, what))

    def write_keyword(self, key: str, value: str, members: Members, at: str) -> Members:
        place = f"{at}/{escape_step(key)}"
        if key == "type":
            return self.write_type(value, members, at)
        if key == "properties" and (properties := cut_object(value)) is not None:
            return {key: paste({name: self.write_property(name, one, place) for name, one in properties.items()})}
        if key in ("items", "additionalProperties") and value.startswith("{"):
            return {key: self.write(value, place)}
        if key in ("anyOf", "oneOf") and (branches := cut_list(value)) is not None:
            return self.write_branches(key, branches, members, at)
        if key in ("enum", "const"):
            return self.write_values(key, value, members, at)
        if key == "nullable":
            return self.write_nullable(value, members, at)
        is_count_text = key in _COUNTS and _COUNT_TEXT.fullmatch(value)
        if (key in _KEPT and not is_count_text) or (key == "additionalProperties" and value in ("true", "false")):
            return {key: value}
        self.lose(place, f"keyword {key}")
        return {}

    def write_property(self, name: str, source: str, at: str) -> str:
        if not PARAMETER_NAME.fullmatch(name):
            raise UnwritableError(
                f"The parameter `{name[:60]}` has a name that Gemini refuses: it takes letters, digits and `_`, "
                "at most 64 of them, and no digit first."
            )
        return self.write(source, f"{at}/{escape_step(name)}")

    def write_type(self, value: str, members: Members, at: str) -> Members:
        """One type in capitals; a second one `null` as `nullable`; several as branches."""
        names = cut_list(value)
        if names is None and value in _TYPES:
            return {"type": _TYPES[value]}
        if not names or any(name not in _TYPES for name in names):
            self.lose(f"{at}/type", "type that is none")
            return {}
        plain = [name for name in names if name != '"null"']
        if len(plain) == 1 and len(names) <= 2:
            is_same = len(names) == 2 and names[1] == '"null"' and "nullable" not in members
            if not is_same:
                self.lose(f"{at}/type", "list of types")
            return {"type": _TYPES[plain[0]]} | ({"nullable": "true"} if len(names) == 2 else {})
        self.lose(f"{at}/type", "several types")
        if "anyOf" in members or "oneOf" in members:
            return {}
        self.lose(f"{at}/anyOf", "branches that stand for several types")
        return {"anyOf": write_list([paste({"type": _TYPES[name]}) for name in names])}

    def write_branches(self, key: str, branches: list[str], members: Members, at: str) -> Members:
        if key == "oneOf":
            self.lose(f"{at}/oneOf", "oneOf")
            if "anyOf" in members:
                return {}
            self.lose(f"{at}/anyOf", "anyOf written for oneOf")
        if not all(one.startswith("{") for one in branches):
            self.lose(f"{at}/{key}", "branch that is no object")
        return {"anyOf": write_list([self.write(one, f"{at}/{key}/{n}") for n, one in enumerate(branches)])}

    def write_values(self, key: str, value: str, members: Members, at: str) -> Members:
        """Values are texts over there."""
        values = (cut_list(value) or []) if key == "enum" else [value]
        texts = [one for one in values if text_of(one) is not None]
        if key == "enum" and value.startswith("[") and texts == values:
            return {"enum": value}
        self.lose(f"{at}/{key}", f"{key} of values that are no texts" if key == "enum" else "const")
        without_null = [one for one in values if one != "null"]
        if not texts or texts != without_null or (key == "const" and "enum" in members):
            return {}
        self.lose(f"{at}/enum", "enum of the texts alone")
        return {"enum": write_list(texts)}

    def write_nullable(self, value: str, members: Members, at: str) -> Members:
        """`nullable` is another dialect here; over there it is the only way."""
        if value not in ("true", "false"):
            self.lose(f"{at}/nullable", "keyword nullable")
            return {}
        if value == "true" and "type" in members:
            self.lose(f"{at}/nullable", "nullable beside the type")
            self.lose(f"{at}/type", "type that may be null")
        return {"nullable": value}


# -- from Gemini ---------------------------------------------------------------------------------------------------


def read_schema(source: str) -> str:
    """A schema of Gemini as JSON Schema; what has no meaning over there stays as it is."""
    return _keep_read(source) if len(source) <= _CACHED_CHARACTERS else _read(source)


@lru_cache(maxsize=1024)
def _keep_read(source: str) -> str:
    return _read(source)


def _read(source: str) -> str:
    members = cut_object(source)
    if members is None:
        return source
    read = {key: _read_keyword(key, value) for key, value in members.items()}
    if members.get("nullable") == "true" and read.get("type") in _TYPES:
        read["type"] = write_list([read["type"], '"null"'])
        del read["nullable"]
    return paste(read)


def _read_keyword(key: str, value: str) -> str:
    if key == "type":
        return _BACK.get(value, value)
    if key == "properties" and (properties := cut_object(value)) is not None:
        return paste({name: _read(one) for name, one in properties.items()})
    if key in ("items", "additionalProperties"):
        return _read(value)
    if key == "anyOf" and (branches := cut_list(value)) is not None:
        return write_list([_read(one) for one in branches])
    count = _COUNT_TEXT.fullmatch(value) if key in _COUNTS else None
    return count[1] if count else value


def has_no_property(source: str) -> bool:
    """Whether a written schema is an object without any property, which Gemini refuses."""
    members = cut_object(source) or {}
    return members.get("type") == '"OBJECT"' and not cut_object(members.get("properties"))
