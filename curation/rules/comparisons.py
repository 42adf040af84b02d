"""The comparisons a label can name for an argument, and whether one that it names says anything.

A comparison that says nothing would be taken for `normalised`, and the figures would look as if it counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from curation.model.values import Json
from curation.rules.opaque import is_opaque
from curation.schemas import compile_schema

NORMALISED = "normalised"
IGNORE = "ignore"
COMPARISONS: tuple[str, ...] = (
    "exact",
    NORMALISED,
    "case_fold",
    "number",
    "date",
    "set",
    "regex",
    "contains",
    "any_of",
    IGNORE,
)
MAIN_SETTING = {"number": "tolerance", "regex": "pattern", "contains": "text", "any_of": "values"}
"""What the value of the short form `{kind: value}` sets."""
SETTINGS = {"number": {"tolerance"}, "regex": {"pattern"}, "contains": {"text", "values"}, "any_of": {"values"}}
_FOR_AN_ID = frozenset({"exact", NORMALISED, "any_of", IGNORE})
_FOR_IDS = _FOR_AN_ID | {"set", "contains"}
"""Of a list of ids the order may be free, or only some be asked for."""
ONLY_LETTERS = "an id is compared letter by letter, with `any_of` against each value, with `ignore` not at all"
_KIND_KEYS = ("kind", "comparator")
_MOST_SHOWN = 40


def open_comparison(value: Json) -> tuple[str, dict[str, Json]]:
    """The kind and its settings, of the short forms too; an empty kind where there is none."""
    if isinstance(value, str):
        return value, {}
    if not isinstance(value, dict):
        return "", {}
    kind = value.get("kind", value.get("comparator"))
    if isinstance(kind, str):
        return kind, {key: one for key, one in value.items() if key not in _KIND_KEYS}
    if len(value) != 1:
        return "", {}
    only = str(*value)
    return only, {MAIN_SETTING.get(only, only): value[only]}


def explain_comparator(value: Json) -> str | None:
    """What is wrong with a comparator, as half a sentence; None when nothing is."""
    kind, settings = open_comparison(value)
    if kind not in COMPARISONS:
        shown = f"is of the unknown kind `{kind[:_MOST_SHOWN]}`" if kind else "has no kind"
        return f"{shown}; the kinds are {', '.join(COMPARISONS)}"
    unknown = next((key for key in settings if key not in SETTINGS.get(kind, set())), None)
    if unknown is not None:
        return f"has the setting `{unknown[:_MOST_SHOWN]}`, which `{kind}` does not take"
    return _explain_setting(kind, settings)


def is_idle(comparator: Json, argument: str, value: Json) -> bool:
    """Whether a comparison asks for a leniency that an id, or a list of ids, is not given."""
    kind, _ = open_comparison(comparator)
    if isinstance(value, list):
        return kind not in _FOR_IDS and bool(value) and all(is_opaque(argument, one) for one in value)
    return kind not in _FOR_AN_ID and is_opaque(argument, value)


def _explain_setting(kind: str, settings: dict[str, Json]) -> str | None:
    if kind == "number" and not _is_number(settings.get("tolerance", 0)):
        return "needs a number as `tolerance`"
    if kind == "any_of" and not isinstance(settings.get("values"), list):
        return "needs a list as `values`"
    if kind == "contains" and _finds_anywhere(settings):
        return "needs a text to look for, as any value contains nothing"
    return _explain_pattern(settings.get("pattern")) if kind == "regex" else None


def _finds_anywhere(settings: dict[str, Json]) -> bool:
    """Whether every text holds what is looked for: no texts, or empty ones. Unsaid, it is the value itself."""
    wanted = settings.get("values", settings.get("text", "value"))
    texts = wanted if isinstance(wanted, list) else [wanted]
    return all(isinstance(text, str) and not text.strip() for text in texts)


def _explain_pattern(pattern: Json) -> str | None:
    if not isinstance(pattern, str):
        return "needs a text as `pattern`"
    return None if can_match(pattern) else "has a `pattern` that is no regular expression here"


@lru_cache(maxsize=256)
def can_match(pattern: str) -> bool:
    """Whether a pattern is a regular expression that the schemas' engine matches in linear time and bounded memory.

    On its own as well as between the anchors it is matched with: `a)|(b` is an expression only there.
    """
    found = (compile_schema(whole) for whole in (pattern_schema(pattern), json.dumps({"pattern": pattern})))
    return all(one.fault is None and one.is_plain for one in found)


def pattern_schema(pattern: str) -> str:
    """The schema of texts that match a pattern from their beginning to their end."""
    return json.dumps({"type": "string", "pattern": f"^(?:{pattern})$"})


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def owner_of(key: str, names: Iterable[str]) -> str | None:
    """The tool that a comparison's key `tool.argument` names, among these; names may hold dots, so the longest fits."""
    fitting = [name for name in names if key.startswith(f"{name}.")]
    return max(fitting, key=len, default=None)
