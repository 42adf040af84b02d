"""Jobs with their events and curves, the models they make, and the evaluations of those."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, Table, Text

from db.tables.base import count, key, link, maybe, metadata, words

job = Table(
    "job",
    metadata,
    key(),
    link("project_id", "project.id"),
    words("kind"),
    words("name"),
    words("provider", "local"),
    words("spec", "{}"),
    words("spec_hash", ""),
    Column("nonce", Text, nullable=False, unique=True),
    words("state"),
    words("phase", ""),
    count("step"),
    count("steps"),
    Column("eta_s", Float),
    count("fence"),
    count("attempt", 1),
    maybe("launch_id"),
    maybe("remote_id"),
    maybe("run_dir"),
    Column("pid", Integer),
    Column("pid_start", Float),
    maybe("boot_id"),
    count("cancel_requested"),
    words("by"),
    words("created_at"),
    maybe("started_at"),
    maybe("finished_at"),
    maybe("updated_at"),
    maybe("error"),
    maybe("model_id"),
    words("details", "{}"),
)
Index("job_by_state", job.c.state)
Index("job_by_project", job.c.project_id, job.c.id)

job_event = Table(
    "job_event",
    metadata,
    link("job_id", "job.id", primary_key=True),
    Column("seq", Integer, primary_key=True),
    words("at"),
    words("level", "info"),
    words("text"),
)

job_metric = Table(
    "job_metric",
    metadata,
    link("job_id", "job.id", primary_key=True),
    key("name"),
    Column("step", Integer, primary_key=True),
    Column("value", Float, nullable=False),
)

job_note = Table(
    "job_note",
    metadata,
    key(),
    link("job_id", "job.id"),
    words("text"),
    words("by"),
    words("at"),
)
Index("job_note_by_job", job_note.c.job_id, job_note.c.id)

candidate_note = Table(
    "candidate_note",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    link("job_id", "job.id"),
    count("seq"),
    words("strategy"),
    words("category"),
    words("kind"),
    Column("exchanges", LargeBinary, nullable=False),
    words("judged", ""),
)
Index("candidate_note_by_job", candidate_note.c.job_id, candidate_note.c.seq)

model = Table(
    "model",
    metadata,
    key(),
    link("project_id", "project.id"),
    words("name"),
    words("base"),
    words("kind"),
    words("location"),
    link("job_id", "job.id", optional=True),
    link("dataset_id", "dataset_version.id", optional=True),
    maybe("template_hash"),
    maybe("digest"),
    words("created_at"),
    maybe("by"),
    words("details", "{}"),
)
Index("model_by_project", model.c.project_id, model.c.id)

evaluation = Table(
    "evaluation",
    metadata,
    key(),
    link("project_id", "project.id"),
    link("model_id", "model.id"),
    link("dataset_id", "dataset_version.id"),
    link("job_id", "job.id", optional=True),
    words("split"),
    words("decoding"),
    words("settings", "{}"),
    count("look_no"),
    words("state", "intent"),
    words("summary", "{}"),
    words("by"),
    words("created_at"),
    maybe("finished_at"),
)
Index("evaluation_by_project", evaluation.c.project_id, evaluation.c.id)

answer = Table(
    "answer",
    metadata,
    link("evaluation_id", "evaluation.id", primary_key=True),
    Column("position", Integer, primary_key=True),
    words("example_id"),
    words("text"),
    words("verdict", ""),
    Column("latency_ms", Float),
    Column("tokens", Integer),
    Column("cost", Float),
    count("repairs"),
    words("details", "{}"),
    words("question_key", ""),
)
