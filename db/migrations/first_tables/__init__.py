"""What the first version of the file held, by subject: tables with their indices, then the triggers on them."""

from __future__ import annotations

from db.migrations.first_tables import acts, catalogue, datasets, examples, jobs, people, reviews, sources

TABLES = (
    *acts.TABLES,
    *people.TABLES,
    *sources.TABLES,
    *examples.TABLES,
    *catalogue.TABLES,
    *reviews.TABLES,
    *datasets.TABLES,
    *jobs.TABLES,
)
TRIGGERS = (*acts.TRIGGERS, *catalogue.TRIGGERS, *datasets.TRIGGERS, *examples.TRIGGERS)
