"""What a model misreads in the parameters of one tool although the schema is valid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.model.values import Json
from curation.rules.hints import fold_name, quote
from curation.rules.registry import Hit
from curation.rules.units import lacks_unit, name_words
from curation.schemas.pointers import escape_step

_SAYS_OPTIONAL = re.compile(
    r"[(\[]\s*optional(?:er|e|es)?\b|^\s*optional(?:er|e|es)?\b|\bis optional\b|\bif omitted\b|\bcan be omitted\b"
    r"|\bmay be left out\b|\bkann weggelassen werden\b|可选|选填|非必填|可省略",
    re.IGNORECASE,
)
_SAYS_REQUIRED = re.compile(
    r"[(\[]\s*(?:required|mandatory|erforderlich|pflichtfeld)\s*[)\]]|^\s*(?:required|mandatory|pflichtfeld)\s*[.:,;]"
    r"|\b(?:this|field|argument|parameter|value) is (?:required|mandatory)\b(?! (?:if|when|for|only|unless|in))"
    r"|(?<!非)必填",
    re.IGNORECASE,
)
_SAYS_DEFAULT = re.compile(
    r"\b(?:defaults? to|default(?: value)? is|default(?: value)?[:=]|standardwert ist)\s*[`'\"“]?"
    r"(-?\d{1,3}(?:,\d{3})+|-?\d+(?:\.\d+)?|[A-Za-z_][\w-]*)[`'\"”]?(?=[\s.,;)]|$)",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]?\d{1,4}|[A-Za-z]|[A-Z]{2}\d+")
_FEWEST_ALIKE = 8
_MOST_READ = 4_000
_FEW = 40

Property = tuple[str, dict[str, Json], str]
"""Name, schema and place of one property."""


def properties_of(node: dict[str, Json], at: str) -> list[Property]:
    """The properties of one object schema that are schemas themselves."""
    properties = node.get("properties")
    if not isinstance(properties, dict):
        return []
    return [
        (name, child, f"{at}/properties/{escape_step(name)}")
        for name, child in properties.items()
        if isinstance(child, dict)
    ]


def text_of(schema: dict[str, Json]) -> str:
    """The description of a schema, empty when it has none."""
    description = schema.get("description")
    return description[:_MOST_READ] if isinstance(description, str) else ""


def find_hidden_optionality(node: dict[str, Json], at: str) -> Iterator[Hit]:
    """Descriptions that say optional where the schema says required, or the reverse."""
    required = node.get("required")
    names = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    for name, child, place in properties_of(node, at):
        text = text_of(child)
        if not text:
            continue
        if name in names and _SAYS_OPTIONAL.search(text) and not _SAYS_REQUIRED.search(text):
            message = (
                f"`{name[:60]}` is required, but its description says that it may be left out; correct one of them."
            )
            yield Hit(place, message, {"name": name[:200], "says": "optional"})
        elif name not in names and _SAYS_REQUIRED.search(text) and not _SAYS_OPTIONAL.search(text):
            message = f"`{name[:60]}` is optional, but its description says that it is required; correct one of them."
            yield Hit(place, message, {"name": name[:200], "says": "required"})


def find_other_default(node: dict[str, Json], at: str) -> Hit | None:
    """A description that names another default than the schema."""
    default = node.get("default")
    if isinstance(default, bool):
        written = "true" if default else "false"
    elif isinstance(default, str | int | float):
        written = str(default)
    else:
        return None
    found = _SAYS_DEFAULT.search(text_of(node))
    if found is None or _same_value(found.group(1), written) or not _is_value(found.group(1), node):
        return None
    message = (
        f"The default is {quote(default)[:60]}, but the description says {found.group(1)[:40]}; correct one of them."
    )
    return Hit(at + "/default", message, {"value": default, "says": found.group(1)[:80]})


def _same_value(said: str, written: str) -> bool:
    if fold_name(said) == fold_name(written):
        return True
    try:
        return float(said.replace(",", "")) == float(written)
    except ValueError:
        return fold_name(written).startswith(fold_name(said))


def _is_value(said: str, node: dict[str, Json]) -> bool:
    """Whether the word after `default` is a value and not the next word of the sentence."""
    options = node.get("enum")
    if isinstance(options, list):
        return any(fold_name(said) == fold_name(str(option)) for option in options)
    if node.get("type") in ("integer", "number"):
        return said.lstrip("-").replace(",", "").replace(".", "", 1).isdecimal()
    return node.get("type") == "boolean" and said.lower() in ("true", "false")


def find_silent_codes(node: dict[str, Json], at: str) -> Hit | None:
    """An enum of codes whose meaning nobody tells."""
    options = node.get("enum")
    if not isinstance(options, list) or not 2 <= len(options) <= _FEW:
        return None
    codes = [str(option) for option in options if isinstance(option, str | int) and not isinstance(option, bool)]
    if len(codes) != len(options) or not all(_CODE.fullmatch(code) for code in codes) or _is_scale(options):
        return None
    text = text_of(node)
    told = sum(re.search(rf"(?<!\w){re.escape(code)}(?!\w)", text) is not None for code in codes)
    if told * 2 >= len(codes) or "ISO" in text:
        return None
    message = f"The values {', '.join(codes[:4])}{' …' if len(codes) > 4 else ''} are codes; say what each one means."
    return Hit(at + "/enum", message, {"enum": options[:10], "mild": True})


def _is_scale(options: list[Json]) -> bool:
    """Whole numbers count something by themselves: stars, sizes, hours."""
    return all(isinstance(option, int) for option in options) or all(str(option).isdecimal() for option in options)


def find_missing_units(node: dict[str, Json], at: str) -> Iterator[Hit]:
    """Numbers that measure something without saying in what."""
    found = properties_of(node, at)
    if any(name_words(name)[-1:] in (("unit",), ("units",), ("currency",)) for name, _, _ in found):
        return
    for name, child, place in found:
        if child.get("type") in ("integer", "number") and "enum" not in child and lacks_unit(name, text_of(child)):
            message = f"`{name[:60]}` is a number without a unit; say in the description what it is measured in."
            yield Hit(place, message, {"argument": name[:200], "unit": None, "mild": True})


def find_look_alikes(node: dict[str, Json], at: str) -> Iterator[Hit]:
    """Two properties of one object that read the same: by name, or word for word in their description."""
    by_name: dict[str, str] = {}
    by_text: dict[str, str] = {}
    for name, child, place in properties_of(node, at):
        twin = by_name.setdefault(fold_name(name), name)
        if twin != name:
            message = f"`{name[:60]}` and `{twin[:60]}` differ only in form; give them names that can be told apart."
            yield Hit(place, message, {"argument": name[:200], "twin": twin[:200]})
            continue
        text = " ".join(text_of(child).casefold().split())
        twin = by_text.setdefault(text, name) if len(text) >= _FEWEST_ALIKE else name
        if twin != name:
            message = f"`{name[:60]}` and `{twin[:60]}` have the same description; say how they differ."
            yield Hit(place, message, {"argument": name[:200], "twin": twin[:200]})
