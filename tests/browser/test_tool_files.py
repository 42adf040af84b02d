"""Tools come in from a file and go out as one in a browser: by keyboard, seen first, taken back at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.services import cataloguing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.browser.theming import change_theme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
PETS = Path(__file__).parents[1] / "data/tool_sources/petstore_expanded.yaml"
KNOWN = {("presentation-role-conflict", "stFileUploaderDropzone")}


def names(filling: Filling) -> set[str]:
    return {tool.name for tool in cataloguing.list_tools(filling.ws, filling.project.id)}


def audit(page: Page) -> list[str]:
    """What axe finds in the dialog, less what Streamlit itself draws so."""
    settled(page).evaluate(AXE)
    found = page.evaluate("() => axe.run('[role=dialog]').then(done => done.violations)")
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        for node in one["nodes"]
        if not any(one["id"] == rule and mark in node["html"] for rule, mark in KNOWN)
    ]


def choose(page: Page, entry: str) -> None:
    """Open the menu and take an entry, by keyboard alone."""
    button = settled(page).get_by_role("button", name="Files").first
    expect(button).to_be_visible(timeout=30_000)
    button.press("Enter")
    option = page.get_by_role("menuitem", name=entry).or_(page.get_by_role("option", name=entry)).first
    expect(option).to_be_visible()
    option.press("Enter")


@pytest.mark.timeout(120)
def test_tools_come_in_seen_first_and_are_taken_back(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        before = names(filling)
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        choose(page, "Import tools")
        dialog = page.get_by_role("dialog")
        dialog.locator("input[type=file]").set_input_files(PETS)
        expect(dialog.get_by_text("Read as OpenAPI 3: 4 tools.")).to_be_visible()
        expect(dialog.get_by_text("is called find_pet_by_id")).to_be_visible()
        assert audit(page) == []
        dialog.get_by_text("deletePet", exact=True).click()
        dialog.get_by_role("button", name="Import 3 tools").press("Enter")
        expect(page.get_by_text("3 tools imported")).to_be_visible()
        assert names(filling) == before | {"findPets", "addPet", "find_pet_by_id"}
        choose(page, "Undo the import of 3 tools")
        expect(page.get_by_text("The import of 3 tools is taken back")).to_be_visible()
        assert names(filling) == before


@pytest.mark.long
def test_what_is_typed_in_a_question_outlasts_dusk(server: Server, open_tab: Callable[[str], Page]) -> None:
    """A machine that turns dark has the page drawn anew, which would close a question that somebody answers."""
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        logo = page.get_by_test_id("stSidebarLogo")
        light = str(logo.get_attribute("src"))
        choose(page, "Import tools")
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Pasted text", exact=True).click()
        settled(page)
        field = dialog.get_by_role("textbox", name="Tools")
        field.fill('{"tools": [')
        change_theme(page).wait_for_timeout(1_500)
        expect(field).to_have_value('{"tools": [')
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(logo).not_to_have_attribute("src", light)


@pytest.mark.timeout(120)
def test_tools_go_out_as_a_file(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        choose(page, "Export tools")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("This form cannot hold everything")).to_be_visible()
        assert audit(page) == []
        with page.expect_download() as download:
            dialog.get_by_role("button", name="Download 1 tool").click()
        assert download.value.suggested_filename == "tools-openai.json"
        written = json.loads(Path(download.value.path()).read_text())
        assert {tool["function"]["name"] for tool in written} == names(filling)
