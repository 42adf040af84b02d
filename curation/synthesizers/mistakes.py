"""One mistake in the arguments of a call, as models make them, and what the validator says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import msgspec

from curation.execution.drawing import type_of
from curation.execution.failures import explain_arguments
from curation.model.values import Json
from curation.synthesizers.scene import Request
from curation.synthesizers.wordings import parameters_of, required_of

_NEW_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where `sourceURL` and `HTMLBody` begin another word."""


class Broken(msgspec.Struct, frozen=True):
    """Arguments that do not fit, with the validator's sentence."""

    arguments: dict[str, Json]
    told: str


def break_arguments(request: Request, rng: Random) -> Broken | None:
    """The request's arguments with one mistake; None where every value fits the schema."""
    mistakes = list(_mistakes(request))
    for arguments in rng.sample(mistakes, len(mistakes)):
        told = explain_arguments(request.tool, arguments)
        if told:
            return Broken(arguments, told)
    return None


def _mistakes(request: Request) -> Iterator[dict[str, Json]]:
    schemas = parameters_of(request.tool)
    for name, value in request.arguments.items():
        rest = {key: kept for key, kept in request.arguments.items() if key != name}
        if name in required_of(request.tool) and rest:
            yield rest
        for wrong in wrong_values(schemas[name], value):
            yield request.arguments | {name: wrong}
        yield rest | {_other_spelling(name): value}


def _other_spelling(name: str) -> str:
    """`order_id` as `orderId`, `threadID` as `thread_id`: the name a model remembers from somewhere else."""
    if "_" in name:
        first, *others = name.split("_")
        return first + "".join(part[:1].upper() + part[1:] for part in others)
    return _NEW_WORD.sub("_", name).lower()


def wrong_values(schema: Json, value: Json) -> Iterator[Json]:
    """A value as it is mistaken: of another kind, or spelt as the schema does not take it."""
    if isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, str):
        if isinstance(schema, dict) and "enum" in schema:
            yield from (text for text in (value.upper(), value.replace("_", " ")) if text not in schema["enum"])
        else:
            yield from (value.lower(), f"#{value}")
    elif type_of(schema) == "array" and value:
        yield value[0]
