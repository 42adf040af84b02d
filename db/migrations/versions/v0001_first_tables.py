"""The first tables."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE act (
    nonce TEXT NOT NULL,
    kind TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at TEXT NOT NULL,
    result TEXT DEFAULT 'null' NOT NULL,
    PRIMARY KEY (nonce)
);

CREATE TABLE audit (
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    person_id TEXT NOT NULL,
    project_id TEXT,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (seq)
);

CREATE INDEX audit_by_object ON audit (object, seq);

CREATE TABLE body (
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    erased_at TEXT,
    PRIMARY KEY (hash)
);

CREATE TABLE counter (
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    "key" TEXT NOT NULL,
    n INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (project_id, name, "key")
);

CREATE TABLE definition (
    hash TEXT NOT NULL,
    name TEXT,
    text TEXT NOT NULL,
    PRIMARY KEY (hash)
);

CREATE TABLE draft (
    person_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    field TEXT NOT NULL,
    base_rev INTEGER DEFAULT 0 NOT NULL,
    text TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (person_id, kind, object_id, field)
);

CREATE TABLE example_text (
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (number)
);

CREATE TABLE person (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    login TEXT,
    password_hash TEXT,
    roles TEXT DEFAULT '[]' NOT NULL,
    verified INTEGER DEFAULT 0 NOT NULL,
    active INTEGER DEFAULT 1 NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE project (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    working_target TEXT,
    reviews_needed INTEGER DEFAULT 1 NOT NULL,
    split_salt TEXT NOT NULL,
    settings TEXT DEFAULT '{}' NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE batch (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    n_added INTEGER DEFAULT 0 NOT NULL,
    owner TEXT DEFAULT '' NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES project (id)
);

CREATE TABLE catalogue_version (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    n INTEGER DEFAULT 0 NOT NULL,
    hash TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (project_id, n),
    FOREIGN KEY(project_id) REFERENCES project (id)
);

CREATE TABLE job (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    provider TEXT DEFAULT 'local' NOT NULL,
    spec TEXT DEFAULT '{}' NOT NULL,
    spec_hash TEXT DEFAULT '' NOT NULL,
    nonce TEXT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT DEFAULT '' NOT NULL,
    step INTEGER DEFAULT 0 NOT NULL,
    steps INTEGER DEFAULT 0 NOT NULL,
    eta_s FLOAT,
    fence INTEGER DEFAULT 0 NOT NULL,
    attempt INTEGER DEFAULT 1 NOT NULL,
    launch_id TEXT,
    remote_id TEXT,
    run_dir TEXT,
    pid INTEGER,
    pid_start FLOAT,
    boot_id TEXT,
    cancel_requested INTEGER DEFAULT 0 NOT NULL,
    "by" TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    updated_at TEXT,
    error TEXT,
    model_id TEXT,
    details TEXT DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES project (id),
    UNIQUE (nonce)
);

CREATE INDEX job_by_project ON job (project_id, id);

CREATE INDEX job_by_state ON job (state);

CREATE TABLE split_group (
    project_id TEXT NOT NULL,
    group_key TEXT NOT NULL,
    split TEXT NOT NULL,
    drawn_at TEXT NOT NULL,
    PRIMARY KEY (project_id, group_key),
    FOREIGN KEY(project_id) REFERENCES project (id)
);

CREATE TABLE tool (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    head_n INTEGER DEFAULT 0 NOT NULL,
    archived INTEGER DEFAULT 0 NOT NULL,
    updated_by TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES project (id)
);

CREATE UNIQUE INDEX tool_name ON tool (project_id, name) WHERE archived = 0;

CREATE TABLE dataset_version (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    n INTEGER DEFAULT 0 NOT NULL,
    hash TEXT NOT NULL,
    catalogue_id TEXT,
    target TEXT,
    checker_version TEXT NOT NULL,
    counts TEXT DEFAULT '{}' NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (project_id, n),
    FOREIGN KEY(project_id) REFERENCES project (id),
    FOREIGN KEY(catalogue_id) REFERENCES catalogue_version (id)
);

CREATE TABLE example (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    state TEXT NOT NULL,
    head_rev INTEGER DEFAULT 0 NOT NULL,
    head_hash TEXT NOT NULL,
    normal_hash TEXT NOT NULL,
    accepted_rev INTEGER,
    group_key TEXT NOT NULL,
    title TEXT NOT NULL,
    categories TEXT DEFAULT '' NOT NULL,
    n_calls INTEGER DEFAULT 0 NOT NULL,
    n_decisions INTEGER DEFAULT 0 NOT NULL,
    n_no_tool INTEGER DEFAULT 0 NOT NULL,
    n_error INTEGER DEFAULT 0 NOT NULL,
    n_warning INTEGER DEFAULT 0 NOT NULL,
    size_bytes INTEGER DEFAULT 0 NOT NULL,
    verdict_key TEXT DEFAULT '' NOT NULL,
    origin TEXT NOT NULL,
    batch_id TEXT,
    line INTEGER,
    staged INTEGER DEFAULT 0 NOT NULL,
    created_at TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT accepted_is_bound_to_its_revision CHECK ((state = 'accepted' and accepted_rev is not null
        and accepted_rev = head_rev)
        or (state <> 'accepted' and accepted_rev is null)),
    UNIQUE (id),
    FOREIGN KEY(project_id) REFERENCES project (id),
    FOREIGN KEY(head_hash) REFERENCES body (hash),
    FOREIGN KEY(batch_id) REFERENCES batch (id)
);

CREATE INDEX example_by_body ON example (head_hash);

CREATE INDEX example_by_batch ON example (batch_id);

CREATE INDEX example_by_group ON example (project_id, group_key);

CREATE INDEX example_by_number ON example (project_id, staged, number);

CREATE INDEX example_by_state ON example (project_id, staged, state, number);

CREATE INDEX example_by_twin ON example (project_id, normal_hash);

CREATE TABLE job_event (
    job_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    level TEXT DEFAULT 'info' NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job_id, seq),
    FOREIGN KEY(job_id) REFERENCES job (id)
);

CREATE TABLE job_metric (
    job_id TEXT NOT NULL,
    name TEXT NOT NULL,
    step INTEGER NOT NULL,
    value FLOAT NOT NULL,
    PRIMARY KEY (job_id, name, step),
    FOREIGN KEY(job_id) REFERENCES job (id)
);

CREATE TABLE source (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    n_rows INTEGER DEFAULT 0 NOT NULL,
    n_imported INTEGER DEFAULT 0 NOT NULL,
    n_duplicates INTEGER DEFAULT 0 NOT NULL,
    n_rejected INTEGER DEFAULT 0 NOT NULL,
    n_with_errors INTEGER DEFAULT 0 NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES project (id),
    FOREIGN KEY(batch_id) REFERENCES batch (id)
);

CREATE TABLE tool_version (
    tool_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    definition_hash TEXT NOT NULL,
    meaning TEXT DEFAULT '{}' NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (tool_id, n),
    FOREIGN KEY(tool_id) REFERENCES tool (id),
    FOREIGN KEY(definition_hash) REFERENCES definition (hash)
);

CREATE TABLE catalogue_item (
    catalogue_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    tool_id TEXT NOT NULL,
    n INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (catalogue_id, position),
    FOREIGN KEY(tool_id, n) REFERENCES tool_version (tool_id, n),
    FOREIGN KEY(catalogue_id) REFERENCES catalogue_version (id)
);

CREATE TABLE comment (
    id TEXT NOT NULL,
    example_id TEXT NOT NULL,
    rev INTEGER DEFAULT 0 NOT NULL,
    place TEXT DEFAULT '' NOT NULL,
    text TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
);

CREATE INDEX comment_by_example ON comment (example_id, at);

CREATE TABLE dataset_item (
    version_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    example_id TEXT NOT NULL,
    rev INTEGER DEFAULT 0 NOT NULL,
    body_hash TEXT NOT NULL,
    split TEXT NOT NULL,
    reviewed INTEGER DEFAULT 1 NOT NULL,
    PRIMARY KEY (version_id, position),
    FOREIGN KEY(version_id) REFERENCES dataset_version (id),
    FOREIGN KEY(body_hash) REFERENCES body (hash)
);

CREATE INDEX dataset_item_by_example ON dataset_item (example_id);

CREATE INDEX dataset_item_by_split ON dataset_item (version_id, split, position);

CREATE TABLE decision (
    example_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT,
    recovery TEXT,
    PRIMARY KEY (example_id, turn),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
);

CREATE TABLE example_tag (
    example_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (example_id, tag),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
);

CREATE INDEX example_tag_by_tag ON example_tag (tag, example_id);

CREATE TABLE example_tool (
    example_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    definition_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    called INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (example_id, position),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
    FOREIGN KEY(definition_hash) REFERENCES definition (hash)
);

CREATE INDEX example_tool_by_name ON example_tool (name, example_id);

CREATE TABLE finding (
    example_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    rule TEXT NOT NULL,
    code TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    waived INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (example_id, position),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
);

CREATE INDEX finding_by_rule ON finding (rule, example_id);

CREATE TABLE model (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    base TEXT NOT NULL,
    kind TEXT NOT NULL,
    location TEXT NOT NULL,
    job_id TEXT,
    dataset_id TEXT,
    template_hash TEXT,
    digest TEXT,
    created_at TEXT NOT NULL,
    "by" TEXT,
    details TEXT DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES project (id),
    FOREIGN KEY(job_id) REFERENCES job (id),
    FOREIGN KEY(dataset_id) REFERENCES dataset_version (id)
);

CREATE INDEX model_by_project ON model (project_id, id);

CREATE TABLE reject (
    id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    line INTEGER DEFAULT 0 NOT NULL,
    "column" INTEGER DEFAULT 0 NOT NULL,
    rule TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    bytes BLOB NOT NULL,
    example_id TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(source_id) REFERENCES source (id)
);

CREATE INDEX reject_by_source ON reject (source_id, line);

CREATE TABLE review (
    id TEXT NOT NULL,
    example_id TEXT NOT NULL,
    rev INTEGER DEFAULT 0 NOT NULL,
    person_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
);

CREATE INDEX review_by_example ON review (example_id, rev);

CREATE TABLE revision (
    example_id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    body_hash TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (example_id, rev),
    FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
    FOREIGN KEY(body_hash) REFERENCES body (hash)
);

CREATE INDEX revision_by_body ON revision (body_hash);

CREATE TABLE evaluation (
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    model_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    job_id TEXT,
    split TEXT NOT NULL,
    decoding TEXT NOT NULL,
    settings TEXT DEFAULT '{}' NOT NULL,
    look_no INTEGER DEFAULT 0 NOT NULL,
    state TEXT DEFAULT 'intent' NOT NULL,
    summary TEXT DEFAULT '{}' NOT NULL,
    "by" TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES project (id),
    FOREIGN KEY(model_id) REFERENCES model (id),
    FOREIGN KEY(dataset_id) REFERENCES dataset_version (id),
    FOREIGN KEY(job_id) REFERENCES job (id)
);

CREATE INDEX evaluation_by_project ON evaluation (project_id, id);

CREATE TABLE answer (
    evaluation_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    example_id TEXT NOT NULL,
    text TEXT NOT NULL,
    verdict TEXT DEFAULT '' NOT NULL,
    latency_ms FLOAT,
    tokens INTEGER,
    cost FLOAT,
    repairs INTEGER DEFAULT 0 NOT NULL,
    details TEXT DEFAULT '{}' NOT NULL,
    PRIMARY KEY (evaluation_id, position),
    FOREIGN KEY(evaluation_id) REFERENCES evaluation (id)
);
"""

