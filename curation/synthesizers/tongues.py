"""All words of one order in one language: a pack's where it knows the tool, generic ones elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.execution.drawing import type_of
from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.actions import actions_of, is_plural
from curation.synthesizers.details import label_beside, say_choice, say_plainly
from curation.synthesizers.domain import Pack, PackWords, load_pack_words
from curation.synthesizers.generic import generic_words
from curation.synthesizers.speech import find_pack, knows
from curation.synthesizers.wordings import Remark, ToolWording, parameters_of

_MOST_CHOICES = 6
"""More values of a fixed list are not read out in a question."""


class Tongue(msgspec.Struct, frozen=True):
    """The words of one language."""

    language: str
    wordings: Mapping[str, ToolWording]
    composed: frozenset[str]
    """Tools whose frames are templates for any tool: `@action`, and `@comma`, `@colon` or `@sentence` for arguments."""
    remarks: Mapping[str, tuple[Remark, ...]]
    about: Mapping[str, tuple[Remark, ...]]
    """No-tool reason → remarks that name what a tool does (`{action}`), for any tool."""
    slots: Mapping[str, tuple[str, ...]]
    sayings: Mapping[str, tuple[str, ...]]
    family: str
    with_values: frozenset[int]
    """Templates that make sense only with at least one argument said."""
    inner: frozenset[int]
    """Templates that may stand in the middle of a longer request; empty: all of them."""


class _GenericWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`generic_de.toml` and its like."""

    frames: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    remarks: dict[str, tuple[Remark, ...]]
    inner: tuple[int, ...] = ()


@lru_cache(maxsize=1)
def _all_sayings() -> dict[str, dict[str, tuple[str, ...]]]:
    text = (files("curation.synthesizers.words") / "sayings.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, tuple[str, ...]]])


@lru_cache(maxsize=8)
def _generic(language: str) -> _GenericWords:
    if language == "en":
        words = generic_words()
        return _GenericWords(words.frames, words.slots, words.remarks, words.inner)
    text = (files("curation.synthesizers.words") / f"generic_{language}.toml").read_bytes()
    return msgspec.toml.decode(text, type=_GenericWords)


def choose_tongue(tools: Sequence[Tool], called: Sequence[Tool], pack_name: str, language: str) -> Tongue:
    """The words for some tools.

    Args:
        tools: all that may be offered.
        called: those that may be called: by them a pack is found.
    """
    pack = find_pack(tuple(called), pack_name)
    own = load_pack_words(pack.name, language) if pack else None
    generic, sayings = _generic(language), _all_sayings()[language]
    actions = actions_of(tools)
    wordings = {
        tool.name: _wording(tool, pack, own) or _compose(tool, actions[tool.name], generic, sayings, language)
        for tool in tools
    }
    about = {reason: tuple(one for one in lines if "{action}" in one.say) for reason, lines in generic.remarks.items()}
    return Tongue(
        language=language,
        wordings=wordings,
        composed=frozenset(tool.name for tool in tools if not _wording(tool, pack, own)),
        remarks=own.remarks if own else generic.remarks,
        about=own.about if own and own.about else about,
        slots={**generic.slots, **(own.slots if own else {})},
        sayings=sayings,
        family=f"{pack.name}{_suffix(language)}" if pack and own else f"generic{_suffix(language)}",
        inner=frozenset(generic.inner),
        with_values=frozenset(place for place, frame in enumerate(generic.frames) if _leans_on_values(frame)),
    )


def _suffix(language: str) -> str:
    return "" if language == "en" else f"/{language}"


def _leans_on_values(template: str) -> bool:
    return (template.startswith("@") and not template.startswith("@action")) or any(
        words in template for words in ("these facts", "I was told")
    )


def _wording(tool: Tool, pack: Pack | None, own: PackWords | None) -> ToolWording | None:
    return own.wordings[tool.name] if pack and own and tool.name in own.wordings and knows(pack, tool) else None


def _compose(
    tool: Tool, action: str, generic: _GenericWords, sayings: Mapping[str, tuple[str, ...]], language: str
) -> ToolWording:
    return ToolWording(
        action=action,
        frames=generic.frames,
        ask={name: _questions(tool, name, schema, sayings) for name, schema in parameters_of(tool).items()},
        done={"say": sayings["done"]},
        reads_aloud=False,
        family=f"generic{_suffix(language)}",
    )


def _questions(tool: Tool, name: str, schema: Json, sayings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    label = label_beside(name, parameters_of(tool))
    # A single letter is read as a letter only in quotation marks.
    label = f'"{label}"' if len(label) == 1 else label
    choices = schema.get("enum") if isinstance(schema, dict) else None
    if isinstance(choices, list) and 1 < len(choices) <= _MOST_CHOICES:
        said = [say_choice(one) or say_plainly(one) for one in choices]
        listed = f"{', '.join(said[:-1])} {sayings['or'][0]} {said[-1]}"
        return tuple(ask.replace("{label}", label).replace("{choices}", listed) for ask in sayings["ask_choice"])
    if type_of(schema) == "boolean":
        return tuple(ask.replace("{label}", label) for ask in sayings["ask_switch"])
    asks = sayings["ask_many" if is_plural(label.split()[-1]) else "ask"]
    return tuple(ask.replace("{label}", label) for ask in asks)
