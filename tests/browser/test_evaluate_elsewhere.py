"""A model behind an address is added in the form, asked by a worker, and its figures come up by themselves."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from curation.services import evaluating
from tests.browser.expecting import expect
from tests.browser.filling import filled, freeze
from tests.browser.serving import Server
from tests.llm.fake_chat_host import FakeChatHost, say, serve_chat

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PATIENCE_MS = 60_000
USAGE = {"prompt_tokens": 100, "completion_tokens": 10}


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_model_behind_an_address_is_added_asked_and_compared(
    own_server: Server, open_tab: Callable[[str], Page]
) -> None:
    host = FakeChatHost(lambda body: say("I would rather not.", usage=USAGE), offers=("big-model", "small-model"))
    with serve_chat(host) as chat, filled(own_server.home) as filling:
        freeze(filling)
        page = open_tab(f"{own_server.base}/evaluation?project={filling.project.id}")
        page.get_by_role("button", name="Evaluate models").first.click()
        form = page.get_by_role("dialog")
        form.get_by_text("A model behind an address").click()
        address = form.get_by_label("Address", exact=True)
        address.fill(chat.url)
        address.press("Enter")
        names = form.get_by_role("combobox", name="The model's name there")
        expect(names).to_be_visible(timeout=PATIENCE_MS)
        names.click()
        page.get_by_role("option", name="small-model").click()
        for label, price in (("Price per million in", "0.5"), ("Price per million out", "2")):
            form.get_by_label(label).fill(price)
            form.get_by_label(label).press("Enter")
        _look(page, "form")
        form.get_by_role("button", name="Add it").click()
        expect(form.get_by_text("is added and chosen")).to_be_visible(timeout=PATIENCE_MS)
        _look(page, "added")
        form.get_by_role("button", name="Evaluate", exact=True).click()
        expect(page.get_by_text("valid call").first).to_be_visible(timeout=PATIENCE_MS)
        _look(page, "looked")
        (look,) = evaluating.list_evaluations(filling.ws, filling.project.id)
        (asked,) = evaluating.get_evaluation(filling.ws, look.id).models
        assert asked.summary["cost_per_1000"] == pytest.approx(1000 * (100 * 0.5 + 10 * 2) / 1e6)
        assert {body["model"] for body in host.bodies} == {"small-model"}
        assert all(body["tools"] for body in host.bodies)


def _look(page: Page, name: str) -> None:
    """A picture, where somebody asks for one."""
    if folder := os.environ.get("CALLWRIGHT_SHOTS"):
        page.screenshot(path=Path(folder) / f"elsewhere-{name}.png", full_page=True)
