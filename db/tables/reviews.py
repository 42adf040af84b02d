"""What people said about a revision, who has an example on the desk, and which are looked at twice."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from db.tables.base import count, key, link, maybe, metadata, words

review = Table(
    "review",
    metadata,
    key(),
    link("example_id", "example.id", cascade=True),
    count("rev"),
    words("person_id"),
    words("verdict"),
    words("at"),
    words("labels", "{}"),
    count("blind"),
)
"""`labels`: what the reviewer said of each decision, as JSON; `blind`: said before the other's word was seen."""
Index("review_by_example", review.c.example_id, review.c.rev)
IS_BLIND = text("review.blind = 1")
"""In these very words: the index below is used where a query says the same."""
Index("review_blind", review.c.id, sqlite_where=text("blind = 1"))

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
    maybe("resolved_by"),
    maybe("resolved_at"),
)
Index("comment_by_example", comment.c.example_id, comment.c.at)

claim = Table(
    "claim",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    words("person_id"),
    words("token"),
    words("until"),
)
"""Who has an example on the desk, and until when."""
Index("claim_by_person", claim.c.person_id)

second_look = Table(
    "second_look",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    link("project_id", "project.id"),
    count("rev"),
    words("state"),
    words("drawn_at"),
    maybe("resolved_by"),
    maybe("resolved_at"),
)
"""Examples drawn for a blind second review. `state`: open, agreed, differ, resolved."""
Index("second_look_by_state", second_look.c.project_id, second_look.c.state, second_look.c.example_id)
