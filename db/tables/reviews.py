"""What people said about a revision."""

from __future__ import annotations

from sqlalchemy import Index, Table

from db.tables.base import count, key, link, metadata, words

review = Table(
    "review",
    metadata,
    key(),
    link("example_id", "example.id", cascade=True),
    count("rev"),
    words("person_id"),
    words("verdict"),
    words("at"),
)
Index("review_by_example", review.c.example_id, review.c.rev)

comment = Table(
    "comment",
    metadata,
    key(),
    link("example_id", "example.id", cascade=True),
    count("rev"),
    words("place", ""),
    words("text"),
    words("person_id"),
    words("at"),
)
Index("comment_by_example", comment.c.example_id, comment.c.at)
