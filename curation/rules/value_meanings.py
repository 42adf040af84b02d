"""What a description says the values of an enum mean, and the values it means that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curation.model.finding import Fix
from curation.model.values import Json
from curation.rules.hints import quote
from curation.rules.registry import Hit

_NAME = r"[\"'`]?(?P<name>{})[\"'`]?: "
_ON_A_LINE = re.compile(r"^[ \t]*[-*•] " + _NAME.format(r"[^:\n]{1,60}?"), re.MULTILINE)
_IN_A_ROW = re.compile(r"(?:^|[.;\n])\s*" + _NAME.format(r"[\w.+-]{1,60}"))
_MOST = 2000
"""Longer texts are prose; their colons part something else."""


class _Told(NamedTuple):
    """A name that the description gives a meaning, and where the name stands in it."""

    name: str
    start: int
    end: int


def find_meaning_of_no_value(node: dict[str, Json], options: list[Json], at: str) -> Iterator[Hit]:
    """A value was renamed and its meaning stayed: some values are told, one is not, and a name is told that is none."""
    description = node.get("description")
    if not isinstance(description, str) or len(description) > _MOST:
        return
    values = [option for option in options if isinstance(option, str)]
    known, told = {value.casefold() for value in values}, _told(description)
    missing = [value for value in values if value.casefold() not in {one.name.casefold() for one in told}]
    stale = [one for one in told if one.name.casefold() not in known]
    if not missing or not stale or len(stale) == len(told):
        return
    for one in stale:
        is_plain = len(stale) == len(missing) == 1
        said = f"The description says what `{one.name}` means, which is none of the values; "
        rest = f"say it of `{missing[0][:60]}`." if is_plain else "say it of one that is, or take it out."
        mended = description[: one.start] + missing[0] + description[one.end :]
        fix = Fix(f"Say it of {missing[0][:60]}", f"{at}/description", quote(mended)) if is_plain else None
        yield Hit(f"{at}/description", said + rest, {"name": one.name}, fix)


def _told(description: str) -> list[_Told]:
    """Names before a colon: one a line behind a dash, else in a row parted by semicolons."""
    found = list(_ON_A_LINE.finditer(description))
    if not found and ";" in description:
        found = list(_IN_A_ROW.finditer(description))
    return [_Told(one["name"], one.start("name"), one.end("name")) for one in found]
