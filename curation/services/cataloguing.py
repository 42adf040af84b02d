"""The tools of a project: edited with a lock on their revision, published together as an immutable catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import BlockedError, CurationError, NotFoundError, StaleRevisionError, StateError
from curation.model.definition import Execution, Tool, ToolError
from curation.model.finding import Judged, Severity
from curation.model.people import Actor
from curation.rules import check_tool, judge
from curation.schemas import compile_schema
from curation.services.acts import Act, perform
from curation.services.catalogue_views import CatalogueView, ToolView, view_catalogue, view_tools
from curation.services.judging import Bench, read_bench
from curation.services.projects import need_project
from curation.services.rechecking import carry_verdicts, recheck_stale
from curation.services.workspace import Workspace
from db import catalogue, catalogues
from db.acts import Deed
from db.catalogue import NEVER, ToolRecord, Used
from db.catalogues import CatalogueItem, CatalogueRecord

__all__ = [
    "NEVER",
    "CatalogueView",
    "ToolView",
    "Used",
    "archive_tool",
    "count_uses",
    "current_catalogue",
    "get_tool",
    "hash_catalogue",
    "import_tools",
    "lint_tool",
    "list_catalogues",
    "list_tools",
    "publish",
    "save_tool",
]


def list_tools(ws: Workspace, project_id: str) -> tuple[ToolView, ...]:
    """By name, without archived ones."""
    with ws.reading() as connection:
        return view_tools(connection, project_id, catalogue.list_tools(connection, project_id))


def get_tool(ws: Workspace, tool_id: str) -> ToolView:
    with ws.reading() as connection:
        record = _need_tool(connection, tool_id)
        return view_tools(connection, record.project_id, [record])[0]


def count_uses(ws: Workspace, project_id: str) -> Mapping[str, Used]:
    """Tool → the examples that offer and call it, without rejected and archived ones; reads every example's tools."""
    with ws.reading() as connection:
        return catalogue.count_examples(connection, project_id)


def lint_tool(tool: Tool, target: str | None = None) -> tuple[Judged, ...]:
    """What a model, a format or a trainer will stumble over in this tool; errors first."""
    return judge(check_tool(tool), target)


def save_tool(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    tool: Tool,
    *,
    tool_id: str | None = None,
    base_revision: int = 0,
    nonce: str,
) -> ToolView:
    """Save a new tool, or the next revision of one; an invalid schema may be saved, never published."""

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        return _save(act, project.id, tool, tool_id, base_revision)

    return get_tool(ws, perform(ws, actor, "save tool", nonce, str, work))


def import_tools(
    ws: Workspace, actor: Actor, project_id: str, tools: Sequence[Tool], *, nonce: str
) -> tuple[ToolView, ...]:
    """Add tools in one act; one that is already here by name becomes its next revision, if it differs."""

    def work(act: Act) -> list[str]:
        project = need_project(act.connection, project_id)
        ids = [_import(act, project.id, tool) for tool in tools]
        act.note(Deed(project.id, after=f"{len(ids)} tools", project_id=project.id))
        return ids

    ids = perform(ws, actor, "import tools", nonce, list[str], work)
    return tuple(get_tool(ws, tool_id) for tool_id in ids)


def archive_tool(ws: Workspace, actor: Actor, tool_id: str, *, nonce: str) -> None:
    """Take a tool out of the next catalogue; published ones and examples keep it."""

    def work(act: Act) -> str:
        record = _need_tool(act.connection, tool_id)
        catalogue.archive_tool(act.connection, tool_id, actor.person_id, act.at)
        act.note(Deed(tool_id, before=record.name, after="archived", project_id=record.project_id))
        return tool_id

    perform(ws, actor, "archive tool", nonce, str, work)


def publish(ws: Workspace, actor: Actor, project_id: str, *, nonce: str) -> CatalogueView:
    """Publish the tools as they are now; refused while any of them has an error."""
    judged_by: list[Bench] = []

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        judged_by.append(read_bench(act.connection, project.id))
        records = catalogue.list_tools(act.connection, project.id)
        _require_publishable(records, project.working_target)
        return _publish(act, project.id, records)

    catalogue_id = perform(ws, actor, "publish catalogue", nonce, str, work)
    for before in judged_by:
        carry_verdicts(ws, project_id, before)
    recheck_stale(ws, project_id)
    return next(view for view in list_catalogues(ws, project_id) if view.id == catalogue_id)


def publish_if_new(act: Act, project_id: str) -> None:
    """Inside another act: publish the tools as they are now, unless the newest catalogue says the same.

    The verdicts that still hold are carried over afterwards: there may be very many.
    """
    project = need_project(act.connection, project_id)
    records = catalogue.list_tools(act.connection, project.id)
    newest = catalogues.newest_catalogue(act.connection, project.id)
    if newest and newest.hash == hash_catalogue([record.tool for record in records]):
        return
    _require_publishable(records, project.working_target)
    _publish(act, project.id, records)


