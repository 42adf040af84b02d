"""Checks of what a valid schema says: contradictions and gaps."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.definitions import function_at
from curation.rules.hints import did_you_mean, quote
from curation.rules.misreadings import find_hidden_optionality, find_other_default
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.value_meanings import find_meaning_of_no_value
from curation.schemas import compile_schema
from curation.schemas.subschemas import subschemas
from curation.targets import Target


def schemas_of(tool: OfferedTool) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every object schema of a tool's parameters with its place in the definition."""
    base = function_at(tool) + "/parameters"
    for pointer, node in subschemas(tool.schema):
        yield base + pointer, node


@rule("T09", scope="tool", severity=Severity.WARNING)
def required_inconsistent(tool: OfferedTool) -> Found:
    """`required` names an argument that is not declared, names one twice, stands on the argument, or contradicts it.

    No call can satisfy an undeclared requirement that the model cannot see, and `required: true` on an argument
    makes the schema invalid. A description that says "optional" of a required argument teaches calls that are refused.

    Bad: `{"properties": {"city": {…}}, "required": ["town"]}`; a required argument "(optional) The unit"

    Good: `{"properties": {"city": {…}}, "required": ["city"]}`
    """
    hits: list[Hit] = []
    for at, node in schemas_of(tool):
        required = node.get("required")
        if isinstance(required, bool):
            fix = Fix("Remove it here", at + "/required")
            hits.append(
                Hit(
                    at + "/required",
                    "`required` is a list of names on the object, not a flag on the argument.",
                    {"value": required},
                    fix,
                )
            )
        elif isinstance(required, list):
            hits += _judge_required(at, node, required)
        if not isinstance(required, bool):
            hits += find_hidden_optionality(node, at)
    return hits or None


_MOST_HINTED = 100


def _judge_required(at: str, node: dict[str, Json], required: list[Json]) -> Iterator[Hit]:
    properties = node.get("properties")
    names = properties if isinstance(properties, dict) else {}
    seen: set[str] = set()
    for index, name in enumerate(required):
        place = f"{at}/required/{index}"
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Hit(place, f"`{name}` is listed as required twice.", {"name": name}, Fix("Remove it", place))
        elif name not in names and "properties" in node:
            hint = (did_you_mean(name, names) if index < _MOST_HINTED else "") or "; declare it or remove it."
            yield Hit(place, f"`{name[:60]}` is required but not declared{hint}", {"name": name[:200]})
        seen.add(name)


@rule("T10", scope="tool", severity=Severity.WARNING)
def enum_inconsistent(tool: OfferedTool) -> Found:
    """An enum repeats a value or contradicts the type; or a default is none of the values, or of another type.

    A text "1" in an enum of whole numbers can never be right. A default
    outside the enum teaches a refused value, and one that the description calls by another value teaches a guess.
    A meaning that stayed behind when its value was renamed teaches the old name.
    A default outside the bounds is `schema-unsatisfiable`.

    Bad: `{"type": "integer", "enum": ["1", "2"]}`

    Good: `{"type": "integer", "enum": [1, 2]}`
    """
    hits: list[Hit] = []
    for at, node in schemas_of(tool):
        if isinstance(node.get("enum"), list):
            hits += _judge_enum(at, node, node["enum"])
            hits += find_meaning_of_no_value(node, node["enum"], at)
        if "default" in node:
            hits += _judge_default(at, node)
    return hits or None


def _judge_enum(at: str, node: dict[str, Json], options: list[Json]) -> Iterator[Hit]:
    yield from _judge_types(at, node, options)
    seen: set[str] = set()
    for index, option in enumerate(options):
        text = quote(option)
        if text in seen:
            place = f"{at}/enum/{index}"
            yield Hit(place, f"{text[:60]} stands in the enum twice.", {"value": option}, Fix("Remove it", place))
        seen.add(text)


def _judge_types(at: str, node: dict[str, Json], options: list[Json]) -> Iterator[Hit]:
    unfit = [index for index, option in enumerate(options) if not _fits_type(option, node.get("type"))]
    if unfit and len(unfit) == len(options):
        yield Hit(at + "/enum", "No value of the enum can be right: the type says otherwise.", {"enum": options[:10]})
        return
    for index in unfit:
        message = f"{quote(options[index])[:60]} can never be right: the type says otherwise."
        yield Hit(f"{at}/enum/{index}", message, {"value": options[index]})


