"""How a scripted model reads what it is asked: its task, the parts of data, and which saying a text is most like."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec
from rapidfuzz import fuzz, process

from curation.llm.contract import Prompt
from curation.model.values import Json
from curation.synthesizers.domain import Pack, load_pack
from curation.synthesizers.fencing import open_fences
from curation.synthesizers.frames import say, slots_of
from curation.synthesizers.generic import generic_words
from curation.synthesizers.prompts import task_of
from curation.synthesizers.wordings import Remark

Thing = TypeVar("Thing")
_MARK = re.compile(r"\A\[\[\w+ ([0-9a-f]+)\]\]$", re.M)
_LIKE_ENOUGH = 55
TOOL = "tool "


class Asked(msgspec.Struct, frozen=True):
    """One prompt as the script sees it."""

    task: str
    parts: dict[str, str]

    def lines(self, part: str) -> list[dict[str, Json]]:
        """The objects of a part."""
        return [
            value
            for line in self.parts.get(part, "").splitlines()
            if line.startswith("{") and isinstance(value := _object(line), dict)
        ]

    def choose(self, things: Sequence[Thing], salt: str = "") -> Thing:
        """One of them: the same for the same prompt, another for most others."""
        text = f"{salt}{self.task}{sorted(self.parts.items())}"
        return things[int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % len(things)]


def read_prompt(prompt: Prompt) -> Asked:
    """Task and data of a filled prompt."""
    told = next((turn.content or "" for turn in prompt.turns if turn.role == "user"), "")
    mark = _MARK.search(told)
    return Asked(task_of(prompt), open_fences(told, mark.group(1)) if mark else {})


def _object(line: str) -> Json:
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None


@lru_cache(maxsize=1)
def shop() -> Pack:
    """The words the script is fluent in."""
    return load_pack("shop")


def knows(names: Sequence[str]) -> bool:
    """Whether these are tools of the shop."""
    return bool(names) and all(name in shop().wordings for name in names)


@lru_cache(maxsize=4)
def remarks(in_shop: bool) -> dict[str, tuple[Remark, ...]]:
    """No-tool reason → what people say and what is replied."""
    return shop().remarks if in_shop else generic_words().remarks


@lru_cache(maxsize=2)
def _sayings(in_shop: bool) -> tuple[tuple[str, str, str], ...]:
    """Plain words, what they mean (`tool NAME` or a reason), and the reply where one is known."""
    said = [
        (say(remark.say, _plain(remark.say)), reason, remark.reply)
        for reason, listed in remarks(in_shop).items()
        for remark in listed
    ]
    frames = [
        (say(frame, phrases), f"{TOOL}{name}", "")
        for name, wording in (shop().wordings.items() if in_shop else ())
        for frame in wording.frames
        for phrases in ({}, _plain(frame))
    ]
    return tuple(said + frames)


@lru_cache(maxsize=1)
def _values() -> tuple[re.Pattern[str], ...]:
    """What values of the shop look like in running text."""
    ways = [
        re.escape(way)
        for wording in shop().wordings.values()
        for listed in wording.values.values()
        for said in listed.values()
        for way in said
    ]
    parts = ["".join(f"(?:{'|'.join(map(re.escape, part))})" for part in listed) for listed in shop().parts.values()]
    return tuple(
        re.compile(pattern, re.I) for pattern in ("|".join(ways), *parts, r"\b[a-z]\d{4}(?: and [a-z]\d{4})?\b")
    )


def _plain(text: str) -> dict[str, str]:
    return dict.fromkeys(slots_of(text), "it")


def meaning_of(text: str, *, in_shop: bool) -> tuple[str, str]:
    """What the most similar saying means (`tool NAME` or a reason), and its reply; empty when none is like it."""
    sayings = _sayings(in_shop)
    for pattern in _values():
        text = pattern.sub("it", text)
    best = process.extractOne(text, [one[0] for one in sayings], scorer=fuzz.token_sort_ratio)
    if best is None or best[1] < _LIKE_ENOUGH:
        return "", ""
    return sayings[best[2]][1], sayings[best[2]][2]
