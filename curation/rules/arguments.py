"""Checks of a call's arguments against the tool's schema: one rule for each kind of violation.

A violation of the first level gets the rule of its kind; one further in gets `nested-argument` with the full place.
"""

from __future__ import annotations

from itertools import islice

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.hints import did_you_mean, fold_name, quote
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row
from curation.rules.value_places import schema_at
from curation.rules.values import closest_enum, convert
from curation.schemas import SchemaError
from curation.schemas.pointers import unescape_step
from curation.targets import Target

_MOST_HINTED = 100
"""Unknown arguments of one call whose nearest name is looked for; each is held against every declared one."""
_UNDECLARED = frozenset({"additionalProperties", "unevaluatedProperties"})
_COMBINED = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "dependentRequired", "dependencies"})
"""Keywords beside the properties that may ask for one of them elsewhere."""
_OWN_RULES = _UNDECLARED | {"required", "type", "enum", "const", "format"}


def _depth(error: SchemaError) -> int:
    return error.pointer.count("/")


def _name(error: SchemaError) -> str:
    return unescape_step(error.pointer.rpartition("/")[2])


def _path(error: SchemaError) -> str:
    """The place in dots, as people write it: `items.1.qty`."""
    return ".".join(unescape_step(step) for step in error.pointer.split("/")[1:])


def _is_nested(error: SchemaError) -> bool:
    """Whether the place lies inside an argument; a missing key lies one level below the object that lacks it."""
    return _depth(error) > (0 if error.keyword == "required" else 1)


def _sentence(error: SchemaError, call: CallView) -> str:
    """The message with the argument and the tool named."""
    if not error.pointer:
        return f"The arguments of `{call.name}` {error.message}."
    return f"`{_path(error)}` of `{call.name}` {error.message}."


def _values(error: SchemaError, call: CallView) -> dict[str, Json]:
    return {"tool": call.name, "argument": error.pointer, "value": error.value, "keyword": error.keyword}


def _hit(error: SchemaError, call: CallView, fix: Fix | None = None, message: str = "") -> Hit:
    at = call.arguments_at + error.pointer
    return Hit(at, message or _sentence(error, call), _values(error, call), fix)


