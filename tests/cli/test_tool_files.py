"""`import-tools`, `export-tools` and `tool-servers`: the Catalogue's files from a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.errors import NotFoundError, UnreadableError
from curation.services import people, projects
from curation.services.workspace import open_workspace

SOURCES = Path(__file__).parents[1] / "data/tool_sources"
PETS = str(SOURCES / "petstore_expanded.yaml")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(callwright, arguments, input=text)


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_HOME", str(tmp_path))
    ws = open_workspace(tmp_path)
    projects.create_project(ws, people.local_actor(ws), "shop", nonce="p")
    ws.close()


def test_a_dry_run_says_everything_and_writes_nothing() -> None:
    result = run("import-tools", "shop", PETS, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "find_pet_by_id: new\n  renamed: `find pet by id` is called `find_pet_by_id`" in result.stdout
    assert "4 tools would be imported" in result.stdout
    assert "Read as OpenAPI 3" in result.stderr
    assert run("export-tools", "shop").exit_code != 0


def test_what_was_imported_is_exported_and_the_same_again(tmp_path: Path) -> None:
    assert run("import-tools", "shop", PETS, "--only", "addPet", "--only", "findPets").exit_code == 0
    file = tmp_path / "tools.py"
    result = run("export-tools", "shop", "--to", "openapi", "-o", str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [json.loads(line) for line in run("import-tools", "shop", str(file), "--json").stdout.splitlines()]
    assert [(line["tool"], line["change"]) for line in lines] == [("addPet", "same"), ("findPets", "same")]


def test_a_taken_name_is_left_out_and_ends_with_one() -> None:
    run("import-tools", "shop", "-", text='[{"name": "a_b", "input_schema": {"type": "object"}}]')
    result = run(
        "import-tools", "shop", "-", text='[{"name": "a.b", "description": "x", "input_schema": {"type": "object"}}]'
    )
    assert result.exit_code == 1
    assert "a_b: clash" in result.stdout
    assert "0 tools are imported" in result.stdout


def test_servers_are_listed_allowed_and_forgotten() -> None:
    result = run("tool-servers", "shop", "--allow", "orders", "https://tools.example/mcp")
    assert result.stdout == "orders: https://tools.example/mcp\n"
    assert run("tool-servers", "shop", "--forget", "orders").stdout == ""
    assert isinstance(run("import-tools", "shop", "--server", "orders").exception, NotFoundError)
    assert run("import-tools", "shop").exit_code == 2


def test_tools_are_converted_from_any_form_to_any() -> None:
    result = run("tools", PETS, "--to", "python")
    assert result.exit_code == 0
    assert "def findPets(" in result.stdout
    again = run("tools", "-", "--from", "python", "--to", "anthropic", text=result.stdout)
    assert [tool["name"] for tool in json.loads(again.stdout)] == ["findPets", "addPet", "find_pet_by_id", "deletePet"]


def test_findings_are_said_as_the_screen_says_them_and_errors_end_with_one() -> None:
    broken = '[{"name": "f", "description": "Does f.", "parameters": {"type": "dict", "properties": {}}}]'
    result = run("import-tools", "shop", "-", "--dry-run", text=broken)
    assert result.exit_code == 1
    assert "  error T05 parameters-not-object at /function/parameters/type: " in result.stdout
    assert "1 tool would be imported" in result.stdout


@pytest.mark.parametrize("text", ["[]", '{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{}}'])
def test_a_source_without_tools_is_refused(text: str) -> None:
    result = run("import-tools", "shop", "-", "--dry-run", text=text)
    assert isinstance(result.exception, UnreadableError)
    assert "holds no tools" in result.exception.message
