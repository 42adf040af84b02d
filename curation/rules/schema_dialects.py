"""Checks of keywords that one target, draft or mode reads and another does not."""

from __future__ import annotations

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.definitions import function_at, function_of
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.schema_lint import schemas_of
from curation.schemas.pointers import escape_step
from curation.schemas.strict_subset import StrictFault, find_strict_faults
from curation.targets import TARGETS, Target


@rule("T14", scope="tool", severity=Severity.WARNING)
def strict_subset(tool: OfferedTool) -> Found:
    """A tool is marked strict but leaves the strict subset.

    With `strict: true` every object lists all its properties as required and allows no others; an optional one is a
    union with null. Choices other than `anyOf`, conditions and more than 10 levels, 5,000 properties or 1,000 enum
    values are refused as well. The tool's page and `callwright lint-tools --make-strict` show the strict form.

    Bad: `"strict": true` with an optional argument

    Good: the argument required, its type a union with null
    """
    function = function_of(tool)
    if function is None or function.get("strict") is not True:
        return None
    base = function_at(tool) + "/parameters"
    return [_strict_hit(fault, base) for fault in find_strict_faults(tool.schema)] or None


def _strict_hit(fault: StrictFault, base: str) -> Hit:
    at = base + fault.pointer
    if fault.kind == "open":
        fix = Fix("Allow no others", at + "/additionalProperties", "false")
        return Hit(at, fault.message, {"keyword": "additionalProperties"}, fix)
    values: dict[str, Json] = {"name" if fault.kind == "optional" else "keyword": fault.name}
    return Hit(at, fault.message, values)


def _dropped_grade(finding: Finding, target: Target | None) -> Severity | None:
    if target is None:
        return Severity.INFO
    dropped = target.keywords_dropped.value if target.keywords_dropped is not None else []
    return Severity.WARNING if finding.values.get("keyword") in dropped else None


_DROPPED_SOMEWHERE = frozenset(
    keyword for target in TARGETS.values() if target.keywords_dropped for keyword in target.keywords_dropped.value
)


@rule("T16", scope="tool", severity=Severity.INFO, grade=_dropped_grade)
def keyword_dropped(tool: OfferedTool) -> Found:
    """A keyword of the schema is one that some target drops.

    What the target drops the model never learns to respect. Say it in the description as well, or choose a form
    without the keyword.

    Bad (where it is dropped): `{"oneOf": […]}`

    Good: one type, the variants told in the description
    """
    if not _DROPPED_SOMEWHERE:
        return None
    return [
        Hit(
            f"{at}/{escape_step(key)}",
            f"Some targets drop the keyword `{key}`; say it in the description as well.",
            {"keyword": key},
        )
        for at, node in schemas_of(tool)
        for key in node
        if key in _DROPPED_SOMEWHERE
    ] or None


@rule("T17", scope="tool", severity=Severity.INFO)
def keyword_of_other_draft(tool: OfferedTool) -> Found:
    """A keyword belongs to another draft of JSON Schema.

    A validator of the declared draft ignores it, so a limit that stands there is no limit.

    Bad: `definitions`, `dependencies`, `"nullable": true`

    Good: `$defs`, `dependentRequired`, `"type": ["string", "null"]`
    """
    if tool.compiled is None or tool.compiled.draft not in ("2019-09", "2020-12"):
        return None
    newer = {
        "definitions": "$defs",
        "dependencies": "dependentRequired or dependentSchemas",
        "nullable": "a type list with null",
    }
    return [
        Hit(f"{at}/{key}", f"`{key}` belongs to another draft; write {newer[key]}.", {"keyword": key})
        for at, node in schemas_of(tool)
        for key in newer
        if key in node and not _is_property_name(at)
    ] or None


def _is_property_name(at: str) -> bool:
    return at.endswith("/properties")
