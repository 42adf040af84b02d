"""Checks of argument values that fit the schema and still look wrong."""

from __future__ import annotations

import re
from functools import lru_cache

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.arguments import refused_names
from curation.rules.context import Heard
from curation.rules.hints import fold_name, quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row
from curation.rules.whole import is_anywhere
from curation.schemas.pointers import escape_step
from curation.targets import Target

_PLACEHOLDER = re.compile(
    r"<[a-z][a-z _-]{1,30}>|\{\{?[a-z_ ]{2,30}\}?\}|\[(?:insert|your|enter)\b[^\]]{0,40}\]"
    r"|your[_ -](?:api[_ -]?key|name|email|city|token|id)|your[_-][a-z_-]{2,30}|change[_-]?me"
    r"|(?:insert|enter|replace)[_ ].{1,20}here|x{4,}|lorem ipsum.*|todo|tbd|placeholder",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_STEM = 4
_SCHEMA_WORDS = frozenset({"string", "integer", "number", "boolean", "object", "array"})
_FIRST_LETTERS = frozenset("<{[yYcCiIeErRxXlLtTpP") | {word[0] for word in _SCHEMA_WORDS}
"""How a placeholder or a word of the schema may begin."""
_NUMBER_TEXT = re.compile(r"\s*-?\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?\s*|\s*-?\d+(?:[.,]\d+)?\s*(?:km|m|cm|kg|g|lbs?|miles?|%|\$|€|usd|eur|hours?|h|days?|min(?:utes)?|s(?:ec)?)\s*", re.IGNORECASE)  # fmt: skip  # noqa: E501
_MIRRORED = (("origin", "destination"), ("from", "to"), ("start", "end"), ("source", "target"), ("sender", "recipient"), ("departure", "arrival"), ("min", "max"))  # fmt: skip  # noqa: E501


@rule("A12", scope="call", severity=Severity.WARNING, waivable=True)
def placeholder_value(call: CallView, _row: Row) -> Found:
    """A value is a placeholder or a word of the schema.

    Somebody forgot to fill it in, and the model learns to send the placeholder. Write the real value.

    Bad: `"city": "<city>"`, `"name": "string"`

    Good: `"city": "Paris"`
    """
    if not call.arguments:
        return None
    hits = None
    for pointer, value in call.leaves:
        if type(value) is str and value[:1] in _FIRST_LETTERS and _is_placeholder(value, pointer, call):
            hits = hits or []
            message = f"{quote(value)[:60]} looks like a placeholder; write the real value."
            hits.append(Hit(call.arguments_at + pointer, message, {"value": value[:200]}))
    return hits


def _is_placeholder(value: str, pointer: str, call: CallView) -> bool:
    if len(value) > 60:
        return False
    if value in _SCHEMA_WORDS:
        return call.tool is None or value not in _options(call, pointer)
    return _PLACEHOLDER.fullmatch(value.strip()) is not None and value not in _options(call, pointer)


def _options(call: CallView, pointer: str) -> list[Json]:
    schema = call.tool.property(pointer.split("/")[1]) if call.tool is not None else {}
    options = schema.get("enum")
    return options if isinstance(options, list) else []


@rule("A13", scope="call", severity=Severity.WARNING, waivable=True)
def default_spelled_out(call: CallView, row: Row) -> Found:
    """A default is written out though nobody asked for it.

    The tool fills it in by itself. Written in some rows and left out in others, it teaches noise. Leave it out.

    Bad: "Weather in Paris?" and `{"city": "Paris", "unit": "celsius"}` with the default celsius

    Good: `{"city": "Paris"}`
    """
    if not call.arguments or call.tool is None or not call.tool.may_have_default:
        return None
    hits = []
    for key, value in call.arguments.items():
        schema = call.tool.property(key)
        if key not in call.tool.required and _is_default(schema, value) and not _is_asked_for(value, call, row):
            at = f"{call.arguments_at}/{escape_step(key)}"
            message = f"`{key}` is at its default {quote(value)[:40]} though the request did not ask for it."
            hits.append(Hit(at, message, {"argument": key, "value": value}, Fix("Leave it out", at)))
    return hits or None


def _is_default(schema: dict[str, Json], value: Json) -> bool:
    return "default" in schema and schema["default"] == value and type(schema["default"]) is type(value)


def _is_asked_for(value: Json, call: CallView, row: Row) -> bool:
    """Whether the value was said, or each of its words in some form: `personal_info` for information on a person."""
    heard = row.heard = row.heard or Heard(row)

    def is_said(text: str) -> bool:
        return heard.lowered.hold_whole(text, call.turn.index, is_anywhere, heard.room)

    text = str(value).casefold()
    if is_said(text):
        return True
    words = _WORD.findall(text) if isinstance(value, str) else []
    if len(words) < 2 or min(map(len, words)) < _STEM:
        return False
    return all(is_said(word[: max(_STEM, len(word) - _STEM + 1)]) for word in words)


@rule("A14", scope="call", severity=Severity.WARNING, waivable=True)
def required_empty(call: CallView, _row: Row) -> Found:
    """A required value is an empty text or list.

    The schema is satisfied and the tool is not. Ask the user for the value instead of calling.

    Bad: `{"order_id": ""}`

    Good: the question "Which order is it?"
    """
    if not call.arguments or call.tool is None or not call.tool.required:
        return None
    empty = {k for k, v in call.arguments.items() if v == [] or (type(v) is str and not v.strip())}
    if not empty:
        return None
    return [_empty_hit(call, key) for key in call.tool.required if key in empty] or None


def _empty_hit(call: CallView, key: str) -> Hit:
    at = f"{call.arguments_at}/{escape_step(key)}"
    return Hit(at, f"`{key}` is required but empty; ask the user for it.", {"argument": key})


def _name_form_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.ERROR if finding.values.get("refused") else Severity.WARNING


@rule("A15", scope="call", severity=Severity.WARNING, grade=_name_form_grade, may_be_error=True)
def argument_name_form(call: CallView, _row: Row) -> Found:
    """An argument's name differs from the declared one only by its form.

    The tool does not know it, and the argument it needs stays empty. Names are compared letter by letter. It is an
    error where the tool refuses the call: its schema allows no other arguments, or requires the one that is missing.

    Bad: declared: `order_id`; call: `{"orderId": "A-1001"}`

    Good: `{"order_id": "A-1001"}`
    """
    tool = call.tool
    if tool is None or not call.arguments or not tool.properties or call.arguments.keys() <= tool.properties.keys():
        return None
    hits, refused = [], refused_names(call)
    for key in call.arguments:
        right = tool.folded.get(fold_name(key)) if key not in tool.properties else None
        if right is not None:
            at = f"{call.arguments_at}/{escape_step(key)}"
            fix = Fix(f"Rename to {right}", at, None, right) if right not in call.arguments else None
            message = f"The argument is called `{right}`, not `{key[:60]}`."
            is_refused = key in refused or (right in tool.required and right not in call.arguments)
            hits.append(Hit(at, message, {"tool": call.name, "argument": key, "refused": is_refused}, fix))
    return hits or None


@rule("A16", scope="call", severity=Severity.WARNING, waivable=True)
def arguments_swapped(call: CallView, row: Row) -> Found:
    """Two arguments of a pair seem to hold each other's values.

    The request says "from Paris to Rome" and the call says the reverse. Swap them.

    Bad: "from Paris to Rome": `{"origin": "Rome", "destination": "Paris"}`

    Good: `{"origin": "Paris", "destination": "Rome"}`
    """
    if not call.arguments or len(call.arguments) < 2:
        return None
    for first, second, one_key, two_key in _mirrored_keys(tuple(call.arguments)):
        one, two = _place_name(call.arguments[one_key]), _place_name(call.arguments[two_key])
        if one is None or two is None or one == two:
            continue
        request = next((t.text for t in reversed(row.turns[: call.turn.index]) if t.role == "user" and t.text), "")
        if _goes(request, two, one) and not _goes(request, one, two):
            message = f"`{first}` and `{second}` seem swapped: the request goes from {two} to {one}."
            return Hit(call.arguments_at, message, {first: one, second: two})
    return None


@lru_cache(maxsize=1024)
def _mirrored_keys(keys: tuple[str, ...]) -> tuple[tuple[str, str, str, str], ...]:
    """The pairs among argument names, each with the two words and the two names."""
    parts = {key: set(re.split(r"[_\W]+", key.lower())) for key in keys}
    found = []
    for first, second in _MIRRORED:
        one = next((key for key in keys if first in parts[key]), None)
        two = next((key for key in keys if second in parts[key]), None)
        if one is not None and two is not None and one != two:
            found.append((first, second, one, two))
    return tuple(found)


def _goes(request: str, start: str, end: str) -> bool:
    """Whether a request names a way from one place to another; a round trip names both."""
    way = rf"\bfrom {re.escape(start)}\b.{{0,40}}\bto {re.escape(end)}\b"
    return re.search(way, request, re.IGNORECASE) is not None


def _place_name(value: Json) -> str | None:
    return value if type(value) is str and 2 < len(value) < 60 else None


@rule("A17", scope="call", severity=Severity.WARNING, waivable=True)
def number_as_text(call: CallView, _row: Row) -> Found:
    """A number is written as text with a unit or separators.

    The argument's name or description says what is counted; the unit inside the value makes it unreadable for the
    tool. Write the bare number, or declare the argument as a number.

    Bad: `"distance_km": "10 km"`, `"amount": "1,000"`

    Good: `"distance_km": "10"`, better still a number
    """
    if not call.arguments or call.tool is None:
        return None
    hits = None
    for key, value in call.arguments.items():
        if _is_dressed_number(value) and _wants_bare_number(key, call):
            hits = hits or []
            at = f"{call.arguments_at}/{escape_step(key)}"
            message = f"`{key}` is {quote(value)}, a number with a unit or separators; write the bare number."
            hits.append(Hit(at, message, {"argument": key, "value": value}))
    return hits


def _is_dressed_number(value: Json) -> bool:
    if type(value) is not str or not 2 <= len(value) < 24 or value[0] not in "-0123456789":
        return False
    return _NUMBER_TEXT.fullmatch(value) is not None


def _wants_bare_number(key: str, call: CallView) -> bool:
    """Whether the name carries the unit or the schema says number; a free text may well hold "10 km"."""
    schema = call.tool.property(key) if call.tool is not None else {}
    if schema.get("type") in ("integer", "number"):
        return True
    return (
        re.search(r"(?:_(?:km|kg|usd|eur|percent|minutes|hours|days)|amount|price|quantity|count)$", key.lower())
        is not None
    )


@rule("A18", scope="call", severity=Severity.INFO, waivable=True)
def argument_order(call: CallView, _row: Row) -> Found:
    """The arguments stand in another order than in the schema.

    The order has no meaning, but a model learns it. Rows that all keep the schema's order waste nothing on it.

    Bad: declared `city`, `unit`; call: `{"unit": "celsius", "city": "Paris"}`

    Good: `{"city": "Paris", "unit": "celsius"}`
    """
    if call.tool is None or not call.arguments or len(call.arguments) < 2:
        return None
    places = call.tool.places
    written = [key for key in call.arguments if key in places]
    declared = sorted(written, key=places.__getitem__)
    if declared == written:
        return None
    ordered = {key: call.arguments[key] for key in [*declared, *(k for k in call.arguments if k not in declared)]}
    message = f"The arguments of `{call.name}` stand in another order than in its schema."
    return Hit(call.arguments_at, message, {"order": list(call.arguments)}, _order_fix(call, ordered))


def _order_fix(call: CallView, ordered: dict[str, Json]) -> Fix | None:
    if call.argument_faults:
        return None  # the text holds more than was read of it, such as a second value of one key
    if any(type(value) is float or (type(value) is int and abs(value) > 2**53) for _, value in call.leaves):
        return None  # writing these numbers anew could change their text
    text = quote(ordered)
    return Fix("Use the schema's order", call.arguments_at, quote(text) if call.form == "string" else text)
