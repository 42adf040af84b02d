"""Which examples are looked at twice, and how far that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from curation.model.states import ExampleState
from db.reviews import WITHDRAWN
from db.tables import comment, counter, example, project, review, revision, second_look
from db.tables.reviews import IS_BLIND


class LookRecord(msgspec.Struct, frozen=True):
    """One example drawn for a blind second review, at one revision. `state`: open, agreed, differ, resolved."""

    example_id: str
    project_id: str
    rev: int
    state: str
    drawn_at: str
    resolved_by: str | None = None
    resolved_at: str | None = None


class BlindRecord(msgspec.Struct, frozen=True):
    """One blind verdict, as the agreement is counted from it."""

    example_id: str
    rev: int
    person_id: str
    verdict: str
    labels: str


NEEDED = 2
"""How many words a double review takes."""
OPEN, DIFFER = "open", "differ"
UNDECIDED = (OPEN, DIFFER)
WAITING = (ExampleState.CANDIDATE, ExampleState.SUBMITTED)
"""The states in which an example may be judged."""
_MACHINE = ("moved to %", "back from %", "back to revision %", "again as revision %", "%, with others")
"""Why a revision was saved that nobody wrote; the triggers behind `example.look` (migration 0015) say the same."""


def find_look(connection: Connection, example_id: str) -> LookRecord | None:
    row = connection.execute(select(second_look).where(second_look.c.example_id == example_id)).one_or_none()
    return LookRecord(*row) if row else None


def put_look(connection: Connection, record: LookRecord) -> None:
    """Store how far a look is; the one before it at an older revision gives way."""
    put_looks(connection, [record])


def put_looks(connection: Connection, records: Sequence[LookRecord]) -> None:
    """Store how far many looks are, at most one for each example."""
    if not records:
        return
    new = insert(second_look)
    changed = {one.name: one for one in new.excluded if one.name != "example_id"}
    statement = new.on_conflict_do_update(index_elements=["example_id"], set_=changed)
    connection.execute(statement, [msgspec.structs.asdict(one) for one in records])


def list_looks(connection: Connection, project_id: str, states: Sequence[str]) -> list[LookRecord]:
    """The looks in these states that are about the newest revision of what waits for a decision, oldest first."""
    query = (
        select(second_look)
        .join(example, example.c.id == second_look.c.example_id)
        .where(second_look.c.project_id == project_id, second_look.c.state.in_(states))
        .where(example.c.head_rev == second_look.c.rev, example.c.state.in_(WAITING))
        .order_by(second_look.c.drawn_at, second_look.c.example_id)
    )
    return [LookRecord(*row) for row in connection.execute(query)]


def looks_among(connection: Connection, example_ids: Sequence[str]) -> dict[str, LookRecord]:
    """The looks of these examples."""
    rows = connection.execute(select(second_look).where(second_look.c.example_id.in_(example_ids)))
    return {row.example_id: LookRecord(*row) for row in rows}


def looks_at_heads(connection: Connection, example_ids: Sequence[str]) -> dict[str, LookRecord]:
    """The looks of these examples that are about their newest revisions; one at an older revision is over."""
    query = (
        select(second_look)
        .join(example, (example.c.id == second_look.c.example_id) & (example.c.head_rev == second_look.c.rev))
        .where(second_look.c.example_id.in_(example_ids))
    )
    return {row.example_id: LookRecord(*row) for row in connection.execute(query)}


def carry_words(connection: Connection, revs: Mapping[str, int]) -> dict[str, int]:
    """Blind verdicts on the same text at another revision go to these revisions, each with its comments.

    Returns example → how many people have said their word on that text.
    """
    said, now = revision.alias(), revision.alias()
    query = (
        select(review.c.id, review.c.example_id, review.c.person_id, review.c.at, now.c.rev.label("now"))
        .join(said, (said.c.example_id == review.c.example_id) & (said.c.rev == review.c.rev))
        .join(now, (now.c.example_id == review.c.example_id) & (now.c.body_hash == said.c.body_hash))
        .where(review.c.example_id.in_(list(revs)), IS_BLIND, now.c.rev != review.c.rev)
        .order_by(review.c.id)
    )
    found = [row for row in connection.execute(query) if row.now == revs[row.example_id]]
    newest = {(row.example_id, row.person_id): row for row in found}
    for row in newest.values():
        connection.execute(update(review).where(review.c.id == row.id).values(rev=row.now))
        said_with = (comment.c.example_id == row.example_id, comment.c.person_id == row.person_id)
        connection.execute(update(comment).where(*said_with, comment.c.at == row.at).values(rev=row.now))
    return dict(Counter(example_id for example_id, _ in newest))


def list_writers(connection: Connection, example_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Who wrote the text of these examples; bringing in a file is not writing, nor is an act over many."""
    is_brought_in = (revision.c.rev == 1) & (example.c.origin != "written")
    query = (
        select(revision.c.example_id, revision.c.by)
        .join(example, example.c.id == revision.c.example_id)
        .where(revision.c.example_id.in_(example_ids), ~is_brought_in, *(~revision.c.why.like(one) for one in _MACHINE))
    )
    found: dict[str, frozenset[str]] = {}
    for example_id, by in connection.execute(query):
        found[example_id] = found.get(example_id, frozenset()) | {by}
    return found


