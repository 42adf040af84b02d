"""Examples, bodies, revisions, drafts, and what is derived from heads, as they were first."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE body (
        hash TEXT NOT NULL,
        bytes BLOB NOT NULL,
        erased_at TEXT,
        PRIMARY KEY (hash)
    )""",
    """CREATE TABLE draft (
        person_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        object_id TEXT NOT NULL,
        field TEXT NOT NULL,
        base_rev INTEGER DEFAULT 0 NOT NULL,
        text TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        PRIMARY KEY (person_id, kind, object_id, field)
    )""",
    """CREATE TABLE example_text (
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (number)
    )""",
    """CREATE TABLE example (
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
    )""",
    """CREATE INDEX example_by_body ON example (head_hash)""",
    """CREATE INDEX example_by_batch ON example (batch_id)""",
    """CREATE INDEX example_by_group ON example (project_id, group_key)""",
    """CREATE INDEX example_by_number ON example (project_id, staged, number)""",
    """CREATE INDEX example_by_state ON example (project_id, staged, state, number)""",
    """CREATE INDEX example_by_twin ON example (project_id, normal_hash)""",
    """CREATE TABLE decision (
        example_id TEXT NOT NULL,
        turn INTEGER NOT NULL,
        kind TEXT NOT NULL,
        reason TEXT,
        recovery TEXT,
        PRIMARY KEY (example_id, turn),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
    """CREATE TABLE example_tag (
        example_id TEXT NOT NULL,
        tag TEXT NOT NULL,
        PRIMARY KEY (example_id, tag),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE
    )""",
    """CREATE INDEX example_tag_by_tag ON example_tag (tag, example_id)""",
    """CREATE TABLE example_tool (
        example_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        definition_hash TEXT NOT NULL,
        name TEXT NOT NULL,
        called INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (example_id, position),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
        FOREIGN KEY(definition_hash) REFERENCES definition (hash)
    )""",
    """CREATE INDEX example_tool_by_name ON example_tool (name, example_id)""",
    """CREATE TABLE finding (
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
    )""",
    """CREATE INDEX finding_by_rule ON finding (rule, example_id)""",
    """CREATE TABLE revision (
        example_id TEXT NOT NULL,
        rev INTEGER NOT NULL,
        body_hash TEXT NOT NULL,
        "by" TEXT NOT NULL,
        at TEXT NOT NULL,
        why TEXT NOT NULL,
        PRIMARY KEY (example_id, rev),
        FOREIGN KEY(example_id) REFERENCES example (id) ON DELETE CASCADE,
        FOREIGN KEY(body_hash) REFERENCES body (hash)
    )""",
    """CREATE INDEX revision_by_body ON revision (body_hash)""",
)
TRIGGERS = (
    """CREATE TRIGGER revision_is_not_changed BEFORE UPDATE ON revision
    BEGIN SELECT RAISE(ABORT, 'revisions never change; save another one'); END""",
    """CREATE TRIGGER body_is_only_erased BEFORE UPDATE ON body WHEN new.erased_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'bodies are stored by their content and never change'); END""",
    """CREATE TRIGGER example_counted_in AFTER INSERT ON example WHEN new.staged = 0
    BEGIN
        INSERT INTO counter (project_id, name, "key", n) VALUES (new.project_id, 'state', new.state, 1)
        ON CONFLICT (project_id, name, "key") DO UPDATE SET n = n + 1;
    END""",
    """CREATE TRIGGER example_counted_out AFTER DELETE ON example WHEN old.staged = 0
    BEGIN
        UPDATE counter SET n = n - 1 WHERE project_id = old.project_id AND name = 'state' AND "key" = old.state;
    END""",
    """CREATE TRIGGER example_counted_anew AFTER UPDATE OF state, staged ON example
    WHEN old.state <> new.state OR old.staged <> new.staged
    BEGIN
        UPDATE counter SET n = n - (1 - old.staged)
        WHERE project_id = old.project_id AND name = 'state' AND "key" = old.state;
        INSERT INTO counter (project_id, name, "key", n) VALUES (new.project_id, 'state', new.state, 1 - new.staged)
        ON CONFLICT (project_id, name, "key") DO UPDATE SET n = n + 1 - new.staged;
    END""",
)
