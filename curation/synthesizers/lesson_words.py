"""What a domain pack says of its tools in lessons: written contrast pairs, and what is near each tool but no call."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec

from curation.model.values import Json
from curation.synthesizers.domain import pack_names
from curation.synthesizers.wordings import Remark


class WrittenPair(msgspec.Struct, frozen=True):
    """Two requests for two tools that somebody could make with the same facts in mind."""

    tools: tuple[str, str]
    say: tuple[str, str]
    given: dict[str, Json]
    """Parameter → the value that the words say themselves."""
    family: str


class NearTool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is near one tool but does not call it."""

    cannot: tuple[str, ...] = ()
    """Replies where the tool is gone."""
    questions: tuple[Remark, ...] = ()
    """Questions that the definition answers."""
    house: tuple[Remark, ...] = ()
    """Questions that the pack's own system text answers."""
    outside: tuple[Remark, ...] = ()
    """What somebody may want of the same matter that no tool of the pack does."""


class _Pairs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pairs of one file that share their tools."""

    tools: tuple[str, str]
    say: tuple[tuple[str, str], ...]
    given: dict[str, Json] = {}


class _Contrasts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`contrasts.toml`."""

    pairs: tuple[_Pairs, ...]


@lru_cache(maxsize=8)
def written_pairs(pack: str) -> tuple[WrittenPair, ...]:
    """The pairs of a pack; none where nobody wrote any."""
    text = _read(pack, "contrasts.toml")
    pairs = msgspec.toml.decode(text, type=_Contrasts).pairs if text else ()
    told = [(one, said) for one in pairs for said in one.say]
    return tuple(
        WrittenPair(one.tools, said, one.given, f"{pack}/contrast/{number:02}")
        for number, (one, said) in enumerate(told)
    )


@lru_cache(maxsize=8)
def near_tools(pack: str) -> dict[str, NearTool]:
    """Tool → what is near it, in a pack's words; empty where nobody wrote any."""
    text = _read(pack, "near_misses.toml")
    return msgspec.toml.decode(text, type=dict[str, NearTool]) if text else {}


def _read(pack: str, name: str) -> bytes:
    path = files("curation.synthesizers.packs") / pack / name
    return path.read_bytes() if pack in pack_names() and path.is_file() else b""
