"""Examples: a narrow row each, bodies stored once, every revision, drafts, and what is derived from the head."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, text

from db.tables.base import count, key, link, maybe, metadata, words

body = Table(
    "body",
    metadata,
    key("hash"),
    Column("bytes", LargeBinary, nullable=False),
    maybe("erased_at"),
    Column("n_waivers", Integer),
)
"""`n_waivers` is NULL where nobody has counted them."""

example = Table(
    "example",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", key().type, nullable=False, unique=True),
    link("project_id", "project.id"),
    words("state"),
    count("head_rev"),
    link("head_hash", "body.hash"),
    words("normal_hash"),
    Column("accepted_rev", Integer),
    words("group_key"),
    words("title"),
    words("categories", ""),
    count("n_calls"),
    count("n_decisions"),
    count("n_no_tool"),
    count("n_error"),
    count("n_warning"),
    count("size_bytes"),
    words("verdict_key", ""),
    words("origin"),
    link("batch_id", "batch.id", optional=True),
    Column("line", Integer),
    count("staged"),
    words("created_at"),
    words("updated_by"),
    words("updated_at"),
    words("author", ""),
    words("look", ""),
    count("drawn"),
    CheckConstraint(
        "(state = 'accepted' and accepted_rev is not null and accepted_rev = head_rev)"
        " or (state <> 'accepted' and accepted_rev is null)",
        name="accepted_is_bound_to_its_revision",
    ),
    sqlite_autoincrement=True,
)
Index("example_by_state", example.c.project_id, example.c.staged, example.c.state, example.c.number)
Index("example_by_number", example.c.project_id, example.c.staged, example.c.number)
Index("example_by_twin", example.c.project_id, example.c.normal_hash)
Index("example_by_body", example.c.head_hash)
Index("example_by_batch", example.c.batch_id)
HAS_ERRORS = text("n_error > 0")
"""Written out, not bound: SQLite uses the index only where it sees this very condition."""
Index("example_with_errors", example.c.project_id, example.c.staged, example.c.number, sqlite_where=HAS_ERRORS)
Index("example_by_group", example.c.project_id, example.c.group_key)
Index(
    "example_decisions",
    example.c.project_id,
    example.c.staged,
    example.c.state,
    example.c.n_decisions,
    example.c.n_no_tool,
)
Index("example_by_author", example.c.project_id, example.c.author, example.c.number)
Index("example_by_origin", example.c.project_id, example.c.origin, example.c.number)
Index(
    "example_by_look",
    example.c.project_id,
    example.c.state,
    example.c.look,
    example.c.number,
    sqlite_where=text("staged = 0"),
)
# Partial indices in the order of the list; `db.filtering` names them, and repeats their conditions to the letter.
Index("example_with_warnings", example.c.project_id, example.c.number, sqlite_where=text("n_warning > 0"))
Index(
    "example_without_findings",
    example.c.project_id,
    example.c.number,
    sqlite_where=text("n_error = 0 AND n_warning = 0"),
)
UNJUDGED = text("verdict_key = '' AND staged = 0")
Index("example_unjudged", example.c.number, sqlite_where=UNJUDGED)
Index("example_undrawn", example.c.project_id, example.c.number, sqlite_where=text("drawn = 0 AND staged = 0"))
CATEGORIES = ("single", "parallel", "multi_step", "recovery", "no_call")
for _name in CATEGORIES:
    _shape = text(f"instr(categories, '{_name}') > 0")
    Index(f"example_{_name}", example.c.project_id, example.c.number, sqlite_where=_shape)

revision = Table(
    "revision",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    Column("rev", Integer, primary_key=True),
    link("body_hash", "body.hash"),
    words("by"),
    words("at"),
    words("why"),
)
Index("revision_by_body", revision.c.body_hash)

draft = Table(
    "draft",
    metadata,
    key("person_id"),
    key("kind"),
    key("object_id"),
    key("field"),
    count("base_rev"),
    words("text"),
    words("saved_at"),
)

example_tool = Table(
    "example_tool",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    Column("position", Integer, primary_key=True),
    link("definition_hash", "definition.hash"),
    words("name"),
    count("called"),
    count("number"),
)
"""The tools a head revision offers; `called` counts the calls of each; `number` is the example's."""
Index("example_tool_by_name", example_tool.c.name, example_tool.c.number)
Index("example_tool_called", example_tool.c.name, example_tool.c.number, sqlite_where=text("called > 0"))

example_tag = Table(
    "example_tag",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    key("tag"),
    count("number"),
)
Index("example_tag_by_tag", example_tag.c.tag, example_tag.c.number)

decision = Table(
    "decision",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    Column("turn", Integer, primary_key=True),
    words("kind"),
    maybe("reason"),
    maybe("recovery"),
)

finding = Table(
    "finding",
    metadata,
    link("example_id", "example.id", primary_key=True, cascade=True),
    Column("position", Integer, primary_key=True),
    words("rule"),
    words("code"),
    words("fingerprint"),
    words("place"),
    words("message"),
    count("waived"),
    count("number"),
)
Index("finding_by_rule", finding.c.rule, finding.c.waived, finding.c.number)

example_text = Table("example_text", metadata, Column("number", Integer, primary_key=True), words("text"))
"""What search reads; the full-text index follows it by triggers, and behind a batch a little later."""

search_todo = Table("search_todo", metadata, Column("number", Integer, primary_key=True))
"""Examples of batches that search does not find yet; triggers write it."""
