"""The route a page asks whether something has moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.ready_homes import make_ready
from tests.screens.stage import Stage
from ui.api import editor_routes
from ui.pulse import STAMPS
from ui.pulse_route import Kind, pulse_routes
from ui.session import close_workspaces

JSON = {"content-type": "application/json"}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CALLWRIGHT_HOME", str(make_ready(tmp_path)))
    # As in the launcher: an unknown address below /api is taken by the editor's last route.
    yield TestClient(Starlette(routes=[*pulse_routes(), *editor_routes()]), base_url="http://127.0.0.1:8501")
    close_workspaces()


def ask(client: TestClient, body: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    answer = client.post("/api/pulse", content=body.encode(), headers={**JSON, **(headers or {})})
    return answer.status_code, answer.json()


def test_same_state_has_the_same_stamp_and_nothing_else_is_told(client: TestClient, tmp_path: Path) -> None:
    project = Stage(tmp_path).project
    body = f'{{"kind": "board", "id": "{project.id}"}}'
    status, first = ask(client, body)
    assert status == 200
    assert list(first) == ["stamp"]
    assert ask(client, body) == (status, first)


@pytest.mark.parametrize("body", ['{"kind": "person", "id": "x"}', "[]", '{"kind": "run"}', "\ufeff", ""])
def test_nonsense_is_refused_in_a_sentence(client: TestClient, body: str) -> None:
    status, told = ask(client, body)
    assert status == 400
    assert "JSON object" in told["error"]


def test_unknown_run_is_a_sentence(client: TestClient) -> None:
    status, told = ask(client, '{"kind": "run", "id": "nobody"}')
    assert (status, "no job" in told["error"]) == (409, True)


def test_other_sites_and_forms_are_refused(client: TestClient) -> None:
    body = '{"kind": "runs", "id": "x"}'
    assert ask(client, body, {"sec-fetch-site": "cross-site"})[0] == 403
    assert ask(client, body, {"content-type": "text/plain"})[0] == 415


def test_every_kind_has_a_stamp() -> None:
    assert set(STAMPS) == set(get_args(Kind))
