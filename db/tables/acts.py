"""What was done, once each: acts by nonce, the audit chain, and counters kept by triggers."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from db.tables.base import count, key, maybe, metadata, words

act = Table("act", metadata, key("nonce"), words("kind"), words("person_id"), words("at"), words("result", "null"))

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    words("at"),
    words("person_id"),
    maybe("project_id"),
    words("act"),
    words("object"),
    maybe("before"),
    maybe("after"),
    words("prev"),
    words("hash"),
)

Index("audit_by_object", audit.c.object, audit.c.seq)

counter = Table("counter", metadata, key("project_id"), key("name"), key("key"), count("n"))
