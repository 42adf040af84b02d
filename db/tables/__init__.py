"""The tables, as SQLAlchemy Core sees them; the numbered migrations are what creates them."""

from __future__ import annotations

from db.tables.acts import act, audit, counter
from db.tables.aliases import alias, alias_event, gate
from db.tables.base import metadata
from db.tables.catalogue import catalogue_item, catalogue_version, definition, tool, tool_version
from db.tables.datasets import (
    dataset_item,
    dataset_name,
    dataset_version,
    shifted_item,
    shifted_test,
    split_group,
    split_move,
)
from db.tables.desk import bulk, bulk_item, coming_head, repair, saved_view
from db.tables.examples import (
    HAS_ERRORS,
    UNJUDGED,
    body,
    decision,
    draft,
    example,
    example_tag,
    example_text,
    example_tool,
    finding,
    revision,
    search_todo,
)
from db.tables.jobs import answer, candidate_note, evaluation, job, job_event, job_metric, job_note, model
from db.tables.near import near_conflict, near_key, near_run, near_text, near_todo
from db.tables.people import person, project
from db.tables.playground import chat, interaction
from db.tables.reviews import claim, comment, review, second_look
from db.tables.sources import batch, batch_sample, batch_sample_item, intake_note, reject, source
from db.tables.traits import (
    health_told,
    token_count,
    token_todo,
    trait,
    trait_count,
    trait_kept,
    trait_row,
    trait_todo,
    writing_task,
)

__all__ = [
    "HAS_ERRORS",
    "UNJUDGED",
    "act",
    "alias",
    "alias_event",
    "answer",
    "audit",
    "batch",
    "batch_sample",
    "batch_sample_item",
    "body",
    "bulk",
    "bulk_item",
    "candidate_note",
    "catalogue_item",
    "catalogue_version",
    "chat",
    "claim",
    "coming_head",
    "comment",
    "counter",
    "dataset_item",
    "dataset_name",
    "dataset_version",
    "decision",
    "definition",
    "draft",
    "evaluation",
    "example",
    "example_tag",
    "example_text",
    "example_tool",
    "finding",
    "gate",
    "health_told",
    "intake_note",
    "interaction",
    "job",
    "job_event",
    "job_metric",
    "job_note",
    "metadata",
    "model",
    "near_conflict",
    "near_key",
    "near_run",
    "near_text",
    "near_todo",
    "person",
    "project",
    "reject",
    "repair",
    "review",
    "revision",
    "saved_view",
    "search_todo",
    "second_look",
    "shifted_item",
    "shifted_test",
    "source",
    "split_group",
    "split_move",
    "token_count",
    "token_todo",
    "tool",
    "tool_version",
    "trait",
    "trait_count",
    "trait_kept",
    "trait_row",
    "trait_todo",
    "writing_task",
]
