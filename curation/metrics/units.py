"""Whether a wrong value is the right amount in another unit."""

from __future__ import annotations

import math
import re

from curation.metrics.equality import fold, is_number
from curation.model.values import Json

_UNIT_NAMES = re.compile(r"(?:^|_)(?:units?|currency|uom|scale)$", re.IGNORECASE)
_AMOUNT = re.compile(r"\s*([^\d\s.,+-]*)\s*([+-]?\d[\d,]*(?:\.\d+)?)\s*([^\d\s][^\d]*)?\s*")
_UNIT_WORDS = re.compile(
    r"(?:^|[\W_])(?:s|ms|us|ns|sec|secs|seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|milliseconds?|m|cm|mm|km|"
    r"metres?|meters?|kilomet(?:re|er)s?|miles?|feet|foot|ft|inch(?:es)?|g|kg|mg|grams?|kilograms?|pounds?|lbs?|oz|"
    r"cents?|pence|dollars?|euros?|eur|usd|gbp|bytes?|kb|mb|gb|kib|mib|gib|percent|percentage|pct|celsius|fahrenheit|"
    r"kelvin|l|ml|lit(?:re|er)s?)(?:$|[\W_])",
    re.IGNORECASE,
)
_FACTORS = (10, 24, 60, 100, 1_000, 1_024, 3_600, 7, 86_400, 1_000_000, 1_048_576, 12, 16, 1.609344, 2.54, 0.3048)
_FACTORS_APART = 0.01
_LARGEST = 1e300


def differs_in_unit(name: str, schema: Json, gold: Json, given: Json) -> bool:
    """Whether two unequal values of one type differ by their unit only."""
    if isinstance(gold, str) and isinstance(given, str):
        return bool(_UNIT_NAMES.search(name)) or _same_amount(gold, given)
    if is_number(gold) and is_number(given):
        return _names_unit(name, schema) and _is_conversion(gold, given)
    return False


def _same_amount(gold: str, given: str) -> bool:
    """`5 km` and `5 mi`: the number agrees, the words around it do not."""
    first, second = _AMOUNT.fullmatch(gold[:64]), _AMOUNT.fullmatch(given[:64])
    if not first or not second or first.group(2) != second.group(2):
        return False
    return all(any(found.group(1, 3)) for found in (first, second)) and _words(first) != _words(second)


def _words(found: re.Match[str]) -> tuple[str, str]:
    return fold(found.group(1) or ""), fold(found.group(3) or "")


def _names_unit(name: str, schema: Json) -> bool:
    description = schema.get("description") if isinstance(schema, dict) else None
    return bool(_UNIT_WORDS.search(name) or (isinstance(description, str) and _UNIT_WORDS.search(description)))


def _is_conversion(gold: float, given: float) -> bool:
    if max(abs(gold), abs(given)) > _LARGEST or not all(map(math.isfinite, (gold, given))) or gold == 0 or given == 0:
        return False
    if math.isclose(gold * 1.8 + 32, given, abs_tol=0.6) or math.isclose(given * 1.8 + 32, gold, abs_tol=0.6):
        return True
    ratio = max(gold / given, given / gold)
    return any(math.isclose(ratio, factor if factor > 1 else 1 / factor, rel_tol=_FACTORS_APART) for factor in _FACTORS)
