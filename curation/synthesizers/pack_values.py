"""Names, places, dates, amounts and ids that stand for what people say: by kind, and an expert's own instead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from random import Random

import msgspec

from curation.execution.patterns import draw_matching
from curation.model.definition import Tool
from curation.model.values import Json
from curation.schemas import compile_schema
from curation.synthesizers.details import label_words


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of value."""

    title: str
    names: tuple[str, ...] = ()
    """Parameter names in words; a longer name that ends with one of them is of this kind too."""
    also: tuple[str, ...] = ()
    """Names that mean this kind only where the tool is `about` it."""
    about: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    pattern: str = ""

    def draw(self, rng: Random) -> str:
        if self.values:
            return rng.choice(self.values)
        if self.parts:
            return "".join(rng.choice(part) for part in self.parts)
        return draw_matching(self.pattern, rng) or ""


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order in which they are tried."""
    text = (files("curation.synthesizers.words") / "values.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Kind])


def kind_of(tool: Tool, name: str, schema: Json) -> str:
    """Which kind of value a text parameter takes; empty when nothing tells."""
    stated = schema if isinstance(schema, dict) else {}
    return _kind_of(tool.name, name, str(stated.get("format", "")), str(stated.get("description", "")))


@lru_cache(maxsize=8192)
def _kind_of(tool: str, name: str, form: str, description: str) -> str:
    label = label_words(name).lower()
    told = set(re.findall(r"[a-z]+", f"{label_words(tool)} {description}".lower()))
    by_context = (key for key, kind in kinds().items() if label in kind.also and told & set(kind.about))
    by_format = (key for key, kind in kinds().items() if form and form in kind.formats)
    return next(by_context, "") or next(by_format, "") or _by_name(label)


def _by_name(label: str) -> str:
    """The kind with the longest name that the label is or ends with."""
    fitting = [
        (len(known), -place, key)
        for place, (key, kind) in enumerate(kinds().items())
        for known in kind.names
        if label == known or label.endswith((f" {known}", f" {known}s"))
    ]
    return max(fitting)[2] if fitting else ""


class DomainValues:
    """What an order's values are drawn from."""

    def __init__(self, own: Mapping[str, Sequence[str]], parts: Mapping[str, tuple[tuple[str, ...], ...]]) -> None:
        self._own = own
        self._parts = parts

    def own_values(self, tool: Tool, name: str, schema: Json) -> tuple[Json, ...]:
        """The expert's values for a parameter, or for its kind, that its schema takes."""
        written = self._own.get(name) or self._own.get(kind_of(tool, name, schema)) or ()
        return _fitting(tuple(written), msgspec.json.encode(schema).decode())

    def draw_text(self, tool: Tool, name: str, schema: dict[str, Json], rng: Random) -> str | None:
        """A text by the pack's parts or by the parameter's kind; None when neither knows it."""
        if parts := self._parts.get(name):
            return "".join(rng.choice(part) for part in parts)
        kind = kind_of(tool, name, schema)
        if not kind or not _takes_plain_text(schema):
            return None
        drawn = kinds()[kind].draw(rng)
        return drawn if not compile_schema(msgspec.json.encode(schema).decode()).errors(drawn) else None


def _takes_plain_text(schema: dict[str, Json]) -> bool:
    """Whether nothing says more of a text than its name: no pattern, no examples of an id's shape."""
    examples = schema.get("examples")
    shaped = isinstance(examples, list) and any(re.search(r"\d", str(one)) for one in examples)
    return "pattern" not in schema and not shaped


@lru_cache(maxsize=4096)
def _fitting(written: tuple[str, ...], schema_text: str) -> tuple[Json, ...]:
    """Those of the texts that are, as text or as the number they spell, what the schema takes."""
    compiled = compile_schema(schema_text)
    if compiled.fault is not None:
        return ()
    return tuple(value for text in written for value in _read(text)[:1] if not compiled.errors(value)) or tuple(
        value for text in written for value in _read(text)[1:] if not compiled.errors(value)
    )


def _read(text: str) -> tuple[Json, ...]:
    """A written value as text, then as the number it spells."""
    try:
        number = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return (text,)
    return (text, number) if isinstance(number, int | float) and not isinstance(number, bool) else (text,)
