"""What a search finds has to do with what was searched: the words stand in the titles of the things found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.acting import QUERIES
from curation.synthesizers.pack_values import kind_of
from curation.synthesizers.wordings import parameters_of

_TITLES = ("title", "name", "full_name", "subject", "headline", "summary", "message", "description", "text", "path")
_SEARCHABLE = re.compile(r"[^\W_][\w ,'-]*")
"""Plain words; what a search engine reads otherwise (`is:open`) stands in no title."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_FILE = re.compile(r"(?P<folder>(?:[\w-]+/)*)[\w-]+(?P<ending>\.\w{1,5})")
_TAILS = ("a first overview", "questions and answers", "notes for beginners", "what is new", "a short guide")
_SLUG_TAILS = ("", "-tools", "-notes", "-app", "-docs")


def topic_of(tool: Tool, arguments: Mapping[str, Json]) -> str:
    """What a call searches for in plain words; empty where it searches for nothing."""
    known = parameters_of(tool)
    said = (value for name, value in arguments.items() if kind_of(tool, name, known.get(name)) in QUERIES)
    return next((value for value in said if isinstance(value, str) and _SEARCHABLE.fullmatch(value)), "")


def put_on_topic(found: list[Json], topic: str, rng: Random) -> list[Json]:
    """The things found, each called after the topic in its own way."""
    numbers = rng.sample(range(len(_TAILS)), len(_TAILS))
    return [_about(one, topic, numbers[place % len(numbers)]) for place, one in enumerate(found)]


def _about(record: Json, topic: str, number: int) -> Json:
    if not isinstance(record, dict):
        return record
    key = next((name for name in _TITLES if isinstance(record.get(name), str)), "")
    if key:
        return record | {key: _call_after(record[key], topic, number)}
    inner = [name for name, one in record.items() if isinstance(one, dict)]
    return record | {inner[0]: _about(record[inner[0]], topic, number)} if len(inner) == 1 else record


def _call_after(title: str, topic: str, number: int) -> str:
    """ "chess engine" → `chess-engine-tools`, `src/chess_engine.py` or "Chess engine: a short guide"."""
    words = re.findall(r"\w+", topic.lower())
    if _SLUG.fullmatch(title):
        return "-".join(words) + _SLUG_TAILS[number]
    if file := _FILE.fullmatch(title):
        return f"{file['folder']}{'_'.join(words)}{file['ending']}"
    return f"{topic[:1].upper()}{topic[1:]}: {_TAILS[number]}"
