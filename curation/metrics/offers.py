"""Which tools a row offers, and whether arguments fit them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from curation.model.definition import Definition
from curation.model.example import Example
from curation.model.values import Json
from curation.schemas import compile_schema

NO_PARAMETERS = '{"type":"object","properties":{},"additionalProperties":false}'
"""A definition without parameters takes none."""


class Offer(msgspec.Struct, frozen=True):
    """The tools of one row: name → exact text of the parameters schema (None: unknown, anything fits)."""

    parameters: dict[str, str | None] = {}

    def has(self, name: str) -> bool:
        return name in self.parameters

    def schema(self, name: str) -> dict[str, Json]:
        """The parsed parameters schema of a tool; an empty one where it is unknown or at fault."""
        text = self.parameters.get(name)
        schema = compile_schema(text).schema if text else None
        return schema if isinstance(schema, dict) else {}

    def fault(self, name: str, arguments: Json) -> str | None:
        """The first place where arguments break the tool's schema, as half a sentence; None when they fit."""
        text = self.parameters.get(name)
        errors = compile_schema(text).errors(arguments) if text else ()
        return f"{errors[0].pointer or '/'} {errors[0].message}" if errors else None


def offer_of(example: Example, fallback: Iterable[str] = ()) -> Offer:
    """What a row offers; a row without `tools` offers the fallback names, with nothing known of their schemas."""
    if isinstance(example.tools, tuple):
        return offer_tools(example.tools)
    return Offer(dict.fromkeys(fallback))


@lru_cache(maxsize=512)
def offer_tools(tools: tuple[Definition, ...]) -> Offer:
    """What a row with these tools offers."""
    parameters: dict[str, str | None] = {}
    for definition in tools:
        view = definition.view
        if view.name is not None:
            parameters.setdefault(view.name, view.parameters_text or NO_PARAMETERS)
    return Offer(parameters)
