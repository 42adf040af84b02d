"""Messages that come late or in another order: no older text ever takes the place of what was typed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, WebSocketRoute

from curation.services import writing
from curation.services.text_fields import content_at, write_text
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.browser.typists import REST_MS, is_saved, open_arguments

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.xdist_group("browser-2")]
BEGUN, REST, WHOLE = '{"o', 'rder_id": "A2222"}', '{"order_id": "A2222"}'
LONG_AGO = "const now = performance.now.bind(performance); performance.now = () => now() + 60000"
"""Everything the page waits for took a minute longer."""
WATCH = """editor => {
  window.texts = new Set()
  new MutationObserver(() => window.texts.add(editor.textContent))
    .observe(editor, { childList: true, characterData: true, subtree: true })
}"""
GOES = "window.dispatchEvent(new PageTransitionEvent('pagehide'))"


class SlowPage:
    """What the server sends to the page, held back while `is_held`."""

    def __init__(self) -> None:
        self.is_held = False
        self._held: list[str | bytes] = []
        self._socket: WebSocketRoute | None = None

    def stand_between(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        server = socket.connect_to_server()
        server.on_message(lambda message: self._held.append(message) if self.is_held else socket.send(message))

    def wait(self, page: Page) -> None:
        """Until the server has answered."""
        while not self._held:
            page.wait_for_timeout(50)

    def release_after(self, page: Page) -> None:
        """Once the server has answered."""
        self.wait(page)
        self.release()

    def release(self) -> None:
        assert self._socket is not None
        assert self._held
        self.is_held = False
        for message in self._held:
            self._socket.send(message)
        self._held.clear()


def test_answer_to_an_older_hand_over_never_cuts_what_was_typed_since(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        slow = SlowPage()
        page.route_web_socket("**/_stcore/stream", slow.stand_between)
        editor, example_id = open_arguments(page, server, filling)
        slow.is_held = True
        page.keyboard.press("Control+a")
        page.keyboard.type(BEGUN)
        page.keyboard.press("Control+s")
        slow.wait(page)  # the server answers this one by itself
        page.wait_for_timeout(REST_MS)
        page.keyboard.type(REST)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(REST_MS)
        page.evaluate(LONG_AGO)
        editor.evaluate(WATCH)
        slow.release()
        settled(page)
        expect(editor).to_have_text(WHOLE)
        expect(editor).to_be_focused()
        assert page.evaluate("[...window.texts]") in ([], [WHOLE])
        assert is_saved(page, filling, example_id, WHOLE)


def test_text_typed_while_the_page_answers_is_the_newest(server: Server, open_tab: Callable[[str], Page]) -> None:
    """Its draft is at the server before the text handed over earlier is taken: both belong to one typist."""
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        slow = SlowPage()
        page.route_web_socket("**/_stcore/stream", slow.stand_between)
        editor, example_id = open_arguments(page, server, filling)
        slow.is_held = True
        page.keyboard.press("Control+a")
        page.keyboard.type(BEGUN)
        page.keyboard.press("Control+s")
        page.keyboard.type(REST)
        page.wait_for_timeout(REST_MS)
        slow.release_after(page)
        settled(page)
        expect(editor).to_have_text(WHOLE)
        expect(editor).to_be_focused()
        page.keyboard.press("Control+s")
        settled(page)
        expect(page.get_by_text("Your text is safe")).to_have_count(0)
        assert is_saved(page, filling, example_id, WHOLE)


def _hold_while_somebody_saves(page: Page, slow: SlowPage, server: Server, filling: Filling) -> Locator:
    """The cursor goes into an answer that somebody has rewritten since; the page with their text is under way."""
    example = filling.write(make_example("Where is it?"))
    page.goto(f"{server.base}/write?project={filling.project.id}&example={example.id}")
    answer = settled(page).get_by_label("Assistant, turn 4", exact=True)
    expect(answer).to_have_value("It is on its way.")
    theirs = write_text(example.example, content_at(3), "Theirs.")
    writing.save_example(filling.ws, filling.actor, example.id, 1, theirs, nonce=example.id)
    slow.is_held = True
    answer.click()
    slow.wait(page)
    return answer


@pytest.mark.long
def test_text_typed_where_somebody_saved_since_is_told_of(server: Server, open_tab: Callable[[str], Page]) -> None:
    """Its field was drawn anew before the page had the text, and the draft came after the page had looked for one."""
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        slow = SlowPage()
        page.route_web_socket("**/_stcore/stream", slow.stand_between)
        drafts: list[Route] = []
        is_free = threading.Event()
        page.route("**/api/draft", lambda route: route.continue_() if is_free.is_set() else drafts.append(route))
        answer = _hold_while_somebody_saves(page, slow, server, filling)
        page.keyboard.press("Control+a")
        page.keyboard.type("Mine.")
        page.keyboard.press("Control+s")
        page.wait_for_timeout(REST_MS)
        slow.release()
        expect(answer).to_have_value("Theirs.")
        settled(page)
        is_free.set()
        for draft in drafts:
            draft.continue_()
        expect(page.get_by_text("Your text is safe, but it is not in the example.")).to_be_visible()


def test_cursor_stays_where_somebody_saved_since(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        slow = SlowPage()
        page.route_web_socket("**/_stcore/stream", slow.stand_between)
        answer = _hold_while_somebody_saves(page, slow, server, filling)
        page.wait_for_timeout(REST_MS)
        slow.release()
        expect(answer).to_have_value("Theirs.")
        expect(answer).to_be_focused()


@pytest.mark.long
def test_draft_that_is_overtaken_by_a_newer_one_is_forgotten(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab("about:blank")
        held: list[Route] = []
        page.route("**/api/draft", lambda route: route.continue_() if held else held.append(route))
        _, example_id = open_arguments(page, server, filling)
        page.keyboard.press("Control+a")
        with page.expect_request("**/api/draft"):
            page.keyboard.type('{"order_id": "A222"}')
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        page.keyboard.type("2")
        with page.expect_response("**/api/draft"):
            page.evaluate(GOES)
        with page.expect_response("**/api/draft"):
            held[0].continue_()
        other = open_tab(f"{server.base}/write?project={filling.project.id}&example={example_id}")
        expect(other.get_by_label("order_id (string, required)")).to_have_value("A2222", timeout=60_000)
