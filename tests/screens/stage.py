"""A workspace in a temporary folder, and the pages of the app looked at through its main script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.testing.v1 import AppTest

from curation.model.definition import Definition, Policy, Tool
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import cataloguing, freezing, people, projects, reviewing, synthesizing
from curation.services.freezing import DatasetView
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace, open_workspace
from curation.synthesizers import SYNTHESIZERS
from curation.synthesizers.shop import demo_tools
from tests.ready_homes import make_ready

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "![x](http://evil.example/x.png)"
"""Other people's words that would make a browser call out if they passed through markdown."""


class Stage:
    """An open workspace with one project, and a way to look at it."""

    def __init__(self, home: Path) -> None:
        self.ws: Workspace = open_workspace(make_ready(home))
        self.actor: Actor = people.local_actor(self.ws)
        self.project: ProjectView = projects.create_project(self.ws, self.actor, "shop", nonce="stage.project")

    def show(self, page: str) -> AppTest:
        """A page as a new tab sees it."""
        shown = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
        return shown.switch_page(f"../pages/{page}.py").run()


@contextmanager
def staged(home: Path) -> Iterator[Stage]:
    """A stage in the folder the screens open, closed at the end."""
    stage = Stage(home)
    try:
        yield stage
    finally:
        stage.ws.close()


def make_tool(name: str = "track_order", parameters: str = '{"type":"object","properties":{}}') -> Tool:
    """A tool with a description and a policy."""
    text = f'{{"type":"function","function":{{"name":"{name}","description":"Say where.","parameters":{parameters}}}}}'
    return Tool(Definition(text), side_effect="read", policy=Policy(text="Only for the buyer."))


def texts(shown: AppTest) -> str:
    """Every word on the page, for looking something up."""
    kinds = ("title", "header", "markdown", "caption", "text", "error", "warning", "info", "code", "button")
    return "\n".join(
        str(getattr(element, "value", "")) + " " + str(getattr(element, "label", ""))
        for kind in kinds
        for element in shown.get(kind)
    ).replace("\\", "")


def demo_shop(stage: Stage, count: int = 40) -> DatasetView:
    """Tools, accepted examples and one frozen version."""
    cataloguing.import_tools(stage.ws, stage.actor, stage.project.id, demo_tools(), nonce="shop.tools")
    name = SYNTHESIZERS[0].name
    synthesizing.draft_candidates(
        stage.ws, stage.actor, stage.project.id, name, count=count, seed=5, nonce="shop.draft"
    )
    reviewing.accept_batch(
        stage.ws, stage.actor, stage.project.id, states=[ExampleState.CANDIDATE], nonce="shop.accept"
    )
    return freezing.freeze(stage.ws, stage.actor, stage.project.id, nonce="shop.freeze")
