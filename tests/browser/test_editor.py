"""The live editor alone: what it sends, how large, and what it does with a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route

from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


def _field(server: Server, filling: Filling, open_tab: Callable[[str], Page]) -> Page:
    example = filling.write(make_answer("Thanks"))
    page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
    expect(page.get_by_label("Assistant, turn 2", exact=True)).to_be_visible()
    return page


def _keep_requests(page: Page) -> list[Request]:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/api/draft") else None)
    return sent


def test_half_a_letter_is_sent_as_a_whole_one(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = _field(server, filling, open_tab)
        with page.expect_response("**/api/draft") as answer:
            page.get_by_label("Assistant, turn 2", exact=True).evaluate(
                "field => { field.value = 'half \\ud83d'; field.dispatchEvent(new Event('input')) }"
            )
        assert answer.value.status == 200
        assert json.loads(answer.value.request.post_data or "")["text"] == "half \ufffd"


def test_long_text_of_wide_letters_is_kept_when_the_tab_closes(server: Server, open_tab: Callable[[str], Page]) -> None:
    """30,000 letters of three bytes are more than a request that outlives its page may carry."""
    text = "字" * 30_000
    with filled(server.home) as filling:
        page = _field(server, filling, open_tab)
        page.evaluate("window.setTimeout = () => 0")  # nothing is tried twice
        page.get_by_label("Assistant, turn 2", exact=True).fill(text)
        with page.expect_response("**/api/draft") as answer:
            page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        assert answer.value.status == 200


@pytest.mark.cold
def test_text_the_server_refuses_is_said_and_not_sent_again(server: Server, open_tab: Callable[[str], Page]) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=413, content_type="application/json", body='{"error": "The text is larger than 1 MB."}')

    with filled(server.home) as filling:
        page = _field(server, filling, open_tab)
        page.route("**/api/draft", refuse)
        sent = _keep_requests(page)
        page.clock.install()
        page.get_by_label("Assistant, turn 2", exact=True).press_sequentially("!")
        page.clock.run_for(1_000)
        expect(page.get_by_text("The text is larger than 1 MB.")).to_be_visible()
        page.clock.run_for(10_000)
        assert len(sent) == 1


@pytest.mark.cold
def test_second_draft_waits_for_the_first(server: Server, open_tab: Callable[[str], Page]) -> None:
    """A slow request is never overtaken by the next one of the same field."""
    held: list[Route] = []
    with filled(server.home) as filling:
        page = _field(server, filling, open_tab)
        page.route("**/api/draft", lambda route: held.append(route))
        page.clock.install()
        field = page.get_by_label("Assistant, turn 2", exact=True)
        with page.expect_request("**/api/draft"):
            field.fill("You are welcome. One")
            page.clock.run_for(1_000)
        field.fill("You are welcome. One two")
        page.clock.run_for(1_000)
        assert len(held) == 1
        with page.expect_request("**/api/draft") as second:
            held[0].continue_()
        assert json.loads(second.value.post_data or "")["text"] == "You are welcome. One two"


def test_verdict_that_comes_after_the_pause_still_opens_the_page(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    held: list[Route] = []
    with filled(server.home) as filling:
        page = _field(server, filling, open_tab)
        field = page.get_by_label("Assistant, turn 2", exact=True)
        field.fill("")
        field.blur()
        expect(page.get_by_text("Submit goes through at zero errors")).to_be_visible()
        page.route("**/api/validate", lambda route: held.append(route))
        field.fill("You are welcome.")
        expect(page.get_by_text("draft saved")).to_be_visible()
        held[-1].continue_()
        expect(page.get_by_text("no errors, no warnings").first).to_be_visible()
