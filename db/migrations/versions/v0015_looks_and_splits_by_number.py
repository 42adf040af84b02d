"""How far the double review of an example is, and whether its split is drawn, stand on its row: lists walk along them.

`look` says it of the newest revision: whether it is open or two differ, who has said their word and who wrote the text.
Examples of one look are counted together, so who may judge what is told from a few counters.
"""

# ruff: noqa: S608

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

BY_MACHINE = ("moved to %", "back from %", "back to revision %", "again as revision %", "%, with others")
_WRITTEN = " AND ".join(
    ["NOT (r.rev = 1 AND e.origin <> 'written')", *(f"r.why NOT LIKE '{one}'" for one in BY_MACHINE)]
)
_HEARD = (
    "SELECT json_group_array(one) FROM (SELECT DISTINCT w.person_id AS one FROM review AS w"
    " WHERE w.example_id = j.example_id AND w.rev = j.rev AND w.blind = 1 ORDER BY 1)"
)
_WRITERS = (
    'SELECT json_group_array(one) FROM (SELECT DISTINCT r."by" AS one FROM revision AS r'
    f" WHERE r.example_id = j.example_id AND {_WRITTEN} ORDER BY 1)"
)


def _look(example_id: str) -> str:
    return (
        "coalesce((SELECT CASE j.state WHEN 'differ' THEN '[\"differ\",[],[]]'"
        f" ELSE json_array(j.state, json(({_HEARD})), json(({_WRITERS}))) END"
        " FROM second_look AS j JOIN example AS e ON e.id = j.example_id"
        f" WHERE j.example_id = {example_id} AND j.rev = e.head_rev AND j.state IN ('open', 'differ')), '')"
    )


def _renew(name: str, event: str, example_id: str) -> str:
    renewed = f"UPDATE example SET look = {_look(example_id)} WHERE id = {example_id}"
    return f"CREATE TRIGGER {name} AFTER {event} BEGIN {renewed}; END"


def _is_drawn(row: str) -> str:
    same = f"s.project_id = {row}.project_id AND s.group_key = {row}.group_key"
    return f"EXISTS (SELECT 1 FROM split_group AS s WHERE {same})"


STATEMENTS = (
    "DROP INDEX review_spoken",
    "DROP INDEX revision_by_writer",
    "ALTER TABLE example ADD COLUMN look TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE example ADD COLUMN drawn INTEGER DEFAULT 0 NOT NULL",
    f"UPDATE example SET look = {_look('example.id')} WHERE id IN (SELECT example_id FROM second_look)",
    f"UPDATE example SET drawn = 1 WHERE {_is_drawn('example')}",
    "CREATE INDEX example_by_look ON example (project_id, state, look, number) WHERE staged = 0",
    "CREATE INDEX example_undrawn ON example (project_id, number) WHERE drawn = 0 AND staged = 0",
    "INSERT INTO counter (project_id, name, \"key\", n) SELECT project_id, 'look', state || ' ' || look, count(*)"
    " FROM example WHERE look <> '' AND staged = 0 GROUP BY 1, 2, 3",
    _renew("look_begun", "INSERT ON second_look", "new.example_id"),
    _renew("look_gone_on", "UPDATE ON second_look", "new.example_id"),
    _renew("look_heard", "INSERT ON review WHEN new.blind = 1", "new.example_id"),
    _renew("look_heard_anew", "UPDATE OF blind, rev ON review", "new.example_id"),
    _renew(
        "look_revised",
        "UPDATE OF head_rev ON example WHEN EXISTS (SELECT 1 FROM second_look WHERE example_id = new.id)",
        "new.id",
    ),
    """CREATE TRIGGER example_look_counted AFTER UPDATE OF state, staged, look ON example
    WHEN (old.look <> '' OR new.look <> '')
        AND (old.state <> new.state OR old.staged <> new.staged OR old.look <> new.look)
    BEGIN
        UPDATE counter SET n = n - (1 - old.staged) WHERE old.look <> ''
            AND project_id = old.project_id AND name = 'look' AND "key" = old.state || ' ' || old.look;
        INSERT INTO counter (project_id, name, "key", n)
            SELECT new.project_id, 'look', new.state || ' ' || new.look, 1 - new.staged WHERE new.look <> ''
            ON CONFLICT (project_id, name, "key") DO UPDATE SET n = n + 1 - new.staged;
        DELETE FROM counter WHERE old.look <> '' AND n = 0
            AND project_id = old.project_id AND name = 'look' AND "key" = old.state || ' ' || old.look;
    END""",
    "CREATE TRIGGER split_drawn AFTER INSERT ON split_group BEGIN UPDATE example SET drawn = 1"
    " WHERE project_id = new.project_id AND group_key = new.group_key; END",
    f"CREATE TRIGGER example_drawn AFTER INSERT ON example WHEN {_is_drawn('new')}"
    " BEGIN UPDATE example SET drawn = 1 WHERE number = new.number; END",
    "CREATE TRIGGER example_grouped AFTER UPDATE OF group_key ON example WHEN old.group_key <> new.group_key"
    f" BEGIN UPDATE example SET drawn = {_is_drawn('new')} WHERE number = new.number; END",
)


def upgrade() -> None:
    """Add two columns with what keeps them right, and fill them from what is stored."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
