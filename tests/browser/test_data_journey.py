"""From accepted examples to a file: health, freeze, export, in a browser."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.model.states import ExampleState
from curation.services import browsing, freezing, importing, reviewing
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_example
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


def test_accepted_examples_are_frozen_and_downloaded(
    server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    with filled(server.home) as filling:
        for number in range(6):
            filling.write(make_example(f"Where is order B482{number}?", order_id=f"B482{number}"))
        reviewing.accept_batch(
            filling.ws,
            filling.actor,
            filling.project.id,
            states=[ExampleState.DRAFT],
            nonce=f"accept {filling.project.id}",
        )
        page = open_tab(f"{server.base}/health?project={filling.project.id}")
        expect(page.get_by_text("6 accepted of 6")).to_be_visible()
        expect(page.get_by_role("button", name="Freeze v1")).to_be_visible()
        expect(page.get_by_text("Dataset versions")).to_be_visible()
        page.keyboard.press("Alt+s")
        page.get_by_role("dialog").get_by_role("button", name="Freeze v1").click(delay=60)
        expect(page.get_by_text("Dataset v1 is frozen with 6 rows")).to_be_visible()
        (version,) = freezing.list_datasets(filling.ws, filling.project.id)
        expect(page.get_by_text(version.hash[:12])).to_be_visible()
        page.get_by_role("button", name="Prepare the files").click(delay=60)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download v1").click(delay=60)
        waiting.value.save_as(tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["dataset_hash"] == version.hash
    assert sum(file["rows"] for file in manifest["files"]) == 6


def test_file_is_looked_at_imported_and_taken_back(
    server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    good = '{"messages":[{"role":"user","content":"Thanks"},{"role":"assistant","content":"Welcome"}]}'
    rows.write_text(f"{good}\n" + '{"messages": [}\n')
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/import?project={filling.project.id}")
        page.locator("input[type=file]").set_input_files(rows)
        expect(page.get_by_text("All 2 rows: 1 can be read")).to_be_visible()
        page.get_by_role("button", name="Import rows.jsonl").click(delay=60)
        expect(page.get_by_text("1 example came in as drafts")).to_be_visible()
        expect(page.get_by_text("Line 2, column 15")).to_be_visible()
        assert len(browsing.list_examples(filling.ws, filling.project.id).rows) == 1
        page.get_by_role("button", name="Undo").click(delay=60)
        page.get_by_role("dialog").get_by_role("button", name="Take it back").click(delay=60)
        expect(page.get_by_text("taken back").first).to_be_visible()
        assert importing.list_sources(filling.ws, filling.project.id)[0].is_undone
        assert not browsing.list_examples(filling.ws, filling.project.id).rows
