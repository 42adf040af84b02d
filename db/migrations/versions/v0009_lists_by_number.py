"""Every filter of a list walks in the order of the list; a bulk act knows what it does; one view opens by itself."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

CATEGORIES = ("single", "parallel", "multi_step", "recovery", "no_call")
STATEMENTS = (
    "ALTER TABLE finding ADD COLUMN number INTEGER DEFAULT 0 NOT NULL",
    "UPDATE finding SET number = (SELECT number FROM example WHERE example.id = finding.example_id)",
    "DROP INDEX finding_by_rule",
    "CREATE INDEX finding_by_rule ON finding (rule, waived, number)",
    "ALTER TABLE example_tag ADD COLUMN number INTEGER DEFAULT 0 NOT NULL",
    "UPDATE example_tag SET number = (SELECT number FROM example WHERE example.id = example_tag.example_id)",
    "DROP INDEX example_tag_by_tag",
    "CREATE INDEX example_tag_by_tag ON example_tag (tag, number)",
    "CREATE INDEX example_tool_called ON example_tool (name, number) WHERE called > 0",
    "ALTER TABLE example ADD COLUMN author TEXT DEFAULT '' NOT NULL",
    """UPDATE example SET author = coalesce((SELECT "by" FROM revision
       WHERE revision.example_id = example.id AND revision.rev = example.head_rev), updated_by)""",
    "CREATE INDEX example_by_author ON example (project_id, author, number)",
    "CREATE INDEX example_by_origin ON example (project_id, origin, number)",
    "CREATE INDEX example_with_warnings ON example (project_id, number) WHERE n_warning > 0",
    "CREATE INDEX example_without_findings ON example (project_id, number) WHERE n_error = 0 AND n_warning = 0",
    *(
        f"CREATE INDEX example_{name} ON example (project_id, number) WHERE instr(categories, '{name}') > 0"
        for name in CATEGORIES
    ),
    "CREATE INDEX split_group_by_split ON split_group (project_id, split, group_key)",
    "ALTER TABLE saved_view ADD COLUMN is_first INTEGER DEFAULT 0 NOT NULL",
    """CREATE TABLE bulk (
        batch_id TEXT NOT NULL,
        spec TEXT DEFAULT '{}' NOT NULL,
        n_items INTEGER DEFAULT 0 NOT NULL,
        PRIMARY KEY (batch_id),
        FOREIGN KEY(batch_id) REFERENCES batch (id)
    )""",
)


def upgrade() -> None:
    """Add numbers and authors to what is stored, index by them, and add what bulk acts need."""
    for statement in STATEMENTS:
        op.execute(statement)
