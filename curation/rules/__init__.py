"""The checks: small functions in modules by what they read, one walk, one verdict for every caller."""

from curation.rules import (
    argument_text,
    arguments,
    bytes_read,
    call_flow,
    definitions,
    results,
    schema_lint,
    structure,
    tool_choice,
    tool_list,
    turns,
)
from curation.rules.categories import CATEGORIES, categories
from curation.rules.checking import check, check_definition, check_tool
from curation.rules.judging import fingerprint, judge
from curation.rules.registry import REGISTRY, Rule
from curation.rules.version import checker_version

MODULES = (
    argument_text,
    arguments,
    bytes_read,
    call_flow,
    definitions,
    results,
    schema_lint,
    structure,
    tool_choice,
    tool_list,
    turns,
)
RULES: tuple[Rule, ...] = tuple(
    sorted(REGISTRY.values(), key=lambda rule: "JUMTACBNGXDS".index(rule.code[0]) * 100 + int(rule.code[1:]))
)
"""Every rule there is, in the order of the rule list."""
CHECKER_VERSION = checker_version(MODULES)
"""Changes whenever a verdict may."""

__all__ = [
    "CATEGORIES",
    "CHECKER_VERSION",
    "RULES",
    "Rule",
    "categories",
    "check",
    "check_definition",
    "check_tool",
    "fingerprint",
    "judge",
]
