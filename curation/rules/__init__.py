"""The checks: small functions in modules by what they read, one walk, one verdict for every caller."""

from curation.model.rule_names import RULE_SLUGS
from curation.rules import (
    answers,
    argument_text,
    argument_values,
    arguments,
    bytes_read,
    call_flow,
    call_ids,
    calls_together,
    claims,
    consent,
    dataset,
    definitions,
    derived,
    entities,
    exports,
    grounding,
    injections,
    no_tool,
    old_form,
    parameters,
    recoveries,
    repeats,
    results,
    retries,
    schema_dialects,
    schema_lint,
    secrets,
    structure,
    templates,
    text_copies,
    text_damage,
    text_form,
    tool_choice,
    tool_list,
    turn_order,
    turns,
    unknown_keys,
)
from curation.rules.categories import CATEGORIES, categories
from curation.rules.checking import check, check_definition, check_language, check_tool
from curation.rules.dataset import DatasetFinding, check_dataset
from curation.rules.judging import fingerprint, judge
from curation.rules.registry import REGISTRY, Rule
from curation.rules.version import checker_version

MODULES = (
    argument_text,
    argument_values,
    dataset,
    grounding,
    no_tool,
    secrets,
    text_copies,
    text_damage,
    derived,
    entities,
    text_form,
    arguments,
    bytes_read,
    call_flow,
    call_ids,
    calls_together,
    parameters,
    schema_dialects,
    definitions,
    results,
    schema_lint,
    structure,
    old_form,
    tool_choice,
    tool_list,
    turn_order,
    turns,
    unknown_keys,
    answers,
    claims,
    consent,
    injections,
    recoveries,
    repeats,
    retries,
)
RULES: tuple[Rule, ...] = tuple(REGISTRY[slug] for slug in RULE_SLUGS.values() if slug in REGISTRY)
"""Every rule there is, in the order of the rule list."""
CHECKER_VERSION = checker_version()
"""Changes whenever a verdict may."""

__all__ = [
    "CATEGORIES",
    "CHECKER_VERSION",
    "RULES",
    "DatasetFinding",
    "Rule",
    "categories",
    "check",
    "check_dataset",
    "check_definition",
    "check_language",
    "check_tool",
    "fingerprint",
    "judge",
]