TRIGGERS = """
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;

CREATE TRIGGER definition_is_not_changed BEFORE UPDATE ON definition
BEGIN SELECT RAISE(ABORT, 'definitions are stored by their content and never change'); END;

CREATE TRIGGER tool_version_is_not_changed BEFORE UPDATE ON tool_version
BEGIN SELECT RAISE(ABORT, 'saved tools never change; save another one'); END;

CREATE TRIGGER catalogue_version_is_not_changed BEFORE UPDATE ON catalogue_version
BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END;

CREATE TRIGGER catalogue_version_is_not_deleted BEFORE DELETE ON catalogue_version
BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END;

CREATE TRIGGER catalogue_item_is_not_changed BEFORE UPDATE ON catalogue_item
BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END;

CREATE TRIGGER catalogue_item_is_not_deleted BEFORE DELETE ON catalogue_item
BEGIN SELECT RAISE(ABORT, 'published catalogues never change'); END;

CREATE TRIGGER dataset_version_is_not_changed BEFORE UPDATE ON dataset_version
BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END;

CREATE TRIGGER dataset_version_is_not_deleted BEFORE DELETE ON dataset_version
BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END;

CREATE TRIGGER dataset_item_is_not_changed BEFORE UPDATE ON dataset_item
BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END;

CREATE TRIGGER dataset_item_is_not_deleted BEFORE DELETE ON dataset_item
BEGIN SELECT RAISE(ABORT, 'frozen dataset versions never change'); END;

CREATE TRIGGER revision_is_not_changed BEFORE UPDATE ON revision
BEGIN SELECT RAISE(ABORT, 'revisions never change; save another one'); END;

CREATE TRIGGER body_is_only_erased BEFORE UPDATE ON body WHEN new.erased_at IS NULL
BEGIN SELECT RAISE(ABORT, 'bodies are stored by their content and never change'); END;

CREATE TRIGGER split_is_sticky BEFORE UPDATE ON split_group
BEGIN SELECT RAISE(ABORT, 'a group keeps the split it was drawn into'); END;

CREATE TRIGGER example_counted_in AFTER INSERT ON example WHEN new.staged = 0
BEGIN
    INSERT INTO counter (project_id, name, "key", n) VALUES (new.project_id, 'state', new.state, 1)
    ON CONFLICT (project_id, name, "key") DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER example_counted_out AFTER DELETE ON example WHEN old.staged = 0
BEGIN
    UPDATE counter SET n = n - 1 WHERE project_id = old.project_id AND name = 'state' AND "key" = old.state;
END;

CREATE TRIGGER example_counted_anew AFTER UPDATE OF state, staged ON example
WHEN old.state <> new.state OR old.staged <> new.staged
BEGIN
    UPDATE counter SET n = n - (1 - old.staged)
    WHERE project_id = old.project_id AND name = 'state' AND "key" = old.state;
    INSERT INTO counter (project_id, name, "key", n) VALUES (new.project_id, 'state', new.state, 1 - new.staged)
    ON CONFLICT (project_id, name, "key") DO UPDATE SET n = n + 1 - new.staged;
END;
"""


def upgrade() -> None:
    """Create every table, index and trigger."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for statement in TRIGGERS.split("\n\n"):
        op.execute(statement)
