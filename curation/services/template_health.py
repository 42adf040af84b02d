"""What the chat template of a project's base model does to its newest examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from curation.errors import UnreadableError
from curation.formats import get_format
from curation.model.finding import Finding, Severity
from curation.model.states import ExampleState
from curation.rendering import (
    FORMAT_OF_STYLE,
    ChatRow,
    RowStyle,
    TemplateCheck,
    needs_router,
    open_template,
    read_chat_row,
)
from curation.rules import judge
from curation.services.judging import read_body
from curation.services.models import list_models
from curation.services.workspace import Workspace
from db import health

READ_ROWS = 200
"""So many of the newest rows are written; rows of one shape are looked at once."""
LIVING = tuple(state for state in ExampleState if state not in (ExampleState.REJECTED, ExampleState.ARCHIVED))


class TemplateFault(msgspec.Struct, frozen=True):
    """One rule's findings over the rows that were read."""

    code: str
    rule: str
    severity: Severity
    n_rows: int
    message: str
    """The sentence of the first."""


class TemplateHealth(msgspec.Struct, frozen=True):
    """What one template does to a project's rows."""

    base: str
    n_rows: int
    ms_a_row: float
    faults: tuple[TemplateFault, ...]
    problem: str = ""
    """Why nothing could be found out, if so."""


def measure_template(ws: Workspace, project_id: str) -> TemplateHealth | None:
    """Write the newest rows as a training on the newest model's base would; None while there is no model."""
    models = [one for one in list_models(ws, project_id) if one.remote_name is None]
    if not models:
        return None
    base = models[0].base
    try:
        template = open_template(base)
        style: RowStyle = "router" if needs_router(template) else "conversation"
        through = TemplateCheck(template, by_marks=False)
        found = [through.check(row) for row in _rows(ws, project_id, style)]
    except UnreadableError as error:
        return TemplateHealth(base.name, 0, 0.0, (), str(error))
    each_ms = through.cost.seconds / len(found) * 1000 if found else 0.0
    return TemplateHealth(base.name, len(found), each_ms, tuple(_faults(found)))


def _rows(ws: Workspace, project_id: str, style: RowStyle) -> Iterator[ChatRow]:
    write = get_format(FORMAT_OF_STYLE[style]).write
    with ws.reading() as connection:
        bodies = list(health.walk_newest(connection, project_id, LIVING, READ_ROWS))
    for body in bodies:
        for raw in write(read_body(body).example).rows if write else ():
            yield read_chat_row(raw, style)


def _faults(found: list[tuple[Finding, ...]]) -> list[TemplateFault]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for findings in found:
        for finding in {one.rule: one for one in reversed(findings)}.values():
            by_rule[finding.rule].append(finding)
    faults = [
        TemplateFault(one.finding.code, rule, one.severity, len(first), one.finding.message)
        for rule, first in by_rule.items()
        for one in judge(first[:1])
    ]
    return sorted(faults, key=lambda fault: (fault.severity is not Severity.ERROR, -fault.n_rows, fault.code))