_KIND = ("type", "enum", "const")
_BOUNDS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems"),
)
"""Keywords that a default is held against; none of them refers to anything else."""


def _judge_default(at: str, node: dict[str, Json]) -> Iterator[Hit]:
    other = find_other_default(node, at)
    if other is not None:
        yield other
    broken = _broken_by_default(node, _KIND)
    if broken:
        value = node["default"]
        yield Hit(at + "/default", f"The default {quote(value)[:60]} {broken}.", {"value": value})


def _broken_by_default(node: dict[str, Json], keywords: tuple[str, ...]) -> str:
    """What the default is said to have to be by these keywords and is not; empty where there is no default."""
    value = node.get("default")
    # No default fits an empty enum; that the enum is empty is said already.
    narrow = {key: node[key] for key in keywords if key in node and node[key] != []}
    if value is None or not narrow:
        return ""
    errors = compile_schema(quote(narrow)).errors(value)
    return errors[0].message if errors else ""


def _fits_type(value: Json, kind: Json) -> bool:
    return kind is None or not compile_schema(quote({"type": kind})).errors(value)


def _refusal_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.WARNING if "default" in finding.values else Severity.ERROR


@rule("T11", scope="tool", severity=Severity.ERROR, grade=_refusal_grade)
def schema_unsatisfiable(tool: OfferedTool) -> Found:
    """No value can satisfy the schema; or its own default does not.

    A lower bound above the upper one refuses everything: swap or correct them. So does an enum without values. A
    default outside the bounds is a warning: whoever leaves the argument out gets a value that the schema refuses.

    Bad: `{"minimum": 5, "maximum": 2}`; `{"enum": []}`; `{"minimum": 1, "default": 0}`

    Good: `{"minimum": 2, "maximum": 5}`; `{"enum": ["km", "mi"]}`; `{"minimum": 1, "default": 1}`
    """
    return [hit for at, node in schemas_of(tool) for hit in _find_refusals(at, node)] or None


_PAIRS = (
    ("minimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def _find_refusals(at: str, node: dict[str, Json]) -> Iterator[Hit]:
    if node.get("enum") == []:
        yield Hit(at + "/enum", "The enum is empty, so no value is allowed; give it values.")
    is_crossed = False
    for low, high in _PAIRS:
        least, most = node.get(low), node.get(high)
        how = _how_crossed(least, most, is_open="exclusive" in low + high)
        if how:
            is_crossed = True
            message = f"`{low}` {least} {how} `{high}` {most}; no value fits."
            yield Hit(f"{at}/{low}", message, {low: least, high: most})
    if not is_crossed and (broken := _broken_by_default(node, _BOUNDS)):
        value = node["default"]
        message = f"The default {quote(value)[:60]} is refused by its own schema: it {broken}; correct one of them."
        yield Hit(at + "/default", message, {"default": value})


def _how_crossed(least: Json, most: Json, *, is_open: bool) -> str:
    """What is wrong with a lower bound beside an upper one; where a bound is open, they may not be the same."""
    # A truth value is an old way to write an open bound, and no number.
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (least, most)):
        return ""
    if least > most:
        return "is above"
    return "meets" if is_open and least == most else ""


@rule("T15", scope="tool", severity=Severity.WARNING, waivable=True)
def schema_open(tool: OfferedTool) -> Found:
    """A list does not say what it holds, or an object does not say which keys it has.

    The model has to guess the inside, and no check can find a wrong one.

    Bad: `{"type": "array"}`

    Good: `{"type": "array", "items": {"type": "string"}}`
    """
    hits = []
    for at, node in schemas_of(tool):
        kind = node.get("type")
        if kind == "array" and not any(
            key in node for key in ("items", "prefixItems", "$ref", "contains", "enum", "const")
        ):
            hits.append(Hit(at, "This list does not say what it holds; add `items`.", {"type": kind}))
        elif kind == "object" and at != function_at(tool) + "/parameters" and _says_no_keys(node):
            hits.append(Hit(at, "This object does not say which keys it has; add `properties`.", {"type": kind}))
    return hits or None


def _says_no_keys(node: dict[str, Json]) -> bool:
    described = (
        "properties",
        "additionalProperties",
        "patternProperties",
        "$ref",
        "anyOf",
        "oneOf",
        "allOf",
        "enum",
        "const",
    )
    return not any(key in node for key in described)
