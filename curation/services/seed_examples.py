"""The examples an order starts from: those that were named, or the newest that were accepted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError, UnreadableError
from curation.model.example import Example
from curation.model.filters import ExampleFilter, Use
from curation.model.states import ExampleState
from curation.services.judging import read_body
from curation.services.synthesis_sheets import MOST_SEEDS
from curation.services.workspace import Workspace
from db import examples, filtering, health

MOST = 400
"""So many of the accepted ones are taken where nobody says which."""
_NUMBERS = re.compile(r"(\d{1,12})(?:\s*[-–]\s*(\d{1,12}))?")


def choose_seeds(ws: Workspace, project_id: str, ids: Sequence[str] = ()) -> tuple[Example, ...]:
    """Their latest revisions."""
    require_seeds(ws, project_id, ids)
    with ws.reading() as connection:
        if ids:
            found = examples.find_examples(connection, ids)
            bodies = [examples.read_body(connection, found[one].head_hash) for one in ids]
        else:
            bodies = _newest(connection, project_id, MOST)
    return tuple(read_body(body).example for body in bodies)


def require_seeds(ws: Workspace, project_id: str, ids: Sequence[str] = ()) -> None:
    """Tell before an order is placed that it has nothing to start from.

    Raises:
        StateError: none is accepted, and none is named.
        NotFoundError: one that is named is gone.
    """
    with ws.reading() as connection:
        found = examples.find_examples(connection, ids) if ids else {}
        is_any = bool(ids) or bool(_newest(connection, project_id, 1))
    if missing := [one for one in ids if one not in found or found[one].project_id != project_id]:
        raise NotFoundError(f"There is no example `{missing[0]}` in this project.")
    if not is_any:
        raise StateError(
            "This order starts from examples, and none is accepted yet.",
            hint="Accept some, or choose a strategy that starts from the schemas.",
        )


def _newest(connection: Connection, project_id: str, most: int) -> list[bytes]:
    return list(health.walk_newest(connection, project_id, (ExampleState.ACCEPTED,), most))


def find_seeds(ws: Workspace, project_id: str, *, tool: str = "", hard_case: str = "") -> tuple[str, ...]:
    """Ids of accepted examples that call a tool or show a hard case, the newest first and as many as may be named.

    Raises:
        NotFoundError: none is accepted yet.
    """
    wanted = ExampleFilter(states=(ExampleState.ACCEPTED,), tool=tool, use=Use.CALLED, tag=hard_case)
    with ws.reading() as connection:
        found = filtering.page(connection, project_id, wanted, "", after=None, limit=MOST_SEEDS)
    if not found:
        what = f"calls `{tool}`" if tool else f"shows the hard case `{hard_case}`"
        raise NotFoundError(f"No accepted example {what}.", hint="Start from others, or accept one first.")
    return tuple(one.id for one in found)


def find_numbered(ws: Workspace, project_id: str, text: str) -> tuple[str, ...]:
    """Ids of the examples that are named by number, such as `4, 12-20`.

    Raises:
        UnreadableError: a part is no number or runs backwards, or there are too many.
        NotFoundError: the project has no example of a number.
    """
    numbers = _read_numbers(text)
    with ws.reading() as connection:
        found = examples.find_numbered(connection, project_id, numbers)
    if missing := [one for one in numbers if one not in found]:
        raise NotFoundError(f"This project has no example #{missing[0]}.", hint="Take its number out.")
    return tuple(found[one] for one in numbers)


def list_numbers(ws: Workspace, ids: Sequence[str]) -> tuple[int, ...]:
    """The numbers of examples, as far as they are still there."""
    with ws.reading() as connection:
        found = examples.find_examples(connection, ids)
    return tuple(found[one].number for one in ids if one in found)


def _read_numbers(text: str) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for part in filter(None, (one.strip().removeprefix("#") for one in text.split(","))):
        found = _NUMBERS.fullmatch(part)
        if not found:
            raise UnreadableError(f"“{part[:40]}” is no number of an example.", hint="Write them as in 4, 12-20.")
        numbers |= dict.fromkeys(_read_range(part, int(found[1]), int(found[2] or found[1])))
        if len(numbers) > MOST_SEEDS:
            raise _too_many()
    if not numbers:
        raise UnreadableError("No example is named.", hint="Write numbers as in 4, 12-20.")
    return tuple(numbers)


def _read_range(part: str, first: int, last: int) -> range:
    if last < first:
        raise UnreadableError(f"“{part[:40]}” runs backwards.", hint="Write the lower number first, as in 12-20.")
    if last - first >= MOST_SEEDS:
        raise _too_many()
    return range(first, last + 1)


def _too_many() -> UnreadableError:
    return UnreadableError(f"More than {MOST_SEEDS:,} examples are named.", hint="Order in parts.")
