"""What the live editor asks Python for: findings with their place, a fix, a set-out text, and the schema of a field."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from curation.model.definition import Tool
from curation.model.texts import TEXT_BYTES
from curation.services import cataloguing, drafting
from tests.browser.filling import Filling, filled, make_example, make_tool
from tests.ready_homes import make_ready
from ui.api import editor_routes
from ui.session import close_workspaces
from ui.tokens import Claim, issue

ARGUMENTS = "/messages/1/tool_calls/0/function/arguments"
RESULT = {"type": "object", "properties": {"status": {"enum": ["on its way", "lost"]}}}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CALLWRIGHT_HOME", str(make_ready(tmp_path)))
    yield TestClient(Starlette(routes=editor_routes()), base_url="http://127.0.0.1:8501")
    close_workspaces()


@pytest.fixture
def filling(tmp_path: Path) -> Iterator[Filling]:
    with filled(tmp_path) as made:
        yield made


def _ask(client: TestClient, route: str, claim: Claim, text: str, **more: object) -> tuple[int, dict[str, Any]]:
    home = Path(os.environ["CALLWRIGHT_HOME"])
    answer = client.post(f"/api/{route}", json={"token": issue(home, claim), "text": text, **more})
    return answer.status_code, answer.json()


def _arguments(filling: Filling, field: str = ARGUMENTS) -> Claim:
    example = filling.write(make_example("Where is B4821?"))
    return Claim(filling.actor.person_id, filling.project.id, "example", example.id, field, 1)


def _schema(filling: Filling, field: str = "parameters") -> Claim:
    return Claim(filling.actor.person_id, filling.project.id, "tool", "any", field)


def test_finding_says_its_place_and_its_fix_makes_the_text(client: TestClient, filling: Filling) -> None:
    claim, text = _arguments(filling), '{ "order_id": "B4821",  "colour": "red" }'
    _, answer = _ask(client, "validate", claim, text)
    (found,) = answer["findings"]
    assert text[found["start"] : found["end"]] == '"colour"'
    assert found["fix"] == "Remove colour"
    status, mended = _ask(client, "fix", claim, text, fix={"code": found["code"], "at": found["at"]})
    assert (status, mended) == (200, {"text": '{ "order_id": "B4821" }'})
    assert filling.read(claim.object_id).head_rev == 1


def test_fix_of_a_finding_that_is_gone_is_refused_in_a_sentence(client: TestClient, filling: Filling) -> None:
    claim = _arguments(filling)
    status, answer = _ask(client, "fix", claim, '{"order_id": "B4821"}', fix={"code": "A01", "at": ARGUMENTS})
    assert status == 409
    assert "gone" in answer["error"]


@pytest.mark.parametrize("field", ["parameters", "result_schema"])
def test_schema_is_checked_and_mended_where_it_is_typed(client: TestClient, filling: Filling, field: str) -> None:
    text = '{\n  "type": "object",\n  "properties": {"city": {"type": "text", "description": "Where"}}\n}'
    claim = _schema(filling, field)
    _, answer = _ask(client, "validate", claim, text)
    found = next(one for one in answer["findings"] if one["fix"])
    assert text[found["start"] : found["end"]] == '"text"'
    _, mended = _ask(client, "fix", claim, text, fix={"code": found["code"], "at": found["at"]})
    assert mended["text"] == text.replace('"text"', '"string"')


@pytest.mark.parametrize("field", ["parameters", "result_schema"])
def test_schema_that_is_no_json_says_where(client: TestClient, filling: Filling, field: str) -> None:
    _, answer = _ask(client, "validate", _schema(filling, field), '{"type": }')
    (found,) = answer["findings"]
    assert found["severity"] == "error"
    assert found["start"] == '{"type": }'.index("}")
    assert "column 10" in found["message"]


def test_set_out_text_keeps_every_token_and_broken_text_is_left(client: TestClient, filling: Filling) -> None:
    claim = _arguments(filling)
    long = '{"order_id":"B4821","weight":1.0,"big":12345678901234567890,"note":"a, b: c","list":[1,2,3]}'
    status, answer = _ask(client, "format", claim, long)
    assert status == 200
    assert answer["text"].startswith('{\n  "order_id": "B4821",\n  "weight": 1.0,')
    assert "12345678901234567890" in answer["text"]
    for broken in ('{"a": 1', '{"a": 1, "a": 2}'):
        status, answer = _ask(client, "format", claim, broken)
        assert status == 409
        assert "Line 1" in answer["error"]


def test_schema_of_a_field_is_that_of_its_call_its_result_or_its_kind(client: TestClient, filling: Filling) -> None:
    tool = make_tool()
    stored = cataloguing.list_tools(filling.ws, filling.project.id)[0]
    cataloguing.save_tool(
        filling.ws,
        filling.actor,
        filling.project.id,
        Tool(tool.definition, side_effect="read", result_schema=json.dumps(RESULT)),
        tool_id=stored.id,
        base_revision=stored.revision,
        nonce="result schema",
    )
    cataloguing.publish(filling.ws, filling.actor, filling.project.id, nonce="publish it")
    _, of_call = _ask(client, "schema", _arguments(filling), "")
    assert of_call["schema"]["required"] == ["order_id"]
    _, of_argument = _ask(client, "schema", _arguments(filling, f"{ARGUMENTS}/priority"), "")
    assert of_argument["path"] == ["priority"]
    _, of_result = _ask(client, "schema", _arguments(filling, "/messages/2/content"), "")
    assert of_result["schema"] == RESULT
    _, of_text = _ask(client, "schema", _arguments(filling, "/messages/0/content"), "")
    assert of_text == {"schema": None}
    _, of_schema = _ask(client, "schema", _schema(filling), "")
    assert "additionalProperties" in of_schema["schema"]["properties"]
    _, of_name = _ask(client, "schema", _schema(filling, "name"), "")
    assert of_name == {"schema": None}


@pytest.mark.parametrize("letter", ["x", '"', "\x01", "ä"], ids=["plain", "quote", "control", "umlaut"])
def test_limit_is_about_the_text_however_it_is_written_in_json(
    client: TestClient, filling: Filling, letter: str
) -> None:
    claim = _arguments(filling, "/messages/0/content")
    longest = TEXT_BYTES // len(letter.encode())
    assert _ask(client, "draft", claim, letter * longest) == (200, {"is_kept": True})
    (draft,) = drafting.read_drafts(filling.ws, filling.actor.person_id, "example", claim.object_id).values()
    assert draft.text == letter * longest
    status, answer = _ask(client, "draft", claim, letter * (longest + 1))
    assert (status, answer["error"]) == (413, "The text is larger than 1 MB; save it in smaller parts.")
