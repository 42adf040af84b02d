"""The editor's routes refuse what is not ours, and answer nonsense with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.ready_homes import make_ready
from ui.api import editor_routes
from ui.session import close_workspaces

JSON = {"content-type": "application/json"}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CALLWRIGHT_HOME", str(make_ready(tmp_path)))
    yield TestClient(Starlette(routes=editor_routes()), base_url="http://127.0.0.1:8501")
    close_workspaces()


@pytest.mark.parametrize("route", ["/api/draft", "/api/validate"])
@pytest.mark.parametrize(
    "body",
    [b'{"token": "\xff\xfe", "text": "x"}', b"\xff\xfe{\x00}\x00", b'{"token":"\\ud800","text":""}', b"[" * 100_000],
    ids=["byte", "utf-16", "surrogate", "deep"],
)
def test_body_that_is_no_json_text_is_refused_in_a_sentence(client: TestClient, route: str, body: bytes) -> None:
    answer = client.post(route, content=body, headers=JSON)
    assert answer.status_code == 400
    assert "JSON object" in orjson.loads(answer.content)["error"]


@pytest.mark.parametrize("route", ["/api/draft", "/api/validate"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:8501"},
        {"host": "[bad"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8501"},
    ],
    ids=str,
)
def test_request_from_elsewhere_is_refused(client: TestClient, route: str, headers: dict[str, str]) -> None:
    answer = client.post(route, content=b'{"token":"x","text":"y"}', headers={**JSON, **headers})
    assert answer.status_code == 403
    assert "other sites" in orjson.loads(answer.content)["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:8501"},
        {"host": "[::1]:8501"},
        {"origin": "http://127.0.0.1:8501"},
        {"sec-fetch-site": "same-origin"},
    ],
    ids=str,
)
def test_request_of_our_own_page_reaches_its_token(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/draft", content=b'{"token":"x","text":"y"}', headers={**JSON, **headers})
    assert answer.status_code == 403
    assert "other sites" not in orjson.loads(answer.content)["error"]


@pytest.mark.parametrize("address", ["/api/nothing", "/api/", "/api/drafts/7"])
def test_unknown_route_answers_json(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
    assert "no such route" in orjson.loads(answer.content)["error"]
