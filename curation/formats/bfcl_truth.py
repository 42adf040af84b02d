"""What BFCL accepts as an answer: for each call, for each argument, a list of values; "" means it may be left out.

Of several values the first is the one to learn: where that is "", the argument is left out. Where the tool needs it, it
is the first that says something.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from curation.formats.slices import Members, cut_list, cut_object, paste
from curation.model.source import write_list
from curation.schemas.pointers import escape_step

LEFT_OUT = '""'
_MOST_VARIANTS = 64
"""How many values an object may be spelt out to, when each of its members has several."""


class TrueCall(NamedTuple):
    """One call that is right."""

    name: str
    arguments: str
    """The first acceptable value of each, as source."""
    step: str
    """Pointer to its arguments inside the list's element."""


class Truth(NamedTuple):
    """All calls of an answer with everything that is acceptable."""

    calls: tuple[TrueCall, ...]
    acceptable: str
    """As our envelope holds it, as source."""
    is_cut: bool


def read_truth(source: str | None, required: Mapping[str, Collection[str]]) -> Truth | None:
    """The calls of a `ground_truth`; None when it is anything else.

    Args:
        source: its JSON.
        required: tool → the arguments it needs, of which "" is a value like any other.
    """
    elements = cut_list(source)
    if elements is None:
        return None
    calls: list[TrueCall] = []
    accepted: list[str] = []
    is_cut = False
    for element in elements:
        named = cut_object(element)
        if named is None or len(named) != 1:
            return None
        ((name, inner),) = named.items()
        arguments = _cut_arguments(inner)
        if arguments is None:
            return None
        spelt = {key: _spell(values) for key, values in arguments.items()}
        is_cut |= any(len(values) >= _MOST_VARIANTS for values in spelt.values())
        calls.append(TrueCall(name, paste(_first(spelt, required.get(name, ()))), f"/{escape_step(name)}"))
        accepted.append(paste({name: paste({key: write_list(values) for key, values in spelt.items()})}))
    return Truth(tuple(calls), write_list(accepted), is_cut)


def _cut_arguments(source: str) -> dict[str, list[str]] | None:
    members = cut_object(source)
    if members is None:
        return None
    found = {key: cut_list(value) for key, value in members.items()}
    return (
        {key: values for key, values in found.items() if values is not None}
        if all(values is not None for values in found.values())
        else None
    )


def _first(spelt: dict[str, list[str]], required: Collection[str]) -> Members:
    """The value to learn for each argument that is given."""
    return {
        key: next((value for value in values if value != LEFT_OUT), LEFT_OUT) if key in required else values[0]
        for key, values in spelt.items()
        if values and (values[0] != LEFT_OUT or key in required)
    }


def _spell(values: Sequence[str]) -> list[str]:
    return [variant for value in values for variant in _variants(value)][:_MOST_VARIANTS]


def _variants(source: str) -> list[str]:
    """The values an acceptable value stands for: inside an object each member has a list of its own."""
    members = cut_object(source)
    if members:
        options = [_member_options(value) for value in members.values()]
        if all(options):
            return [
                paste({key: value for key, value in zip(members, chosen, strict=True) if value is not None})
                for chosen in islice(product(*[one for one in options if one]), _MOST_VARIANTS)
            ]
    elements = cut_list(source)
    if elements and all(cut_object(element) is not None for element in elements):
        spelt = [_variants(element) for element in elements]
        return [write_list(list(chosen)) for chosen in islice(product(*spelt), _MOST_VARIANTS)]
    return [source]


def _member_options(source: str) -> list[str | None] | None:
    """What a member of an acceptable object may be; None where it holds no list: the object is meant as it is."""
    values = cut_list(source)
    if not values:
        return None
    options: list[str | None] = [variant for value in values if value != LEFT_OUT for variant in _variants(value)]
    return [*options, None] if LEFT_OUT in values else options
