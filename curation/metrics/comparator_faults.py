"""Whether a comparator, as a label gives it, says anything; one that does not would compare as `normalised`."""

from __future__ import annotations

import json

from curation.metrics.comparators import COMPARATORS, MAIN_SETTING
from curation.metrics.equality import is_number
from curation.model.values import Json
from curation.schemas import compile_schema

_SETTINGS = {"number": {"tolerance"}, "regex": {"pattern"}, "contains": {"text", "values"}, "any_of": {"values"}}
_KIND_KEYS = {"kind", "comparator"}


def explain_comparator(value: Json) -> str | None:
    """What is wrong with a comparator, as half a sentence; None when nothing is."""
    kind, settings = _open(value)
    if kind not in COMPARATORS:
        shown = f"is of the unknown kind `{kind}`" if kind else "has no kind"
        return f"{shown}; the kinds are {', '.join(COMPARATORS)}"
    unknown = next((key for key in settings if key not in _SETTINGS.get(kind, set())), None)
    if unknown is not None:
        return f"has the setting `{unknown}`, which `{kind}` does not take"
    return _explain_setting(kind, settings)


def _open(value: Json) -> tuple[str, dict[str, Json]]:
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


def _explain_setting(kind: str, settings: dict[str, Json]) -> str | None:
    if kind == "number" and not is_number(settings.get("tolerance", 0)):
        return "needs a number as `tolerance`"
    if kind == "any_of" and not isinstance(settings.get("values"), list):
        return "needs a list as `values`"
    return _explain_pattern(settings.get("pattern")) if kind == "regex" else None


def _explain_pattern(pattern: Json) -> str | None:
    if not isinstance(pattern, str):
        return "needs a text as `pattern`"
    compiled = compile_schema(json.dumps({"type": "string", "pattern": f"^(?:{pattern})$"}))
    return (
        None if compiled.fault is None and compiled.is_plain else "has a `pattern` that is no regular expression here"
    )
