from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.llm.endpoints import ADDRESS_VARIABLE, KEY_VARIABLE
from curation.model.people import Actor
from curation.services import people
from curation.services.cataloguing import ToolView, import_tools
from curation.services.projects import create_project
from curation.services.workspace import Workspace, open_workspace
from curation.synthesizers.shop import demo_tools
from tests.known_models import add_trained
from tests.ready_homes import make_ready
from tests.services.evaluating_desk import Desk as EvaluatingDesk
from tests.services.paying import pay_tool, publish, save
from tests.services.playing import Play, Player
from tests.shop_rows import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "home") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for the tests of a file that only read what the file puts there; others change a `desk` of theirs."""
    with open_desk(tmp_path_factory.mktemp("shared")) as opened:
        yield opened


@pytest.fixture(scope="session")
def frozen_shop(tmp_path_factory: pytest.TempPathFactory) -> EvaluatingDesk:
    """Drafted and frozen once, and closed; to be copied."""
    made = EvaluatingDesk(tmp_path_factory.mktemp("frozen"))
    made.ws.close()
    return made


@pytest.fixture
def evaluating_desk(frozen_shop: EvaluatingDesk, tmp_path: Path) -> Iterator[EvaluatingDesk]:
    """A desk with a frozen version and two models, for one test."""
    made = frozen_shop.copied_to(tmp_path / "home")
    yield made
    made.ws.close()


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace on a machine on which no model's address is set."""
    for name in (ADDRESS_VARIABLE, KEY_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    opened = open_workspace(make_ready(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def project_id(ws: Workspace) -> str:
    """A project with the tools of the demo."""
    actor = people.local_actor(ws)
    project = create_project(ws, actor, "Desk", nonce="project")
    import_tools(ws, actor, project.id, demo_tools(), nonce="tools")
    return project.id


@pytest.fixture
def pay(desk: Desk) -> ToolView:
    """The tool that pays, published."""
    view = save(desk, pay_tool())
    publish(desk)
    return view


@pytest.fixture
def ana(desk: Desk) -> Actor:
    return people.add_person(desk.ws, desk.actor, "Ana", ["annotator", "expert"], nonce=desk.nonce())


@pytest.fixture
def bo(desk: Desk) -> Actor:
    return people.add_person(desk.ws, desk.actor, "Bo", ["annotator", "expert"], nonce=desk.nonce())


@pytest.fixture
def play(ws: Workspace, project_id: str) -> Play:
    """A person at the playground beside one model, which says what it is given to say."""
    add_trained(ws, project_id, "support-3", "m1")
    return lambda *answers: Player(ws, project_id, list(answers))
