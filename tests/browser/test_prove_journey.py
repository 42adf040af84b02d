"""A lead proves a model before trusting it: why not, the rows behind it, a better one promoted, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from curation.metrics.answers import Answer
from curation.services import browsing, promoting
from curation.services.evaluating import Recorded
from tests.browser.expecting import expect
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.services.evaluating_desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
PATIENCE_MS = 40_000
EXAMPLES = 260
"""Enough for thirty test rows, under which the gate proves nothing."""
SILENT = '{"tool":"no_tool","reason":"small_talk","message":"Hm."}'
NEEDLESS = '{"tool":"track_order","arguments":{"order_id":"A1001"}}'


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    """A frozen version and three models beside the base."""
    made = Desk(server.home, count=EXAMPLES)
    yield made
    made.ws.close()


def look(desk: Desk, nonce: str, **wrong: str) -> None:
    """The base never calls; each named model is right but where it is told to say something else."""
    models = {name: desk.add_model(name, "adapter") for name in wrong if name not in known(desk)}
    models |= {name: model_id for name, model_id in known(desk).items() if name in wrong}
    silent = [Answer(text=SILENT, latency_ms=20.0, tokens=9) for _ in desk.questions()]
    runs = [Recorded(desk.base, silent), *(Recorded(models[name], answers(desk, said)) for name, said in wrong.items())]
    desk.record(*runs, nonce=nonce)


def known(desk: Desk) -> dict[str, str]:
    from curation.services.models import list_models

    return {one.name: one.id for one in list_models(desk.ws, desk.project_id)}


def answers(desk: Desk, instead: str) -> list[Answer]:
    """Right, but for what is said instead at every row without a call."""
    questions = desk.questions()
    return [
        Answer(text=instead, latency_ms=30.0, tokens=12) if instead and not one.gold.messages[-1].calls else right
        for one, right in zip(questions, desk.right_answers(), strict=True)
    ]


def gate_of(page: Page) -> Locator:
    return page.locator("[class*=st-key-evaluation-gate]").first


def promote(page: Page, name: str, reason: str) -> None:
    """By key, with a reason; what is not proven is agreed to."""
    settled(page).keyboard.press("Alt+s")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=f"Promote {name}").click(delay=60)
    expect(dialog.get_by_text("cannot tell whether")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    dialog.get_by_text("Promote although this is not proven").click()
    settled(page)
    dialog.get_by_role("button", name=f"Promote {name}").click(delay=60)
    expect(dialog).to_have_count(0, timeout=PATIENCE_MS)
    expect(gate_of(page).get_by_text(f"In production: {name}")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.timeout(300)
def test_gate_says_why_not_then_a_better_model_is_promoted_and_taken_back(
    server: Server, desk: Desk, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    look(desk, "first", eager=NEEDLESS)
    address = f"{server.base}/evaluation?project={desk.project_id}"
    page = open_tab(address)

    # Why not, and the rows behind it, by key.
    expect(gate_of(page).get_by_text("not yet")).to_be_visible()
    expect(gate_of(page).get_by_text(re.compile("the gate (allows at most|asks for at least)"))).to_be_visible()
    expect(page.get_by_role("button", name="Promote")).to_be_disabled()
    settled(page).keyboard.press("Alt+i")
    expect(page.locator("[class*=st-key-evaluation-pointed]")).to_contain_text("Against", timeout=PATIENCE_MS)
    full = page.locator("[class*=st-key-evaluation-full]").first
    expect(full).to_contain_text(re.compile("false call|unknown tool"))

    # A row becomes a draft that stays in its split.
    settled(page).get_by_role("button", name="Make a draft, kept in test").first.click(delay=60)
    expect(page).to_have_url(re.compile(r"/write\?"), timeout=PATIENCE_MS)
    assert sum(browsing.count_states(desk.ws, desk.project_id).values()) == EXAMPLES + 1

    # A better one: the test is small, so it is promoted despite what is not proven, with a reason.
    look(desk, "second", eager=NEEDLESS, better="")
    page.goto(address)
    expect(gate_of(page).get_by_text("better passes")).to_be_visible(timeout=PATIENCE_MS)
    promote(page, "better", "Calls nothing in small talk")

    # The next one is held against it, and then taken back.
    look(desk, "third", better="", newest="")
    page.goto(address)
    expect(page.get_by_text("better, production")).to_be_visible(timeout=PATIENCE_MS)
    promote(page, "newest", "As good, and newer")
    settled(page).get_by_role("button", name="Roll back to better").click(delay=60)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("instead of newest")).to_be_visible(timeout=PATIENCE_MS)
    dialog.get_by_role("button", name="Roll back to better").click(delay=60)
    expect(dialog.get_by_text("needs a reason")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    dialog.get_by_label("Reason").fill("It is slower")
    dialog.get_by_role("button", name="Roll back to better").click(delay=60)
    expect(gate_of(page).get_by_text("In production: better")).to_be_visible(timeout=PATIENCE_MS)

    settled(page).get_by_text("History · 3 changes").click()
    for reason in ("Calls nothing in small talk", "As good, and newer", "It is slower"):
        expect(gate_of(page).get_by_text(reason)).to_be_visible(timeout=PATIENCE_MS)
    used = promoting.find_alias(desk.ws, desk.project_id)
    assert used is not None
    assert used.model.name == "better"

    with page.expect_download() as waiting:
        settled(page).get_by_role("button", name="Report").click(delay=60)
    waiting.value.save_as(tmp_path / "report.html")
    assert "<h2>Gate: newest" in (tmp_path / "report.html").read_text()
