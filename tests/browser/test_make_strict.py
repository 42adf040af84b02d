"""Making a tool strict in a browser: seen first, accepted with one button, saved once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.services import cataloguing
from tests.browser.expecting import expect
from tests.browser.filling import filled
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.screens.stage import make_tool

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PARAMETERS = (
    '{"type":"object","properties":{"order_id":{"type":"string","description":"The order number."},'
    '"extras":{"type":"object","description":"Free notes.","additionalProperties":{"type":"string"}}},'
    '"required":["order_id"]}'
)


def test_a_tool_becomes_strict_after_it_was_seen(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        tool = cataloguing.save_tool(
            filling.ws, filling.actor, filling.project.id, make_tool("a_strict_one", PARAMETERS), nonce="strict"
        )
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        settled(page).get_by_text("a_strict_one").first.click(delay=60)
        expect(page.get_by_role("heading", level=1)).to_have_text("a_strict_one")
        settled(page).get_by_role("button", name="Make strict …").click(delay=60)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("null stands for leaving it out")
        expect(dialog).to_contain_text("free keys are no longer allowed")
        assert cataloguing.get_tool(filling.ws, tool.id).revision == 1
        dialog.get_by_role("button", name="Accept and save").click(delay=60)
        expect(page.get_by_text("is strict now")).to_be_visible()
        saved = cataloguing.get_tool(filling.ws, tool.id)
        assert saved.revision == 2
        assert json.loads(saved.tool.definition.text)["function"]["strict"] is True
