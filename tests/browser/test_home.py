"""Candidates by machine, ordered on Home in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.states import ExampleState
from curation.services import browsing
from tests.browser.expecting import expect
from tests.browser.filling import filled
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


def test_ordered_candidates_wait_for_review(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/?project={filling.project.id}")
        page.get_by_role("button", name="Order candidates").click(delay=60)
        page.get_by_role("dialog").get_by_role("button", name="Order them").click(delay=60)
        expect(page.get_by_text("candidates wait for review").first).to_be_visible()
        rows = browsing.list_examples(filling.ws, filling.project.id, states=[ExampleState.CANDIDATE]).rows
        assert rows
        assert {row.state for row in rows} == {ExampleState.CANDIDATE}