@rule("A03", scope="violation", waivable=True)
def argument_missing(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A required argument is missing.

    The tool refuses the call, and the model learns that the argument may be left out. Add it, or ask the user
    for it instead of calling.

    Bad: required: `order_id`; call: `{}`

    Good: `{"order_id": "A-1001"}`
    """
    if error.keyword != "required" or _is_nested(error):
        return None
    key = str(error.expected)
    folded = fold_name(key)
    written = next((name for name in islice(call.arguments or (), _MOST_HINTED) if fold_name(name) == folded), None)
    if written is not None and call.tool is not None and written not in call.tool.properties:
        return None  # argument-name-form says it, with the repair
    message = f"`{call.name}` needs the argument `{key}`; add it or ask the user for it."
    return Hit(call.arguments_at, message, {"tool": call.name, "argument": key})


def _undeclared_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.ERROR if finding.values.get("closed") else Severity.WARNING


@rule("A04", scope="call", severity=Severity.WARNING, waivable=True, grade=_undeclared_grade, may_be_error=True)
def argument_unknown(call: CallView, _row: Row) -> Found:
    """An argument is not declared in the schema.

    The model learns to invent arguments. It is an error where the schema allows no others and a warning where it
    is silent about them.

    Bad: declared: `city`; call: `{"city": "Paris", "verbose": true}`

    Good: `{"city": "Paris"}`
    """
    tool = call.tool
    if tool is None or call.arguments is None or tool.compiled is None or tool.compiled.faults:
        return None
    if call.arguments.keys() <= tool.properties.keys():
        return None
    closed = refused_names(call)
    is_listed = _lists_its_arguments(tool.schema)
    if not closed and not is_listed:
        return None
    unknown = [key for key in call.arguments if key not in tool.properties and fold_name(key) not in tool.folded]
    unknown = unknown if is_listed else [key for key in unknown if key in closed]
    return [
        _undeclared(call, key, is_closed=key in closed, is_hinted=at < _MOST_HINTED) for at, key in enumerate(unknown)
    ] or None


def refused_names(call: CallView) -> frozenset[str]:
    """The arguments of a call that its schema says it takes no more of."""
    return frozenset(_name(error) for error in call.errors if error.keyword in _UNDECLARED and _depth(error) == 1)


def _lists_its_arguments(schema: dict[str, Json]) -> bool:
    """Whether `properties` tells all the arguments there are, as far as one can see."""
    if schema.get("additionalProperties", False) or not schema.get("properties"):
        return False
    return not any(key in schema for key in ("patternProperties", "allOf", "anyOf", "oneOf", "$ref", "if"))


def _undeclared(call: CallView, key: str, *, is_closed: bool, is_hinted: bool) -> Hit:
    at = f"{call.arguments_at}/{key.replace('~', '~0').replace('/', '~1')}"
    names = call.tool.properties if call.tool is not None else {}
    hint = (did_you_mean(key, names) if is_hinted else "") or "; remove it or declare it."
    fix = Fix(f"Remove {key[:30]}", at)
    values = {"tool": call.name, "argument": key, "closed": is_closed}
    return Hit(at, f"Tool `{call.name}` has no argument `{key[:60]}`{hint}", values, fix)


@rule("A05", scope="violation", waivable=True)
def argument_type(error: SchemaError, call: CallView, _row: Row) -> Found:
    """An argument has the wrong type.

    The tool refuses the call or misreads it, and the model learns the wrong type. A number in quotes is the
    usual case.

    Bad: `"quantity": "5"` where the schema says integer

    Good: `"quantity": 5`
    """
    if error.keyword != "type" or _is_nested(error) or error.value is None or _is_number_kind(error):
        return None
    return _hit(error, call, _type_fix(error, call))


def _type_fix(error: SchemaError, call: CallView) -> Fix | None:
    mended = convert(error.value, error.expected)
    if mended is None:
        return None
    return Fix(f"Write {mended[:30]}", call.arguments_at + error.pointer, mended)


def _is_number_kind(error: SchemaError) -> bool:
    wanted = error.expected if isinstance(error.expected, list) else [error.expected]
    is_number = any(name in ("integer", "number") for name in wanted)
    return is_number and isinstance(error.value, bool | float)


@rule("A06", scope="violation", waivable=True)
def number_kind(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A boolean or a fraction stands where a whole number is wanted.

    Python takes true for 1, JSON does not. A tool written in another language refuses the call.

    Bad: `"quantity": true`, `"quantity": 2.5` where the schema says integer

    Good: `"quantity": 1`
    """
    if error.keyword != "type" or _is_nested(error) or not _is_number_kind(error):
        return None
    return _hit(error, call)


@rule("A07", scope="violation", waivable=True)
def enum_value(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A value is not one of those allowed.

    The tool refuses it, and the model learns to make up values. A difference in case alone is repaired by one
    click.

    Bad: `"unit": "Celsius"` where the schema allows `celsius` and `fahrenheit`

    Good: `"unit": "celsius"`
    """
    if error.keyword not in ("enum", "const") or _is_nested(error) or _has_type_error(error, call):
        return None
    return _enum_hit(error, call)


def _has_type_error(error: SchemaError, call: CallView) -> bool:
    """Whether the same value already has the wrong type, which says more."""
    return any(other.keyword == "type" and other.pointer == error.pointer for other in call.errors)


def _enum_hit(error: SchemaError, call: CallView) -> Hit:
    options = error.expected if error.keyword == "enum" and isinstance(error.expected, list) else []
    meant, is_same = closest_enum(error.value, options)
    if meant is None:
        return _hit(error, call)
    fix = Fix(f"Change to {meant}", call.arguments_at + error.pointer, quote(meant)) if is_same else None
    reason = "differs only in its form" if is_same else "is not allowed"
    message = f"`{_path(error)}` of `{call.name}`: {quote(error.value)[:60]} {reason}; did you mean {quote(meant)}?"
    return _hit(error, call, fix, message)


@rule("A08", scope="violation", waivable=True)
def argument_bounds(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A value breaks a bound of the schema.

    Limits, lengths, patterns and counts are part of the tool's contract; a call that breaks one is refused. A
    schema so costly that the check ran out of time, and arguments too large to be checked, are said here too.

    Bad: `"percent": 101` with maximum 100

    Good: `"percent": 100`
    """
    if error.keyword in _OWN_RULES or _depth(error) > 1:
        return None
    return _hit(error, call)


@rule("A09", scope="violation", waivable=True)
def nested_argument(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A value inside an argument breaks the schema.

    Objects and lists in arguments are checked as strictly as the rest; the finding names the full place.

    Bad: `"items": [{"sku": "K-1"}]` where every item needs `qty`

    Good: `"items": [{"sku": "K-1", "qty": 2}]`
    """
    if not _is_nested(error) or error.keyword == "format" or (error.value is None and error.keyword == "type"):
        return None
    if error.keyword == "enum":
        return None if _has_type_error(error, call) else _enum_hit(error, call)
    fix = _type_fix(error, call) if error.keyword == "type" else None
    if error.keyword in _UNDECLARED:
        fix = Fix(f"Remove {_name(error)[:30]}", call.arguments_at + error.pointer)
    return _hit(error, call, fix)


@rule("A10", scope="violation", waivable=True)
def argument_null(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A value is null where the schema wants something else.

    Null is not the same as left out: a strict tool refuses it, and the model learns to fill every argument. Leave
    an optional argument out.

    Bad: `{"city": null}`

    Good: `{}`, or `{"city": "Paris"}`
    """
    if error.keyword != "type" or error.value is not None or not error.pointer:
        return None
    fix = Fix("Leave it out", call.arguments_at + error.pointer) if _may_be_left_out(error, call) else None
    return _hit(error, call, fix)


def _may_be_left_out(error: SchemaError, call: CallView) -> bool:
    """Whether nothing asks for a value; inside an argument, only where its object is declared in so many words."""
    around, _, last = error.pointer.rpartition("/")
    if last.isdecimal():
        return False
    if not _is_nested(error):
        return call.tool is None or _name(error) not in call.tool.required
    declared = schema_at(call, around)
    required = declared.get("required", [])
    is_plain = "properties" in declared and not _COMBINED & declared.keys()
    return is_plain and isinstance(required, list) and _name(error) not in required


@rule("A11", scope="violation", severity=Severity.WARNING, waivable=True)
def argument_format(error: SchemaError, call: CallView, _row: Row) -> Found:
    """A value does not have the declared format.

    A date that does not exist or an address without @ passes as text and fails in the tool.

    Bad: `"day": "2024-02-30"` with format date

    Good: `"day": "2024-02-29"`
    """
    return _hit(error, call) if error.keyword == "format" else None
