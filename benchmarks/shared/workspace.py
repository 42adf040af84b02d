"""A workspace with as many examples as somebody wants to look at or to measure, in seconds.

Run with `python benchmarks/shared/workspace.py FOLDER COUNT` (0, 1, 400, 100000), then start the app on it with
`CALLWRIGHT_HOME=FOLDER streamlit run app.py`. A few hundred conversations of the shop's desk are drafted and checked
as any candidate is; all others are one of those under another number, stored straight into the tables in the very
form the services store. Every filter finds something: few rows and many, old ones and new ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import bindparam, insert, update

sys.path.insert(0, str(Path(__file__).parents[2]))

from curation.model.envelope import body_hash, encode, normal_hash
from curation.model.example import Example, Message
from curation.model.people import Actor
from curation.model.states import ExampleState, Split
from curation.services import cataloguing, people, projects
from curation.services.blind_words import decisions_of
from curation.services.deriving import derive, make_title, search_text
from curation.services.judging import Bench, read_bench, read_body
from curation.services.workspace import Workspace, open_workspace
from curation.synthesizers import SYNTHESIZERS, Order
from curation.synthesizers.shop import demo_tools
from db import datasets, examples
from db import people as persons
from db.derived import Derived
from db.examples import NewExample
from db.reviews import ReviewRecord, add_review
from db.tables import example, repair, second_look

PATTERNS = 240
CHUNK = 1_000
AUTHORS = ("local", "mara", "jon", "ines")
ORIGINS = ("import", "import", "synthesised", "written")
STATES = (
    *(ExampleState.ACCEPTED,) * 9,
    *(ExampleState.CANDIDATE,) * 4,
    *(ExampleState.DRAFT,) * 3,
    *(ExampleState.SUBMITTED,) * 2,
    ExampleState.CHANGES_REQUESTED,
    ExampleState.ARCHIVED,
)
SPLITS = (*(Split.TRAIN,) * 7, Split.VALIDATION, Split.TEST, Split.TEST)
OLD, RARE = "first batch", "needle"


def fill(ws: Workspace, count: int) -> str:
    """Put `count` examples into a new project; its id."""
    actor = people.local_actor(ws)
    project = projects.create_project(ws, actor, f"Shop, {count:,} examples", nonce=ws.new_id()).id
    cataloguing.import_tools(ws, actor, project, demo_tools(), nonce=ws.new_id())
    cataloguing.publish(ws, actor, project, nonce=ws.new_id())
    _add_people(ws)
    with ws.reading() as connection:
        bench = read_bench(connection, project)
    rows = _rows(bench, count)
    for start in range(0, count, CHUNK):
        _store(ws, project, start, list(islice(rows, CHUNK)))
    return project


def _add_people(ws: Workspace) -> None:
    with ws.unit() as unit:
        for name in AUTHORS[1:]:
            if persons.find_person(unit.connection, name) is None:
                persons.add_person(unit.connection, Actor(name, name=name.title()))
        unit.commit()


def _rows(bench: Bench, count: int) -> Iterator[tuple[str, NewExample]]:
    """(author, example) by number."""
    patterns = _patterns(bench, min(count, PATTERNS)) if count else []
    for n in range(count):
        pattern, derived = patterns[n % len(patterns)]
        state = STATES[n * 7 % len(STATES)]
        if derived.n_error and state in (ExampleState.ACCEPTED, ExampleState.SUBMITTED):
            state = ExampleState.DRAFT
        made = _numbered(pattern, derived, n, count)
        yield AUTHORS[n // 5 % 4], NewExample(f"{n:08x}-example", "", state, ORIGINS[n // 3 % 4], made)


def _patterns(bench: Bench, count: int) -> list[tuple[Example, Derived]]:
    order = Order(tools=tuple(demo_tools()), count=count, seed=4)
    drafted = [one.example for one in SYNTHESIZERS[0].draft(order)]
    made = [_broken(example) if n % 12 == 5 else example for n, example in enumerate(drafted)]
    return [(example, derive(bench, example)) for example in made]


def _broken(example: Example) -> Example:
    """The same without its last turn: an error where that was the answer."""
    return msgspec.structs.replace(example, messages=example.messages[:-1])


def _numbered(pattern: Example, derived: Derived, n: int, count: int) -> Derived:
    first = next(at for at, message in enumerate(pattern.messages) if message.role == "user")
    said = pattern.messages[first]
    content = f"{said.content} Case {n}."
    turn: Message = msgspec.structs.replace(said, content=content)
    tags = _tags(n, count)
    example = msgspec.structs.replace(
        pattern,
        messages=(*pattern.messages[:first], turn, *pattern.messages[first + 1 :]),
        tags=tags,
        group=f"g{n // 2}",
    )
    return msgspec.structs.replace(
        derived,
        body=encode(example),
        body_hash=body_hash(example),
        normal_hash=normal_hash(example),
        group=example.group,
        title=make_title(example),
        text=search_text(example),
        tags=tags,
    )


def _tags(n: int, count: int) -> tuple[str, ...]:
    tags = []
    if n < count // 20:
        tags.append(OLD)
    if n % 3 == 0:
        tags.append("season")
    if n in (count // 100, count // 100 + 1):
        tags.append(RARE)
    return tuple(tags)


def _store(ws: Workspace, project: str, start: int, rows: list[tuple[str, NewExample]]) -> None:
    at = ws.now()
    with ws.unit() as unit:
        new = [msgspec.structs.replace(one, project_id=project, id=project + one.id) for _, one in rows]
        examples.add_examples(unit.connection, new, AUTHORS[0], at, why="filled")
        authors = [{"who": by, "what": one.id} for (by, _), one in zip(rows, new, strict=True)]
        who = update(example).where(example.c.id == bindparam("what")).values(author=bindparam("who"))
        unit.connection.execute(who, authors)
        drawn = {f"g{n // 2}": SPLITS[n // 2 % 10] for n in range(start, start + len(rows), 2) if n % 5}
        datasets.add_splits(unit.connection, project, drawn, at)
        _wait(unit.connection, project, [one for _, one in rows], start, at)
        unit.commit()


def _wait(connection, project: str, rows: list[NewExample], start: int, at: str) -> None:  # type: ignore[no-untyped-def]
    """A few of each thousand were broken by a tool, and a few wait for a second look."""
    tools = list(connection.exec_driver_sql("SELECT id FROM tool WHERE project_id = ? LIMIT 1", (project,)).scalars())
    for place, one in enumerate(rows[:400:100]):
        if start < 20 * CHUNK:
            broken = {"example_id": project + one.id, "tool_id": tools[0], "project_id": project, "rev": 1}
            connection.execute(insert(repair).values(**broken, reason="`status` was renamed", at=at))
            look = {"example_id": project + one.id, "project_id": project, "rev": 1, "drawn_at": at}
            connection.execute(insert(second_look).values(**look, state="differ" if place == 3 else "open"))
            if place == 3:
                _differ(connection, project + one.id, one.derived, at)


def _differ(connection, example_id: str, derived: Derived, at: str) -> None:  # type: ignore[no-untyped-def]
    """Two people judged it apart, and one of them asks for changes; it waits for somebody to resolve that."""
    said = decisions_of(read_body(derived.body).example)
    labels = msgspec.json.encode(said).decode()
    for by, verdict in (("mara", "accepted"), ("jon", "changes requested")):
        add_review(connection, ReviewRecord(f"{example_id}.{by}", example_id, 1, by, verdict, at, labels, blind=1))
    waits = update(example).where(example.c.id == example_id)
    connection.execute(waits.values(state=ExampleState.SUBMITTED.value, accepted_rev=None))


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ws = open_workspace(Path(sys.argv[1]))
    try:
        fill(ws, int(sys.argv[2]))
    finally:
        ws.close()


if __name__ == "__main__":
    main()
