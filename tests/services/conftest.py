from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.model.people import Actor
from curation.services import people
from curation.services.cataloguing import ToolView
from tests.services.paying import pay_tool, publish, save
from tests.shop_rows import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "home") as opened:
        yield opened


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
