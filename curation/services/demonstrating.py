"""Fills the demo project through the same services people use, so that it cannot hold what they could not make."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.model.definition import Tool
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import demo_data
from curation.services.acts import Act, perform
from curation.services.batching import Progress
from curation.services.browsing import count_states
from curation.services.cataloguing import current_catalogue, import_tools, publish
from curation.services.demo_data import Drafts, Planted
from curation.services.freezing import DatasetView, freeze, list_datasets
from curation.services.projects import ProjectView, create_project, find_project
from curation.services.recorded_runs import show_recorded
from curation.services.reviewing import accept_batch, reject, request_changes
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import Workspace
from curation.services.writing import new_example, submit
from curation.synthesizers.shop import demo_tools
from db import acts, datasets
from db.acts import Deed

CREATED = "demo project"
"""Nonce of the act that makes the project: a project of the same name that somebody else made is never filled."""


class DemoReport(msgspec.Struct, frozen=True):
    """What the demo project holds now."""

    project: ProjectView
    dataset: DatasetView
    states: dict[str, int]
    is_new: bool
    """False when the project was there before and nothing was added."""

    @property
    def id(self) -> str:
        """The project's id."""
        return self.project.id


def fill_demo(
    ws: Workspace,
    actor: Actor,
    *,
    progress: Progress | None = None,
    nonce: str = "",  # noqa: ARG001 - every act takes one; here each step makes its own
) -> DemoReport:
    """Make the demo project, or go on where an earlier call was cut off; a complete one is left as people have it.

    Every step has a nonce made from the project's id, so each is done once whatever happens in between.
    """
    project = find_demo(ws)
    if project is not None and (versions := list_datasets(ws, project.id)) and _has_planted(ws, project.id):
        return DemoReport(project, versions[-1], count_states(ws, project.id), is_new=False)
    project = project or create_project(ws, actor, demo_data.PROJECT, salt=demo_data.SALT, nonce=CREATED)
    fill_catalogue(ws, actor, project.id, demo_tools())
    dataset = freeze_drafts(ws, actor, project.id, demo_data.DRAFTS, progress=progress)
    show_recorded(ws, actor, dataset, project.id)
    _plant(ws, actor, project.id)
    return DemoReport(project, dataset, count_states(ws, project.id), is_new=True)


def find_demo(ws: Workspace) -> ProjectView | None:
    """The demo project, if this workspace has it, whatever it is called by now and whoever made it."""
    return find_made_with(ws, CREATED)


def find_made_with(ws: Workspace, nonce: str) -> ProjectView | None:
    """The project that the act of this nonce made."""
    with ws.reading() as connection:
        made = acts.find_act(connection, nonce)
    return find_project(ws, msgspec.json.decode(made.result, type=str)) if made else None


def fill_catalogue(ws: Workspace, actor: Actor, project_id: str, tools: Sequence[Tool], *, nonce: str = "demo") -> None:
    """Publish a demo's tools, once."""
    import_tools(ws, actor, project_id, tools, nonce=f"{nonce} {project_id} tools")
    if current_catalogue(ws, project_id) is None:
        publish(ws, actor, project_id, nonce=f"{nonce} {project_id} publish")


def freeze_drafts(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    orders: Sequence[Drafts],
    *,
    progress: Progress | None = None,
) -> DatasetView:
    """Draft, accept as a batch in the name of the acting lead, and freeze version 1."""
    n_before = 0
    for number, one in enumerate(orders):
        report = draft_candidates(
            ws,
            actor,
            project_id,
            one.strategy,
            count=one.count,
            seed=one.seed,
            mix=one.mix,
            cells=one.cells,
            parameters=demo_data.KNOBS,
            progress=_count_on(progress, n_before),
            nonce=f"demo {project_id} draft {number}",
        )
        n_before += report.n_added
    accept_batch(ws, actor, project_id, states=[ExampleState.CANDIDATE], nonce=f"demo {project_id} accept")
    perform(ws, actor, "fill demo", f"demo {project_id} splits", int, lambda act: _take_splits(act, project_id))
    return freeze(ws, actor, project_id, nonce=f"demo {project_id} freeze")


def _count_on(progress: Progress | None, before: int) -> Progress | None:
    return progress and (lambda done: progress(before + done))


def _take_splits(act: Act, project_id: str) -> int:
    """The splits of the recorded run, however groups are drawn by now."""
    known = datasets.read_splits(act.connection, project_id)
    drawn = {group: split for group, split in demo_data.read_splits().items() if group not in known}
    datasets.add_splits(act.connection, project_id, drawn, act.at)
    act.note(Deed(project_id, after=f"splits of {len(drawn)} groups", project_id=project_id))
    return len(drawn)


def _has_planted(ws: Workspace, project_id: str) -> bool:
    """Whether the last step was reached: rejected work stands at the end of the planted examples."""
    return bool(count_states(ws, project_id).get(ExampleState.REJECTED.value))


def _plant(ws: Workspace, actor: Actor, project_id: str) -> None:
    """Faults, and one example at least in every state, so that every screen has something to show."""
    draft_candidates(
        ws,
        actor,
        project_id,
        "schema_driven",
        count=demo_data.WAITING,
        seed=demo_data.WAITING_SEED,
        parameters=demo_data.KNOBS,
        nonce=f"demo {project_id} waiting",
    )
    for number, planted in enumerate(demo_data.read_planted()):
        _plant_one(ws, actor, project_id, planted, f"demo {project_id} planted {number}")


def _plant_one(ws: Workspace, actor: Actor, project_id: str, planted: Planted, nonce: str) -> None:
    view = new_example(ws, actor, project_id, planted.example, nonce=nonce)
    if planted.state == "draft":
        return
    view = submit(ws, actor, view.id, view.head_rev, nonce=f"{nonce} submit")
    if planted.state == "changes_requested":
        request_changes(ws, actor, view.id, view.head_rev, planted.comment, nonce=f"{nonce} verdict")
    elif planted.state == "rejected":
        reject(ws, actor, view.id, view.head_rev, planted.comment, nonce=f"{nonce} verdict")
