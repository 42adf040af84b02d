"""Fills the demo of the small agent through the same services people use: import, accept, freeze."""

from __future__ import annotations

from collections.abc import Mapping

from curation.model.people import Actor
from curation.model.states import ExampleState, Split
from curation.services import agent_data
from curation.services.acts import Act, perform
from curation.services.browsing import count_states
from curation.services.demonstrating import DemoReport, fill_catalogue, find_made_with
from curation.services.freezing import DatasetView, freeze, list_datasets
from curation.services.importing import import_stream
from curation.services.projects import ProjectView, create_project
from curation.services.reviewing import accept_batch
from curation.services.workspace import Workspace
from db import datasets
from db.acts import Deed

CREATED = "small agent project"
"""Nonce of the act that makes the project: a project of the same name that somebody else made is never filled."""


def fill_agent_demo(
    ws: Workspace,
    actor: Actor,
    *,
    nonce: str = "",  # noqa: ARG001 - every act takes one; here each step makes its own
) -> DemoReport:
    """Make the project of the small agent, or go on where an earlier call was cut off; a complete one is left alone.

    Every step has a nonce made from the project's id, so each is done once whatever happens in between.
    """
    project = find_agent_demo(ws)
    if project is not None and (versions := list_datasets(ws, project.id)):
        return DemoReport(project, versions[-1], count_states(ws, project.id), is_new=False)
    project = project or create_project(ws, actor, agent_data.PROJECT, salt=agent_data.SALT, nonce=CREATED)
    fill_catalogue(ws, actor, project.id, agent_data.agent_tools(), nonce="agent")
    _import_rows(ws, actor, project.id)
    dataset = _freeze(ws, actor, project.id)
    return DemoReport(project, dataset, count_states(ws, project.id), is_new=True)


def find_agent_demo(ws: Workspace) -> ProjectView | None:
    """The project of the small agent, if this workspace has it, whatever it is called by now."""
    return find_made_with(ws, CREATED)


def _import_rows(ws: Workspace, actor: Actor, project_id: str) -> None:
    for file in (agent_data.example_file(), agent_data.scenario_file()):
        nonce = f"agent {project_id} {file.format}"
        import_stream(ws, actor, project_id, file.open(), name=file.name, format_name=file.format, nonce=nonce)


def _freeze(ws: Workspace, actor: Actor, project_id: str) -> DatasetView:
    """Accept all as a batch in the name of the acting lead, and freeze version 1 with the scenarios as its test."""
    accept_batch(ws, actor, project_id, states=[ExampleState.DRAFT], nonce=f"agent {project_id} accept")
    splits = agent_data.agent_splits()
    perform(
        ws, actor, "fill demo", f"agent {project_id} splits", int, lambda act: _take_splits(act, project_id, splits)
    )
    return freeze(ws, actor, project_id, nonce=f"agent {project_id} freeze")


def _take_splits(act: Act, project_id: str, splits: Mapping[str, Split]) -> int:
    """The splits of groups that were not drawn yet."""
    known = datasets.read_splits(act.connection, project_id)
    drawn = {group: split for group, split in splits.items() if group not in known}
    datasets.add_splits(act.connection, project_id, drawn, act.at)
    act.note(Deed(project_id, after=f"splits of {len(drawn)} groups", project_id=project_id))
    return len(drawn)
