"""Screens are tested through the main script, on a workspace in a temporary folder."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.browser.filling import Filling, filled
from tests.ready_homes import make_ready
from tests.screens.building import Builder
from tests.screens.stage import Stage, staged
from tests.services.evaluating_desk import Desk

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def packages_are_read_once() -> Iterator[None]:
    """Each AppTest looks for components in every installed package: a fifth of a second for each page opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty workspace that the screens open; closed again afterwards."""
    from ui.session import close_workspaces

    folder = make_ready(tmp_path / "workspace")
    monkeypatch.setenv("CALLWRIGHT_HOME", str(folder))
    yield folder
    close_workspaces()


@pytest.fixture
def desk(ready: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """What a file of tests made `ready` once, in the folder that the screens open."""
    from ui.session import close_workspaces

    made = ready.copied_to(tmp_path / "workspace")
    monkeypatch.setenv("CALLWRIGHT_HOME", str(made.ws.home))
    yield made
    made.ws.close()
    close_workspaces()


@pytest.fixture
def filling(home: Path) -> Iterator[Filling]:
    """One project with a published tool."""
    with filled(home, f"Shop {uuid.uuid4().hex[:6]}") as made:
        yield made


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    """A project of its own and the services behind the screens."""
    with staged(home) as opened:
        yield opened


@pytest.fixture
def builder(home: Path) -> Iterator[Builder]:
    """The desk of one saved tool."""
    with staged(home) as opened:
        yield Builder(opened)


@pytest.fixture
def open_page(home: Path) -> Callable[[str], AppTest]:
    """Runs the app at a page of `pages/`."""

    def run(name: str = "home") -> AppTest:
        screen = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=20)
        if name != "home":
            screen.switch_page(f"../pages/{name}.py")
        screen.run()
        assert not screen.exception, screen.exception
        return screen

    return run
