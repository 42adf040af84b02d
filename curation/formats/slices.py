"""JSON sources cut into the sources of their parts, so that what is taken over stays to the letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from curation.model.source import one_line, write_list, write_object

_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode
_T = TypeVar("_T")

Members = dict[str, str]
"""The members of one object, each as its source; of doubled keys the last one counts, as in every reader."""


def cut_object(source: str | None) -> Members | None:
    """The members of an object, None for anything else."""
    members = _decode(_decode_members, source, "{")
    return None if members is None else {key: one_line(bytes(raw).decode()) for key, raw in members.items()}


def cut_list(source: str | None) -> list[str] | None:
    """The elements of a list, None for anything else."""
    elements = _decode(_decode_elements, source, "[")
    return None if elements is None else [one_line(bytes(raw).decode()) for raw in elements]


def text_of(source: str | None) -> str | None:
    """What a JSON string says, None for anything else."""
    return _decode(_decode_text, source, '"')


def paste(members: Mapping[str, str]) -> str:
    """An object of these members."""
    return write_object(members.items())


def add_members(source: str, members: Mapping[str, str]) -> str:
    """An object with at least one member, with these behind its own."""
    return f"{source[:-1]},{paste(members)[1:]}" if members else source


def _decode(decode: Callable[[str], _T], source: str | None, opening: str) -> _T | None:
    if source is None or not source.lstrip(" \t\r\n").startswith(opening):
        return None
    try:
        return decode(source)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


__all__ = ["Members", "add_members", "cut_list", "cut_object", "paste", "text_of", "write_list", "write_object"]
