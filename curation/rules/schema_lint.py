"""Checks of what a valid schema says: contradictions and gaps."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.finding import Fix, Severity
from curation.model.values import Json
from curation.rules.definitions import function_at
from curation.rules.hints import did_you_mean, quote
from curation.rules.misreadings import find_hidden_optionality, find_other_default
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.schemas import compile_schema
from curation.schemas.subschemas import subschemas


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
    """An enum repeats a value or contradicts the type; or a default is not allowed by its own schema.

    A text "1" in an enum of whole numbers can never be right. A default
    outside the enum teaches a refused value, and one that the description calls by another value teaches a guess.

    Bad: `{"type": "integer", "enum": ["1", "2"]}`

    Good: `{"type": "integer", "enum": [1, 2]}`
    """
    hits: list[Hit] = []
    for at, node in schemas_of(tool):
        if isinstance(node.get("enum"), list):
            hits += _judge_enum(at, node, node["enum"])
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


_NARROWING = (
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems"),
)
"""Keywords that a default is held against; none of them refers to anything else."""


def _judge_default(at: str, node: dict[str, Json]) -> Iterator[Hit]:
    value = node["default"]
    other = find_other_default(node, at)
    if other is not None:
        yield other
    # No default fits an empty enum; that the enum is empty is said already.
    narrow = {key: node[key] for key in _NARROWING if key in node and node[key] != []}
    if value is None or not narrow:
        return
    errors = compile_schema(quote(narrow)).errors(value)
    if errors:
        yield Hit(at + "/default", f"The default {quote(value)[:60]} {errors[0].message}.", {"value": value})


def _fits_type(value: Json, kind: Json) -> bool:
    return kind is None or not compile_schema(quote({"type": kind})).errors(value)


@rule("T11", scope="tool", severity=Severity.ERROR)
def schema_unsatisfiable(tool: OfferedTool) -> Found:
    """No value can satisfy the schema.

    A lower bound above the upper one refuses everything: swap or correct them. So does an enum without values.

    Bad: `{"minimum": 5, "maximum": 2}`; `{"enum": []}`

    Good: `{"minimum": 2, "maximum": 5}`; `{"enum": ["km", "mi"]}`
    """
    pairs = (
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    )
    hits = []
    for at, node in schemas_of(tool):
        if node.get("enum") == []:
            hits.append(Hit(at + "/enum", "The enum is empty, so no value is allowed; give it values."))
        for low, high in pairs:
            least, most = node.get(low), node.get(high)
            if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
                hits.append(
                    Hit(
                        f"{at}/{low}",
                        f"`{low}` {least} is above `{high}` {most}; no value fits.",
                        {low: least, high: most},
                    )
                )
    return hits or None


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