def current_catalogue(ws: Workspace, project_id: str) -> CatalogueView | None:
    """The newest published catalogue, None before the first."""
    with ws.reading() as connection:
        record = catalogues.newest_catalogue(connection, project_id)
        return view_catalogue(connection, record) if record else None


def list_catalogues(ws: Workspace, project_id: str) -> tuple[CatalogueView, ...]:
    """Newest first."""
    with ws.reading() as connection:
        return tuple(view_catalogue(connection, one) for one in catalogues.list_catalogues(connection, project_id))


def _save(act: Act, project_id: str, tool: Tool, tool_id: str | None, base_revision: int) -> str:
    before = _need_tool(act.connection, tool_id) if tool_id else None
    if before and before.project_id != project_id:
        raise NotFoundError("This tool belongs to another project.")
    if before and before.n != base_revision:
        raise StaleRevisionError(
            f"Tool `{before.name}` is at revision {before.n}, and this edit began from {base_revision}."
        )
    _require_free_name(act.connection, project_id, tool, tool_id)
    return put_revision(act, project_id, tool, before).id


def _import(act: Act, project_id: str, tool: Tool) -> str:
    before = catalogue.find_tool_named(act.connection, project_id, tool.name)
    if before and before.tool == tool:
        return before.id
    _require_name(tool)
    return put_revision(act, project_id, tool, before).id


def put_revision(act: Act, project_id: str, tool: Tool, before: ToolRecord | None) -> ToolRecord:
    """Inside another act: the next revision of a tool, or a new tool; its name was judged before."""
    record = ToolRecord(
        id=before.id if before else act.ws.new_id(),
        project_id=project_id,
        name=tool.name,
        n=before.n + 1 if before else 1,
        archived=False,
        updated_by=act.actor.person_id,
        updated_at=act.at,
        tool=tool,
    )
    catalogue.put_tool(act.connection, record)
    act.note(Deed(record.id, f"{before.name}@{before.n}" if before else None, f"{record.name}@{record.n}", project_id))
    return record


def _require_name(tool: Tool) -> None:
    if not tool.name.strip():
        raise CurationError("A tool needs a name.", hint="Type one such as `track_order`.")


def _require_free_name(connection: Connection, project_id: str, tool: Tool, tool_id: str | None) -> None:
    _require_name(tool)
    other = catalogue.find_tool_named(connection, project_id, tool.name)
    if other and other.id != tool_id:
        raise CurationError(f"There is already a tool `{tool.name}` in this project.", hint="Choose another name.")


def _require_publishable(records: Sequence[ToolRecord], target: str | None) -> None:
    if not records:
        raise StateError("There is no tool to publish.", hint="Add a tool first.")
    for record in records:
        fault = compile_schema(record.tool.definition.view.parameters_text or "{}").fault
        if fault:
            raise BlockedError(f"Tool `{record.name}` cannot be published: its parameters are no valid schema: {fault}")
        for judged in lint_tool(record.tool, target):
            if judged.severity is Severity.ERROR:
                place = judged.finding.at or "/"
                raise BlockedError(f"Tool `{record.name}` cannot be published: at {place}: {judged.finding.message}")


def _publish(act: Act, project_id: str, records: Sequence[ToolRecord]) -> str:
    before = catalogues.newest_catalogue(act.connection, project_id)
    items = [CatalogueItem(record.id, record.n, record.tool) for record in records]
    digest = hash_catalogue([item.tool for item in items])
    if before and before.hash == digest:
        raise StateError(f"Nothing has changed since catalogue {before.n}.", hint="Edit a tool first.")
    n = before.n + 1 if before else 1
    record = CatalogueRecord(act.ws.new_id(), project_id, n, digest, act.actor.person_id, act.at)
    catalogues.add_catalogue(act.connection, record, items)
    act.note(Deed(record.id, before.hash if before else None, digest, project_id))
    return record.id


def hash_catalogue(tools: Sequence[Tool]) -> str:
    """The digest of everything a catalogue says, in its order."""
    return hashlib.sha256(msgspec.json.encode([_as_digested(tool) for tool in tools])).hexdigest()


def _as_digested(tool: Tool) -> dict[str, object]:
    """What came to tools later counts only where it says something: catalogues published before keep their digest."""
    fields = msgspec.structs.asdict(tool)
    later = {name: fields.pop(name) for name in ("execution", "samples")}
    errors = [one.message if one == ToolError(one.message) else one for one in tool.errors]
    return (
        fields | {"errors": errors} | {name: value for name, value in later.items() if value not in ((), Execution())}
    )


def _need_tool(connection: Connection, tool_id: str) -> ToolRecord:
    record = catalogue.find_tool(connection, tool_id)
    if record is None:
        raise NotFoundError("This tool is not here.", hint="Go back to the catalogue and choose another.")
    return record
