"""From a stranger's file to a version one can trust: mended, looked at, filled up, frozen, taken out, compared."""

from __future__ import annotations

import json
import os
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from curation.finetune.process import try_lock
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.states import ExampleState
from curation.services import browsing, exporting, freezing, importing, near_indexing, reviewing, writing_tasks
from curation.services.trait_tallying import LOCK_FILE
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2"), pytest.mark.timeout(240)]
PATIENCE_MS = 60_000
PLACES = ("harbour", "station", "library", "museum", "market", "airport", "garden", "theatre", "stadium", "school")


def ask(n: int) -> Example:
    """A request unlike the others, so that nothing repeats."""
    place, other = PLACES[n % 10], PLACES[(n // 10 + n) % 10]
    return make_example(
        f"Parcel {n} for the {place} left the {other}; where is B{4000 + n} now?", order_id=f"B{4000 + n}"
    )


def write_rows(path: Path, rows: list[Example], broken: bytes = b"") -> Path:
    path.write_bytes(b"".join(encode(one) + b"\n" for one in rows) + broken)
    return path


def accept_all(filling: Filling, nonce: str) -> None:
    states = [ExampleState.DRAFT, ExampleState.CANDIDATE]
    reviewing.accept_batch(
        filling.ws, filling.actor, filling.project.id, states=states, nonce=f"{nonce} {filling.project.id}"
    )
    near_indexing.catch_up(filling.ws)


def test_a_strangers_file_comes_in_and_what_is_broken_is_mended(
    server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    mended = encode(make_answer("Thanks, that is all for today")).decode()
    rows = write_rows(tmp_path / "stranger.jsonl", [ask(n) for n in range(9)], mended.encode()[:-1] + b",}\n")
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/import?project={filling.project.id}")
        page.locator("input[type=file]").set_input_files(rows)
        expect(page.get_by_text("All 10 rows: 9 can be read")).to_be_visible()
        settled(page).get_by_role("button", name="Import stranger.jsonl").click(delay=60)
        expect(page.get_by_text("9 examples came in as drafts")).to_be_visible()
        field = page.get_by_role("textbox", name="Row as it came")
        expect(field).to_have_value(re.compile("Thanks, that is all"))
        settled(page)
        field.fill(mended)
        field.press("Control+Enter")
        settled(page).get_by_role("button", name="Read it again").click(delay=60)
        expect(page.get_by_text("came in as a draft").last).to_be_visible()
        (source,) = importing.list_sources(filling.ws, filling.project.id)
        assert [bool(one.example_id) for one in importing.list_rejects(filling.ws, source.id)] == [True]
        settled(page).get_by_role("button", name="Look at the examples").click(delay=60)
        expect(page.get_by_text("came with stranger.jsonl")).to_be_visible()


def test_an_empty_cell_is_filled_and_the_version_goes_out_whole(
    server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    known = [ask(n) for n in range(12)]
    benchmark = write_rows(tmp_path / "benchmark.jsonl", [known[3], ask(77)])
    with filled(server.home) as filling:
        for one in (*known, make_answer("Thank you, goodbye"), make_answer("How lovely, cheers")):
            filling.write(one)
        accept_all(filling, "accept")
        page = open_tab(f"{server.base}/health?project={filling.project.id}")
        expect(page.get_by_text("14 accepted of 14")).to_be_visible()
        expect(page.get_by_text("within 10–20 %")).to_be_visible()
        _fill_the_empty_cell(page, filling)
        _compare_with(page, benchmark)
        settled(page).keyboard.press("Alt+s")
        page.get_by_role("dialog").get_by_role("button", name="Freeze v1").click(delay=60)
        expect(page.get_by_text("Dataset v1 is frozen with 14 rows")).to_be_visible()
        rows, manifest = _take_out(page, tmp_path)
        (version,) = freezing.list_datasets(filling.ws, filling.project.id)
    assert manifest["dataset_hash"] == version.hash
    calls = {
        call["function"]["arguments"] for row in rows for turn in row["messages"] for call in turn.get("tool_calls", ())
    }
    assert {json.loads(one)["order_id"] for one in calls} == {f"B{4000 + n}" for n in range(12)}
    assert {row["tools"][0]["function"]["name"] for row in rows} == {"track_order"}


def test_figures_come_by_themselves_once_all_is_counted(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        counting = _hold_counting(filling)
        for n in range(3):
            filling.write(ask(n))
        page = open_tab(f"{server.base}/health?project={filling.project.id}")
        expect(page.get_by_text("3 rows still to be counted")).to_be_visible()
        os.close(counting)
        expect(page.get_by_text("still to be counted")).to_have_count(0)
        expect(page.get_by_text("None of this kind yet")).to_be_visible()


def _hold_counting(filling: Filling) -> int:
    """Another process is at it; the server's own goes on once this is closed."""
    for _ in range(200):
        if (lock := try_lock(filling.ws.home / LOCK_FILE)) is not None:
            return lock
        time.sleep(0.05)
    raise AssertionError("the server has been counting for ten seconds")


def _fill_the_empty_cell(page: Page, filling: Filling) -> None:
    """The first proposal is the emptiest cell; what an order cannot draft goes on the writing list."""
    expect(page.get_by_text("None of this kind yet")).to_be_visible()
    settled(page).keyboard.press("Alt+o")
    expect(page.get_by_text("On order", exact=True)).to_be_visible()
    badge = page.get_by_role("paragraph").filter(has_text=re.compile(r"^\W*(check)?\s*made$"))
    expect(badge).to_be_visible(timeout=PATIENCE_MS)
    drafted = browsing.count_states(filling.ws, filling.project.id).get(ExampleState.CANDIDATE, 0)
    asked = sum(one.n_left for one in writing_tasks.list_tasks(filling.ws, filling.project.id))
    assert drafted + asked == 5


def _compare_with(page: Page, benchmark: Path) -> None:
    """What a model would be measured by and has been trained on."""
    settled(page).get_by_text("Compare with a file of benchmark rows").click()
    page.locator("input[type=file]").set_input_files(benchmark)
    expect(page.get_by_text("1 row among the examples")).to_be_visible()


def _take_out(page: Page, folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Choose a format that loses something, see what, and download it."""
    settled(page).get_by_role("combobox", name="Format", exact=True).click()
    page.keyboard.type("openai")
    page.get_by_role("option", name="openai", exact=True).click()
    expect(page.get_by_text("something is lost in")).to_be_visible()
    settled(page).get_by_role("button", name="Prepare the files").click(delay=60)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download v1 as openai").click(delay=60)
    waiting.value.save_as(folder / "export.zip")
    with zipfile.ZipFile(folder / "export.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert any(name.endswith(".md") for name in archive.namelist()), "a data card stands beside the rows"
        rows = [json.loads(line) for file in manifest["files"] for line in archive.read(file["name"]).splitlines()]
    return rows, manifest


def test_two_versions_are_named_and_compared(server: Server, open_tab: Callable[[str], Page], tmp_path: Path) -> None:
    with filled(server.home) as filling:
        for n in range(12):
            filling.write(ask(n))
        accept_all(filling, "first")
        first = freezing.freeze(filling.ws, filling.actor, filling.project.id, nonce=f"v1 {filling.project.id}")
        filling.write(make_answer("That was quick, thank you"))
        accept_all(filling, "second")
        freezing.freeze(filling.ws, filling.actor, filling.project.id, nonce=f"v2 {filling.project.id}")
        page = open_tab(f"{server.base}/versions?project={filling.project.id}")
        expect(page.get_by_text("1 came in; 12 are the same in both.")).to_be_visible()
        name = page.get_by_role("textbox", name="Name", exact=True)
        name.fill("With small talk")
        name.press("Enter")
        settled(page).get_by_role("button", name="Keep name and note").click(delay=60)
        expect(page.get_by_text("The name of v2 is kept")).to_be_visible()
        settled(page).get_by_role("button", name="Prepare the difference").click(delay=60)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download it as JSON lines").click(delay=60)
        waiting.value.save_as(tmp_path / "diff.jsonl")
        out = tmp_path / "v1"
        exporting.export_dataset(filling.ws, filling.actor, first.id, "callwright", out)
    counted, row = (json.loads(line) for line in (tmp_path / "diff.jsonl").read_bytes().splitlines())
    assert counted["counts"]["came"] == 1
    assert row["change"] == "came"
    assert b"quick" not in b"".join(file.read_bytes() for file in out.glob("*.jsonl")), "what is frozen stays"
