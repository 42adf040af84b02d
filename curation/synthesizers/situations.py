"""Situations: what the person of a drafted conversation is after, which values they know, and what goes wrong.

The system draws what is to be called from the schemas; a model only puts it into words. So what the request asks for is
known before a word of it is written, and every answer can be held against it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from random import Random

import msgspec

from curation.model.candidate import Deed
from curation.model.definition import Tool
from curation.synthesizers.actions import action_of, name_action
from curation.synthesizers.contract import Cell, Voice
from curation.synthesizers.goals import Fact

_FIRST_SENTENCE = re.compile(r".+?[.!?](?= |$)")
_LONGEST_DESCRIPTION = 240


class Situation(msgspec.Struct, frozen=True):
    """One conversation to be."""

    number: int
    name: str
    """What its family is called; another order has it only where it draws the same situation."""
    cell: Cell
    wants: str
    facts: tuple[Fact, ...]
    offered: tuple[Tool, ...]
    voice: str
    later: tuple[Fact, ...] = ()
    """Values the person gives when they are asked."""
    then: str = ""
    """What the person is after once the assistant has asked; empty: the conversation ends with the question."""
    deeds: tuple[Deed, ...] | None = None
    spoiled: Deed | None = None
    """A wrong call that stands at the beginning, with …"""
    failure: str = ""
    """… what the first call brings instead of a result."""
    note: str = ""
    """Words of a stranger that stand in the first result."""
    standing: str = ""
    record: str = ""


class _Words(msgspec.Struct, frozen=True):
    """`situations.toml`."""

    personas: tuple[str, ...]
    tones: tuple[str, ...]
    lengths: tuple[str, ...]
    languages: tuple[str, ...]
    wants: dict[str, tuple[str, ...]]
    answers: dict[str, str]
    matters: dict[str, tuple[str, ...]]
    injections: dict[str, tuple[str, ...]]
    standing: dict[str, str]


@lru_cache(maxsize=1)
def situation_words() -> _Words:
    """How situations are put."""
    return msgspec.toml.decode((files("curation.synthesizers") / "situations.toml").read_bytes(), type=_Words)


def name_cell(cell: Cell) -> str:
    """`no_tool.refuse`, `positive`."""
    return f"{cell.category}.{cell.kind}" if cell.kind else cell.category


def voice_of(voice: Voice, rng: Random) -> str:
    """How the person of one conversation speaks, in a line."""
    words = situation_words()
    who, tone = rng.choice(voice.personas or words.personas), rng.choice(voice.tones or words.tones)
    length = rng.choice(voice.lengths or words.lengths)
    language = rng.choice(voice.languages or words.languages)
    return f"Who: {who}. Tone: {tone}. Length: {length}. Language: {language}."


def describe(tool: Tool | None) -> str:
    """What a tool does, for a person who is never told its name: a verb phrase, and the words of its description."""
    if tool is None:
        return ""
    action = action_of(tool)
    told = " ".join((tool.definition.view.description or "").split())
    first = _FIRST_SENTENCE.match(told)
    said = (first.group() if first else told)[:_LONGEST_DESCRIPTION].rstrip(". ")
    if said and action != name_action(tool.name):
        # The action was read off the description, which says it better.
        return f"{said}."
    return f"{action[:1].upper()}{action[1:]}."
