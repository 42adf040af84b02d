"""What a person types is never lost: not by a page switch, a closed tab, a second tab or a restart."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.services import drafting
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]


def _wait_for(check: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.03)


def _draft(filling: Filling, example_id: str) -> str:
    drafts = drafting.read_drafts(filling.ws, filling.actor.person_id, "example", example_id)
    return next((one.text for name, one in drafts.items() if name.endswith("/messages/1/content")), "")


def _answer(filling: Filling, example_id: str) -> object:
    return filling.read(example_id).example.messages[1].content


def _open(server: Server, filling: Filling, example_id: str) -> str:
    return f"{server.base}/write?project={filling.project.id}&example={example_id}"


def test_draft_reaches_the_server_while_typing_and_is_there_in_a_second_tab(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        first = open_tab(_open(server, filling, example.id))
        first.get_by_label("Assistant, turn 2", exact=True).press_sequentially(" Any time!", delay=5)
        _wait_for(lambda: _draft(filling, example.id).endswith("Any time!"))
        assert filling.read(example.id).head_rev == 1
        second = open_tab(_open(server, filling, example.id))
        expect(second.get_by_label("Assistant, turn 2", exact=True)).to_have_value("You are welcome. Any time!")
        _wait_for(lambda: _answer(filling, example.id) == "You are welcome. Any time!")
        assert _draft(filling, example.id) == ""


def test_text_survives_a_page_switch(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        page = open_tab(_open(server, filling, example.id))
        field = page.get_by_label("Assistant, turn 2", exact=True)
        field.fill("You are most welcome.")
        page.get_by_role("link", name="Review", exact=True).click(delay=60)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing left to review")
        page.get_by_role("link", name="Write", exact=True).click(delay=60)
        expect(page.get_by_label("Assistant, turn 2", exact=True)).to_have_value("You are most welcome.")
        _wait_for(lambda: _answer(filling, example.id) == "You are most welcome.")


def test_text_survives_closing_the_tab_at_once(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        page = open_tab(_open(server, filling, example.id))
        page.get_by_label("Assistant, turn 2", exact=True).press_sequentially(" Bye", delay=5)
        page.close(run_before_unload=True)
        _wait_for(lambda: _draft(filling, example.id) == "You are welcome. Bye")
        again = open_tab(_open(server, filling, example.id))
        expect(again.get_by_label("Assistant, turn 2", exact=True)).to_have_value("You are welcome. Bye")


@pytest.mark.timeout(180)
def test_text_typed_while_the_server_is_down_is_saved_after_the_restart(
    own_server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(own_server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        page = open_tab(_open(own_server, filling, example.id))
        field = page.get_by_label("Assistant, turn 2", exact=True)
        expect(field).to_be_visible()
        own_server.stop()
        field.press_sequentially(" Still here.", delay=5)
        expect(page.get_by_text("not saved yet, trying again")).to_be_visible()
        own_server.start()
        _wait_for(lambda: _draft(filling, example.id) == "You are welcome. Still here.", seconds=40)


def test_two_texts_for_one_field_are_both_shown_and_mine_can_become_a_copy(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        first = open_tab(_open(server, filling, example.id))
        expect(first.get_by_label("Assistant, turn 2", exact=True)).to_be_visible()
        second = open_tab(_open(server, filling, example.id))
        second.get_by_label("Assistant, turn 2", exact=True).fill("The second tab's answer.")
        second.get_by_label("Assistant, turn 2", exact=True).blur()
        _wait_for(lambda: _answer(filling, example.id) == "The second tab's answer.")
        first.get_by_label("Assistant, turn 2", exact=True).fill("The first tab's answer.")
        first.get_by_label("Assistant, turn 2", exact=True).blur()
        expect(first.get_by_text("Your text is safe, but it is not in the example.")).to_be_visible()
        first.get_by_role("button", name="Keep mine as a copy").click(delay=60)
        expect(first.get_by_text("Your text is in a copy")).to_be_visible()
        expect(first.get_by_label("Assistant, turn 2", exact=True)).to_have_count(1)
        expect(first.get_by_label("Assistant, turn 2", exact=True)).to_have_value("The first tab's answer.")
        assert _answer(filling, example.id) == "The second tab's answer."


def test_cursor_is_where_it_was_after_a_reload(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        page = open_tab(_open(server, filling, example.id))
        field = page.get_by_label("Assistant, turn 2", exact=True)
        expect(field).to_have_value("You are welcome.")
        settled(page)
        field.press("Home")
        page.keyboard.type("Well: ")
        _wait_for(lambda: _draft(filling, example.id).startswith("Well: "))
        page.reload()
        expect(field).to_be_focused()
        page.keyboard.type("yes, ")
        expect(field).to_have_value("Well: yes, You are welcome.")
