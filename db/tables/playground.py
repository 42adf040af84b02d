"""Conversations of the playground, and every answer a model gave there."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, Table

from db.tables.base import count, key, link, maybe, metadata, words

chat = Table(
    "chat",
    metadata,
    key(),
    link("project_id", "project.id"),
    link("person_id", "person.id"),
    count("rev"),
    words("settings", "{}"),
    Column("body", LargeBinary, nullable=False),
    words("state", "{}"),
    words("at"),
)
Index("chat_by_person", chat.c.project_id, chat.c.person_id, chat.c.id)

interaction = Table(
    "interaction",
    metadata,
    key(),
    link("project_id", "project.id"),
    link("model_id", "model.id"),
    link("chat_id", "chat.id", optional=True),
    words("mode"),
    words("decoding"),
    words("said", ""),
    Column("request", LargeBinary, nullable=False),
    words("answer"),
    words("verdict"),
    words("why", ""),
    words("steps", "[]"),
    Column("latency_ms", Float),
    Column("tokens", Integer),
    Column("cost", Float),
    words("by"),
    words("at"),
    link("example_id", "example.id", optional=True),
    maybe("currency"),
)
Index("interaction_by_project", interaction.c.project_id, interaction.c.id)
Index("interaction_by_verdict", interaction.c.project_id, interaction.c.verdict, interaction.c.id)
Index("interaction_by_model", interaction.c.project_id, interaction.c.model_id, interaction.c.id)
Index("interaction_by_example", interaction.c.example_id)
