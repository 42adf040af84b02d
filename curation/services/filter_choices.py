"""What a list can be narrowed to: only what there is, found without walking over the examples."""

from __future__ import annotations

import msgspec

from curation.rules import RULES
from curation.services.filtering import SPLITS
from curation.services.workspace import Workspace
from db import batches, people, queries
from db.tables.examples import CATEGORIES

MOST = 500
"""Values of one kind a person can choose from; the rest is reached by its address."""


class Choices(msgspec.Struct, frozen=True):
    """Value → the word for it, in the order they are offered."""

    categories: dict[str, str]
    tools: dict[str, str]
    rules: dict[str, str]
    tags: dict[str, str]
    authors: dict[str, str]
    origins: dict[str, str]
    splits: dict[str, str]


def list_choices(ws: Workspace, project_id: str) -> Choices:
    """What the filters of one project offer."""
    with ws.reading() as connection:
        names = people.name_people(connection)
        rules = queries.list_values(connection, project_id, "rule", MOST)
        tags = queries.list_values(connection, project_id, "tag", MOST)
        authors = queries.list_values(connection, project_id, "author", MOST)
        tools = queries.list_tool_names(connection, project_id)
        origins = queries.list_values(connection, project_id, "origin", MOST)
    codes = {rule.slug: f"{rule.code} {rule.slug}" for rule in RULES}
    return Choices(
        categories={name: name.replace("_", "-") for name in CATEGORIES},
        tools={name: name for name in tools},
        rules=dict(sorted(((slug, codes.get(slug, slug)) for slug in rules), key=lambda one: one[1])),
        tags={tag: tag for tag in tags},
        authors={person: names.get(person, person) for person in authors},
        origins={origin: origin for origin in origins},
        splits={split: split for split in SPLITS},
    )


def name_batch(ws: Workspace, batch_id: str) -> str:
    """What examples came with: the file, or what it was called; the id where nothing is known of it."""
    with ws.reading() as connection:
        found = batches.find_batch(connection, batch_id)
    return found.name if found else batch_id
