"""Settings that people say in words of their own instead of by name: "20 per page", "newest first"."""

from __future__ import annotations

import re
from collections.abc import Callable

_DIRECTIONS = {
    "asc": "in ascending order",
    "ascending": "in ascending order",
    "desc": "in descending order",
    "descending": "in descending order",
}
_BY_NAME: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"^(?:per page|page size)$"), lambda said: f"{said} per page"),
    (re.compile(r"^page(?: number| no)?$"), lambda said: f"page {said} of the list"),
    (re.compile(r"^(?:limit|max results|max items|max count|top n?|top k)$"), lambda said: f"at most {said} of them"),
    (re.compile(r"^(?:order|direction|sort order|sort direction)$"), lambda said: _DIRECTIONS.get(said, "")),
    (re.compile(r"^(?:query|q|criteria|search(?: query| terms?)?)$"), lambda said: f"looking for {said}"),
    (re.compile(r"^rows$"), lambda said: f"{said} rows"),
    (re.compile(r"^(?:start|offset|skip)$"), lambda said: f"starting at {said}"),
    (re.compile(r"^(?:sort|sort by|order by)$"), lambda said: f"sorted by {said}"),
)


def say_aside(label: str, phrase: str) -> str:
    """The setting as a person says it; empty where its name and value say it best."""
    return next((say(phrase) for pattern, say in _BY_NAME if pattern.match(label.lower())), "")
