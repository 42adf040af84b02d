"""Examples that are like one that is being written: the same lesson nearly word by word, or the same request."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
from sqlalchemy import Connection

from curation.duplicates import likeness
from curation.duplicates.marking import Question, question
from curation.model.example import Example
from curation.model.states import Split
from curation.rules.near import LIKE
from curation.services.workspace import Workspace
from db import near_figures
from db.near_figures import Met

__all__ = ["Alike", "find_alike", "look_up", "say_alike"]

What = Literal["whole", "asked"]
MOST_NAMED = 5
FEWEST_ASKED = 3
"""Word triples of a request; shorter ones are made by everybody."""


class Alike(msgspec.Struct, frozen=True):
    """An example that is nearly the same, or was asked nearly the same."""

    example_id: str
    number: int
    title: str
    split: Split | None
    what: What
    likeness: float
    """The share of word triples that both have."""


def find_alike(
    ws: Workspace, project_id: str, example: Example, *, except_id: str = "", most: int = MOST_NAMED
) -> tuple[Alike, ...]:
    """Examples of a project that this one nearly repeats, the most alike first; the newest may not be known yet."""
    with ws.reading() as connection:
        found = [one for one in look_up(connection, project_id, example) if one.example_id != except_id]
    return tuple(found[:most])


def look_up(connection: Connection, project_id: str, example: Example) -> list[Alike]:
    """All that is found within bounds."""
    wanted = question(example, project_id)
    compared = (_compare(wanted, one) for one in near_figures.find_closest(connection, project_id, wanted.keys))
    return sorted(filter(None, compared), key=lambda one: (one.what != "whole", -one.likeness, one.number))


def _compare(wanted: Question, one: Met) -> Alike | None:
    what: What = "whole"
    share = likeness(wanted.whole, np.frombuffer(one.whole, np.uint32))
    if share < LIKE and len(wanted.asked) >= FEWEST_ASKED:
        what, share = "asked", likeness(wanted.asked, np.frombuffer(one.asked, np.uint32))
    return Alike(one.example_id, one.number, one.title, one.split, what, share) if share >= LIKE else None


def say_alike(alike: tuple[Alike, ...]) -> str | None:
    """One line for who is writing; None when nothing is like it."""
    if not alike:
        return None
    first = alike[0]
    said = "Nearly the same as" if first.what == "whole" else "Asked nearly the same as"
    more = len(alike) - 1
    others = f" and {more} more" if more else ""
    return f"{said} example {first.number}{others} ({first.likeness:.0%} of the words in sequence)."
