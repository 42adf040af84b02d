"""Values that fit a JSON schema, drawn from its types, enums, formats, examples and bounds."""

from __future__ import annotations

import math
from random import Random

from curation.execution.patterns import draw_matching
from curation.model.values import Json

_MOST_DEPTH = 6
_PLACES = ("Leeds", "Ghent", "Cork", "Porto", "Turin", "Graz", "Lille", "Aarhus", "Perth", "Bergen")
_PEOPLE = ("Ada", "Milan", "Yusuf", "Ingrid", "Chloe", "Tomasz", "Priya", "Hugo")
_WORDS = ("amber", "harbour", "maple", "lantern", "meadow", "copper", "violet", "granite", "willow", "comet")
_WHOLE = ("id", "number", "count", "page", "limit", "year", "index")
"""Names of numbers that people never give with a fraction."""
_BY_NAME = (
    (("city", "town", "place", "location", "country", "origin", "destination"), _PLACES),
    (("name", "person", "user", "author", "recipient", "customer"), _PEOPLE),
    (("language", "lang"), ("English", "German", "French", "Polish", "Spanish")),
    (("currency",), ("EUR", "USD", "GBP", "JPY")),
)


def draw(schema: Json, rng: Random, *, name: str = "", depth: int = 0) -> Json:
    """A value that fits `schema` as far as one walk can see; the caller checks it with the validator."""
    if not isinstance(schema, dict) or depth > _MOST_DEPTH:
        return rng.choice(_WORDS)
    if "const" in schema:
        return schema["const"]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return rng.choice(schema["enum"])
    for keyword in ("anyOf", "oneOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return draw(_first_not_null(schema[keyword]), rng, name=name, depth=depth + 1)
    return _draw_typed(schema, rng, name, depth)


def _first_not_null(choices: list[Json]) -> Json:
    fitting = [choice for choice in choices if not (isinstance(choice, dict) and choice.get("type") == "null")]
    return fitting[0] if fitting else {"const": None}


def type_of(schema: Json) -> str:
    """The schema's main type: the first that is not null; guessed from its keywords when it names none."""
    if not isinstance(schema, dict):
        return "string"
    stated = schema.get("type")
    if isinstance(stated, list):
        stated = next((kind for kind in stated if kind != "null"), "null")
    if isinstance(stated, str):
        return stated
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _draw_typed(schema: dict[str, Json], rng: Random, name: str, depth: int) -> Json:
    kind = type_of(schema)
    if kind in ("integer", "number"):
        return _draw_number(schema, rng, whole=kind == "integer" or name.lower().endswith(_WHOLE))
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "null":
        return None
    if kind == "array":
        return _draw_array(schema, rng, name, depth)
    if kind == "object":
        return draw_object(schema, rng, depth=depth)
    return draw_text(schema, rng, name)


def draw_object(schema: dict[str, Json], rng: Random, *, optional: float = 0.4, depth: int = 0) -> dict[str, Json]:
    """An object with every required property and, by chance, some of the optional ones."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return {}
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return {
        key: draw(inner, rng, name=key, depth=depth + 1)
        for key, inner in properties.items()
        if key in needed or rng.random() < optional
    }


def _draw_array(schema: dict[str, Json], rng: Random, name: str, depth: int) -> list[Json]:
    least = int(schema.get("minItems") or 1)
    most = min(int(schema.get("maxItems") or least + 2), least + 2)
    wanted, drawn = rng.randint(least, max(least, most)), []
    for _ in range(wanted * 8):
        value = draw(schema.get("items", {}), rng, name=name, depth=depth + 1)
        if value not in drawn or not schema.get("uniqueItems", True):
            drawn.append(value)
        if len(drawn) == wanted:
            break
    return drawn


def _draw_number(schema: dict[str, Json], rng: Random, *, whole: bool) -> int | float:
    low, high = _bounds(schema, whole=whole)
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0:
        first, last = math.ceil(low / step), math.floor(high / step)
        value = rng.randint(first, max(first, last)) * step
        return int(value) if float(value).is_integer() else round(value, 6)
    if whole:
        return rng.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))
    value = round(rng.uniform(low, high), 1)
    return value if low <= value <= high else low


def _bounds(schema: dict[str, Json], *, whole: bool) -> tuple[float, float]:
    gap = 1 if whole else 0.1
    low, high = _number(schema, "minimum"), _number(schema, "maximum")
    above, below = _number(schema, "exclusiveMinimum"), _number(schema, "exclusiveMaximum")
    if above is not None:
        low = above + gap
    if below is not None:
        high = below - gap
    if low is None:
        low = 1 if high is None else min(1, high)
    return low, max(low, low + 49 if high is None else high)


def _number(schema: dict[str, Json], keyword: str) -> float | None:
    value = schema.get(keyword)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def draw_text(schema: dict[str, Json], rng: Random, name: str = "") -> str:
    """A string by pattern, format, examples or name, whichever says most; kept within its length bounds."""
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and (matching := draw_matching(pattern, rng)):
        return matching
    by_format = _draw_format(str(schema.get("format", "")), rng)
    if by_format:
        return by_format
    examples = schema.get("examples")
    if isinstance(examples, list) and (texts := [text for text in examples if isinstance(text, str)]):
        return _reshape(rng.choice(texts), rng)
    return _fit_length(_draw_by_name(name.lower(), rng), schema, rng)


def _draw_format(name: str, rng: Random) -> str | None:
    year, month, day = rng.randint(2024, 2027), rng.randint(1, 12), rng.randint(1, 28)
    date, time = f"{year}-{month:02}-{day:02}", f"{rng.randint(0, 23):02}:{rng.choice((0, 15, 30, 45)):02}:00"
    word = rng.choice(_WORDS)
    known = {
        "date": date,
        "time": f"{time}Z",
        "date-time": f"{date}T{time}Z",
        "email": f"{rng.choice(_PEOPLE).lower()}@{word}.example",
        "uri": f"https://{word}.example/{rng.choice(_WORDS)}",
        "url": f"https://{word}.example/{rng.choice(_WORDS)}",
        "hostname": f"{word}.example",
        "ipv4": f"192.0.2.{rng.randint(1, 254)}",
        "ipv6": f"2001:db8::{rng.randint(1, 9999):x}",
        "uuid": "-".join(f"{rng.getrandbits(4 * n):0{n}x}" for n in (8, 4, 4, 4, 12)),
        "duration": f"PT{rng.randint(1, 48)}H",
    }
    return known.get(name)


def _reshape(example: str, rng: Random) -> str:
    """Another value of the example's shape when it looks like an identifier; else the example itself."""
    if " " in example or not any(mark.isdigit() for mark in example):
        return example
    return "".join(str(rng.randint(1, 9)) if mark.isdigit() else mark for mark in example)


def _draw_by_name(name: str, rng: Random) -> str:
    if name == "id" or name.endswith(("_id", "id", "number", "code", "key")):
        return f"{rng.choice('ABCDEFGHKLMNPRSTUVWX')}{rng.randint(1000, 9999)}"
    if "email" in name or "mail" in name:
        return f"{rng.choice(_PEOPLE).lower()}@{rng.choice(_WORDS)}.example"
    if "date" in name or name in ("day", "when"):
        return _draw_format("date", rng) or ""
    for words, values in _BY_NAME:
        if any(word in name for word in words):
            return rng.choice(values)
    return f"{rng.choice(_WORDS)} {rng.choice(_WORDS)}"


def _fit_length(text: str, schema: dict[str, Json], rng: Random) -> str:
    least, most = int(schema.get("minLength") or 0), schema.get("maxLength")
    while len(text) < least:
        text = f"{text} {rng.choice(_WORDS)}"
    return text[: int(most)].rstrip() if most is not None else text
