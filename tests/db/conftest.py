from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.services import cataloguing, freezing, reviewing
from curation.services.workspace import Workspace
from curation.services.writing import submit
from tests.shop_rows import make_tool, open_desk


@pytest.fixture(scope="session")
def full_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with a published catalogue and a frozen version; tests only try to change it."""
    with open_desk(Path(tmp_path_factory.mktemp("full"))) as desk:
        ws, actor, project_id = desk.ws, desk.actor, desk.project_id
        cataloguing.save_tool(ws, actor, project_id, make_tool(), nonce=desk.nonce())
        cataloguing.publish(ws, actor, project_id, nonce=desk.nonce())
        view = submit(ws, actor, desk.write().id, 1, nonce=desk.nonce())
        reviewing.accept(ws, actor, view.id, 1, nonce=desk.nonce())
        freezing.freeze(ws, actor, project_id, nonce=desk.nonce())
        yield ws
