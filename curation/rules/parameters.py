"""Checks of the parameters of one tool as a schema."""

from __future__ import annotations

import re
from itertools import pairwise

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.definitions import function_at, function_of
from curation.rules.hints import quote
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.schemas import SchemaFault
from curation.schemas.faults import nearest_type
from curation.schemas.pointers import unescape_step
from curation.schemas.subschemas import subschemas
from curation.targets import Target

_BACKTRACKING = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9k]")
_SCHEMA_KEYS = frozenset({"input_schema", "inputSchema", "arguments_schema", "schema"})
"""What other services call the parameters; tool-wrapper says it."""


def _parameters_grade(finding: Finding, target: Target | None) -> Severity | None:
    if not finding.values.get("absent"):
        return Severity.ERROR
    return Severity.ERROR if target is not None and target.parameters_required is not None else None


@rule("T05", scope="tool", grade=_parameters_grade)
def parameters_not_object(tool: OfferedTool) -> Found:
    """The parameters are not the schema of an object.

    Arguments have names, so the root must be an object. Null, a list or another type at the root is refused or
    printed as nonsense. Leaving the parameters out means no arguments; a few targets want that written.

    Bad: `"parameters": {"type": "array"}`, `"parameters": null`

    Good: `"parameters": {"type": "object", "properties": {}}`
    """
    function = function_of(tool)
    if function is None:
        return None
    at = function_at(tool) + "/parameters"
    empty = Fix("Write an empty object", at, '{"type":"object","properties":{}}')
    if "parameters" not in function:
        is_named = "name" in function and not _SCHEMA_KEYS & function.keys()
        message = "The tool has no parameters; some targets want an empty object written."
        return Hit(at, message, {"absent": True}, empty) if is_named else None
    parameters = function["parameters"]
    if not isinstance(parameters, dict):
        fix = empty if parameters is None else None
        return Hit(at, "The parameters must be an object.", {"parameters": str(parameters)[:80]}, fix)
    kind = parameters.get("type")
    if kind == "object" or (isinstance(kind, list) and "object" in kind):
        return None
    if kind is None:
        if not parameters or "properties" not in parameters:
            return None
        fix = Fix("Set the type", at + "/type", '"object"')
        return Hit(at, 'The parameters have no type; the root must be of type "object".', {}, fix)
    fix = Fix("Set the type", at + "/type", '"object"') if nearest_type(kind) == "object" else None
    return Hit(
        at + "/type",
        f'The root of the parameters must be of type "object", not {quote(kind)[:60]}.',
        {"type": kind},
        fix,
    )


def _faults(tool: OfferedTool, *kinds: str) -> list[SchemaFault]:
    if tool.compiled is None or not tool.compiled.faults or not isinstance(tool.view.parameters, dict):
        return []
    return [fault for fault in tool.compiled.faults if fault.kind in kinds]


def _fault_hits(tool: OfferedTool, faults: list[SchemaFault]) -> Found:
    base = function_at(tool) + "/parameters"
    return [
        Hit(
            base + fault.pointer,
            _sentence(fault),
            {"place": fault.pointer, "value": fault.value},
            _fault_fix(fault, base),
        )
        for fault in faults
    ] or None


def _sentence(fault: SchemaFault) -> str:
    return f"{_place(fault.pointer)} {fault.message}{'' if fault.message.endswith('?') else '.'}"


def _place(pointer: str) -> str:
    """A place in a schema in words: the keyword, and the argument it belongs to."""
    if not pointer:
        return "The schema of the parameters"
    steps = [unescape_step(step) for step in pointer.split("/")[1:]]
    owners = [name for before, name in pairwise(steps) if before == "properties"]
    keyword = next((step for step in reversed(steps) if not step.isdecimal()), steps[-1])
    if not owners:
        return f"`{keyword}` of the parameters"
    owner = ".".join(owners)[:80]
    return f"The argument `{owner}`" if keyword == owners[-1] else f"`{keyword}` of the argument `{owner}`"


def _fault_fix(fault: SchemaFault, base: str) -> Fix | None:
    if not isinstance(fault.suggestion, str):
        return None
    return Fix(f"Write {fault.suggestion}", base + fault.pointer, quote(fault.suggestion))


@rule("T06", scope="tool")
def schema_invalid(tool: OfferedTool) -> Found:
    """The parameters are not a valid JSON Schema.

    Arguments cannot be checked against it, and services refuse it. The usual causes are type names of a
    programming language.

    Bad: `{"type": "str"}`

    Good: `{"type": "string"}`
    """
    faults = _faults(tool, "keyword", "root", "size")
    if not faults:
        return None
    kept = [fault for fault in faults if not _is_said_elsewhere(fault, tool)]
    return _fault_hits(tool, kept)


def _is_said_elsewhere(fault: SchemaFault, tool: OfferedTool) -> bool:
    """`required: true` on a property belongs to required-inconsistent, the root's type to parameters-not-object.

    Not so a list that holds "object" beside a name that is no type: it is an object, and the schema is not valid.
    """
    if fault.pointer == "/type":
        return parameters_not_object(tool) is not None
    return fault.pointer.endswith("/required") and isinstance(fault.value, bool)


@rule("T07", scope="tool")
def schema_reference(tool: OfferedTool) -> Found:
    """A reference in the schema leads nowhere, outside, or round in a circle.

    Nothing outside the row is ever fetched, and the model sees no more than the reference. Copy the definition
    into `$defs`.

    Bad: `{"$ref": "https://example.com/address.json"}`

    Good: `{"$ref": "#/$defs/address"}` with `$defs` beside it
    """
    return _fault_hits(tool, _faults(tool, "reference"))


def _pattern_grade(finding: Finding, _: Target | None) -> Severity:
    return Severity.WARNING if finding.values.get("slow") else Severity.ERROR


@rule("T08", scope="tool", grade=_pattern_grade)
def schema_pattern(tool: OfferedTool) -> Found:
    """A pattern is no valid regular expression, or can be slow.

    An invalid pattern makes the whole schema invalid. One with look-around or back references cannot be matched
    in linear time and is checked with a limit.

    Bad: `"pattern": "([a-z"`

    Good: `"pattern": "^[a-z]+$"`
    """
    faults = _faults(tool, "pattern")
    if faults:
        return _fault_hits(tool, faults)
    if tool.compiled is None or not tool.compiled.uses_backtracking:
        return None
    base = function_at(tool) + "/parameters"
    message = "A pattern uses look-around or back references and is matched with a limit; write it without them."
    places = [f"{base}{pointer}/pattern" for pointer, node in subschemas(tool.schema) if _needs_backtracking(node)]
    return [Hit(at, message, {"slow": True}) for at in places or [base]]


def _needs_backtracking(node: dict[str, Json]) -> bool:
    pattern = node.get("pattern")
    return isinstance(pattern, str) and _BACKTRACKING.search(pattern) is not None
