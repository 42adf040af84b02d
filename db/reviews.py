"""Verdicts and comments on revisions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, exists, insert, select, update

from db.tables import comment, review

WITHDRAWN = "withdrawn"
"""The verdict of what was taken back."""


class ReviewRecord(msgspec.Struct, frozen=True):
    """One verdict on one revision."""

    id: str
    example_id: str
    rev: int
    person_id: str
    verdict: str
    at: str
    labels: str = "{}"
    blind: int = 0
    """1: said before the other reviewer's word was seen."""


class CommentRecord(msgspec.Struct, frozen=True):
    """Something said about one revision, at a place in it or about the whole."""

    id: str
    example_id: str
    rev: int
    place: str
    text: str
    person_id: str
    at: str
    resolved_by: str | None = None
    resolved_at: str | None = None


def add_review(connection: Connection, record: ReviewRecord) -> None:
    add_reviews(connection, [record])


def add_reviews(connection: Connection, records: Sequence[ReviewRecord]) -> None:
    if records:
        connection.execute(insert(review), [msgspec.structs.asdict(one) for one in records])


def list_reviews(connection: Connection, example_id: str) -> list[ReviewRecord]:
    query = select(review).where(review.c.example_id == example_id).order_by(review.c.id)
    return [ReviewRecord(*row) for row in connection.execute(query)]


def add_comment(connection: Connection, record: CommentRecord) -> None:
    connection.execute(insert(comment).values(**msgspec.structs.asdict(record)))


def list_comments(connection: Connection, example_id: str) -> list[CommentRecord]:
    """Oldest first."""
    query = select(comment).where(comment.c.example_id == example_id).order_by(comment.c.id)
    return [CommentRecord(*row) for row in connection.execute(query)]


def list_standing(connection: Connection, example_id: str) -> list[CommentRecord]:
    """The comments without those that went with a verdict that was taken back, and were not said again."""
    with_it = (review.c.example_id == comment.c.example_id, review.c.person_id == comment.c.person_id)
    is_withdrawn = exists().where(*with_it, review.c.at == comment.c.at, review.c.verdict == WITHDRAWN)
    query = (
        select(comment)
        .where(comment.c.example_id == example_id, comment.c.resolved_at.is_(None) | ~is_withdrawn)
        .order_by(comment.c.id)
    )
    return [CommentRecord(*row) for row in connection.execute(query)]


def find_comment(connection: Connection, comment_id: str) -> CommentRecord | None:
    row = connection.execute(select(comment).where(comment.c.id == comment_id)).one_or_none()
    return CommentRecord(*row) if row else None


def close_comment(connection: Connection, comment_id: str, by: str | None, at: str | None) -> None:
    """Mark a comment as dealt with, or open it again."""
    connection.execute(update(comment).where(comment.c.id == comment_id).values(resolved_by=by, resolved_at=at))


def withdraw_said(connection: Connection, example_id: str, person_id: str, at: str) -> None:
    """Verdicts of one act stay written, and count no more; what was said blind is said once both words are seen."""
    where = (review.c.example_id == example_id, review.c.person_id == person_id, review.c.at == at)
    connection.execute(update(review).where(*where, review.c.blind == 0).values(verdict=WITHDRAWN))


def close_said(
    connection: Connection, example_ids: Sequence[str], person_id: str, said_at: str, by: str, at: str
) -> None:
    """Mark the comments of one act as dealt with, those that are still open."""
    where = (comment.c.example_id.in_(example_ids), comment.c.person_id == person_id, comment.c.at == said_at)
    open_ones = update(comment).where(*where, comment.c.resolved_at.is_(None))
    connection.execute(open_ones.values(resolved_by=by, resolved_at=at))


def reopen_said(connection: Connection, example_id: str, person_id: str, said_at: str) -> None:
    """Open the comments of one act again."""
    where = (comment.c.example_id == example_id, comment.c.person_id == person_id, comment.c.at == said_at)
    connection.execute(update(comment).where(*where).values(resolved_by=None, resolved_at=None))