class Look(msgspec.Struct, frozen=True, array_like=True):
    """What the row of an example says of its double review: who has said their word, and who wrote the text."""

    state: str
    heard: tuple[str, ...]
    writers: tuple[str, ...]

    def is_for_others(self, judge: str, judges: Collection[str]) -> bool:
        """Whether others go on with it: two differ, or one has said their word, or wrote it and two others did not."""
        if self.state == DIFFER or judge in self.heard:
            return True
        return judge in self.writers and len(set(judges) - set(self.writers)) >= NEEDED


class LookCount(NamedTuple):
    """How many examples of one state stand the same in their double review."""

    state: str
    text: str
    """As the rows say it."""
    look: Look
    n: int


def count_looks(connection: Connection, project_id: str) -> list[LookCount]:
    """How far the double reviews of the newest revisions are, as kept by triggers: never a row for each example."""
    query = select(counter.c.key, counter.c.n).where(counter.c.project_id == project_id, counter.c.name == "look")
    found = []
    for key, n in connection.execute(query):
        state, _, said = key.partition(" ")
        found.append(LookCount(state, said, read_look(said), n))
    return found


def read_look(said: str) -> Look:
    return msgspec.json.decode(said, type=Look)


def count_judged(connection: Connection, project_id: str, judge: str, judges: Sequence[str]) -> dict[str, int]:
    """State → how many examples wait for others than this person: what a list for them leaves out."""
    found: Counter[str] = Counter()
    for one in count_looks(connection, project_id):
        if one.look.is_for_others(judge, judges):
            found[one.state] += one.n
    return dict(found)


def list_for_others(connection: Connection, example_ids: Sequence[str], judge: str, judges: Sequence[str]) -> set[str]:
    """Which of these wait for others than this person."""
    rows = connection.execute(select(example.c.id, example.c.look).where(example.c.id.in_(example_ids)))
    return {row.id for row in rows if row.look and read_look(row.look).is_for_others(judge, judges)}


def list_blind(connection: Connection, project_id: str) -> list[BlindRecord]:
    """Every blind verdict of a project whose two reviews are both in; withdrawn ones left out."""
    query = (
        select(review.c.example_id, review.c.rev, review.c.person_id, review.c.verdict, review.c.labels)
        .join(example, example.c.id == review.c.example_id)
        .outerjoin(second_look, second_look.c.example_id == review.c.example_id)
        # Joined to "", the project leads nowhere: the few blind verdicts are read first, not every example.
        .where(example.c.project_id.concat("") == project_id, IS_BLIND)
        .where((second_look.c.rev != review.c.rev) | (second_look.c.state != "open"))
        .order_by(review.c.id)
    )
    return [BlindRecord(*row) for row in connection.execute(query)]


def withdraw(connection: Connection, review_id: str) -> None:
    """A blind verdict taken back stays written, and counts no more."""
    connection.execute(update(review).where(review.c.id == review_id).values(blind=0, verdict=WITHDRAWN))


def read_salt(connection: Connection, project_id: str) -> str:
    """What makes the draw of one project another than that of the next."""
    query = select(project.c.split_salt).where(project.c.id == project_id)
    salt: str = connection.execute(query).scalar_one()
    return salt
