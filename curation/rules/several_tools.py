"""The checks that need several tools side by side, for a list of tools without a row around it."""

from __future__ import annotations

from collections.abc import Sequence

from curation.model.definition import Definition
from curation.model.example import Example
from curation.model.finding import Finding
from curation.rules.registry import REGISTRY, Found
from curation.rules.row import Row
from curation.rules.tool_list import tool_name_repeated, tools_alike


def check_side_by_side(definitions: Sequence[Definition]) -> tuple[Finding, ...]:
    """What is wrong with tools only because of one another; `at` begins with `/tools/` and the tool's place."""
    row = Row(Example(tools=tuple(definitions)))
    return (*_findings("tool-name-repeated", tool_name_repeated(row)), *_findings("tools-alike", tools_alike(row)))


def _findings(slug: str, found: Found) -> tuple[Finding, ...]:
    rule = REGISTRY[slug]
    hits = found if isinstance(found, list) else [found] if found else []
    return tuple(Finding(rule.slug, rule.code, hit.at, hit.message, hit.values, None, hit.related) for hit in hits)
