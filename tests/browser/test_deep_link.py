"""The launcher: a cold deep link, our own routes, the editor module, and refusals to start."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.services import writing
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_answer
from tests.browser.serving import ROOT, Server, make_server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


@pytest.mark.long
def test_cold_deep_link_comes_back_after_a_reload_and_a_restart(
    tmp_path: Path, open_tab: Callable[[str], Page]
) -> None:
    home = tmp_path / "workspace"
    with filled(home) as filling:
        older, newer = filling.write(make_answer("Thanks a lot")), filling.write(make_answer("Good morning"))
        place = f"project={filling.project.id}&example={older.id}"
    server = make_server(home)
    server.start()
    try:
        page = open_tab(f"{server.base}/write?{place}")
        title = page.get_by_role("heading", level=1)
        expect(page.get_by_role("link", name="Catalogue")).to_be_visible()
        expect(title).to_have_text("Thanks a lot")
        page.reload()
        expect(title).to_have_text("Thanks a lot")
        page.get_by_text("Good morning").first.click()
        expect(title).to_have_text("Good morning")
        expect(page).to_have_url(re.compile(f"example={newer.id}$"))
        page.wait_for_timeout(1_100)
        page.go_back()
        expect(title).to_have_text("Thanks a lot")
        server.stop()
        server.start()
        page.reload()
        expect(title).to_have_text("Thanks a lot")
        page.goto(f"{server.base}/review?{place}0")
        expect(page.get_by_text("The address names an example that is not in this project")).to_be_visible()
        expect(title).to_contain_text("Nothing left to review")
    finally:
        server.stop()


@pytest.mark.timeout(180)
def test_base_path_moves_our_routes_and_the_editor_still_loads(tmp_path: Path, open_tab: Callable[[str], Page]) -> None:
    home = tmp_path / "workspace"
    with filled(home) as filling:
        filling.write(make_answer("Thanks a lot"))
    server = make_server(home, "--server.baseUrlPath=cw", base_path="/cw")
    server.start()
    try:
        page = open_tab(f"{server.base}/write")
        expect(page.get_by_label("User, turn 1", exact=True)).to_have_value("Thanks a lot")
    finally:
        server.stop()


def _post(url: str, body: bytes, **headers: str) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_routes_refuse_forged_foreign_and_oversized_requests(server: Server) -> None:
    url = f"{server.base}/api/draft"
    body = json.dumps({"token": "forged", "text": "x"}).encode()
    assert _post(url, body, content_type="application/json")[0] == 403
    assert _post(url, body, content_type="text/plain")[0] == 415
    assert _post(url, body, content_type="application/json", sec_fetch_site="cross-site")[0] == 403
    assert _post(url, b'{"token": 1}', content_type="application/json")[0] == 400
    status, answer = _post(url, b" " * 7_000_000, content_type="application/json")
    assert (status, answer["error"]) == (413, "The text is larger than 1 MB; save it in smaller parts.")


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--server.address=0.0.0.0", "only starts on 127.0.0.1"),
        ("--browser.gatherUsageStats=true", "were not found"),
    ],
)
def test_unsafe_start_is_refused_with_one_sentence(tmp_path: Path, option: str, sentence: str) -> None:
    environment = {**os.environ, "CALLWRIGHT_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port=0", option]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_each_page_is_one_step_back(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        shown = filling.write(make_answer("Thanks"))
        writing.submit(filling.ws, filling.actor, shown.id, 1, nonce=f"submit {shown.id}")
        page = open_tab(f"{server.base}/?project={filling.project.id}")
        for place, word in (("Review", f"#{shown.number:,}"), ("Examples", "1–1 of 1"), ("Write", "Queue")):
            settled(page).get_by_role("link", name=place, exact=True).click()
            expect(page.get_by_text(word).first).to_be_visible()
            expect(page).to_have_url(re.compile(f"/{place.lower()}\\?project="))
        for place in ("examples", "review", ""):
            settled(page).wait_for_timeout(1_100)  # so long the browser may still report the address before
            page.go_back()
            expect(page).to_have_url(re.compile(f"/{place}\\?project="))


BARE_THEN_WHOLE = ["/examples", "/examples?project=1"]


@pytest.mark.parametrize(
    ("pushed", "steps"),
    [
        ([*BARE_THEN_WHOLE, "/write?project=1"], 2),  # the same place in the next page, however soon it is opened
        (["/?project=1", "/?project=1&example=2", "/write?project=1&example=2"], 2),  # written under Home first
        ([*BARE_THEN_WHOLE, "/write", "/write?project=1&example=2"], 2),
    ],
)
def test_each_place_is_one_entry_in_the_history(
    server: Server, open_tab: Callable[[str], Page], pushed: list[str], steps: int
) -> None:
    page = open_tab("about:blank")
    page.goto(f"{server.base}/_stcore/health")
    page.evaluate((ROOT / "ui/early_history.js").read_text(encoding="utf-8"))
    before = page.evaluate("history.length")
    assert (
        page.evaluate(
            "urls => { urls.forEach(url => history.pushState(null, '', url)); return history.length }", pushed
        )
        == before + steps
    )
