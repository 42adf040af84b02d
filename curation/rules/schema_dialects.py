"""Checks of keywords that one target, draft or mode reads and another does not."""

from __future__ import annotations

from collections.abc import Iterator

from curation.model.finding import Finding, Fix, Severity
from curation.model.values import Json
from curation.rules.offer import OfferedTool
from curation.rules.registry import Found, Hit, rule
from curation.rules.schema_lint import schemas_of
from curation.schemas.pointers import escape_step
from curation.targets import TARGETS, Target


@rule("T14", scope="tool", severity=Severity.WARNING)
def strict_subset(tool: OfferedTool) -> Found:
    """A tool is marked strict but leaves the strict subset.

    With `strict: true` every object lists all its properties as required and allows no others. The service
    refuses the tool otherwise.

    Bad: `"strict": true` with an optional argument

    Good: the argument required, its type a union with null
    """
    value = tool.view.value
    if not isinstance(value, dict):
        return None
    function = value["function"] if tool.view.wrapped else value
    if function.get("strict") is not True:
        return None
    return [hit for at, node in schemas_of(tool) for hit in _judge_strict(at, node)] or None


def _judge_strict(at: str, node: dict[str, Json]) -> Iterator[Hit]:
    for keyword in ("allOf", "not", "if", "dependentSchemas", "dependentRequired", "patternProperties"):
        if keyword in node:
            yield Hit(f"{at}/{keyword}", f"`{keyword}` is not part of the strict subset.", {"keyword": keyword})
    properties = node.get("properties")
    if node.get("type") != "object" and not isinstance(properties, dict):
        return
    if node.get("additionalProperties") is not False:
        fix = Fix("Allow no others", at + "/additionalProperties", "false")
        yield Hit(
            at, "A strict object must say `additionalProperties: false`.", {"keyword": "additionalProperties"}, fix
        )
    required = node.get("required")
    names = required if isinstance(required, list) else []
    for name in properties if isinstance(properties, dict) else {}:
        if name not in names:
            place = f"{at}/properties/{escape_step(name)}"
            yield Hit(place, f"`{name[:60]}` is optional; a strict object requires every property.", {"name": name})


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
