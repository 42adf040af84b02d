"""What people do most, counted in keys: typing is free, a chord is one key, and so is Enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.states import ExampleState
from curation.services import browsing, writing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


class Hands:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *chords: str) -> None:
        for chord in chords:
            self.page.keyboard.press(chord)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


def _review(filling: Filling, server: Server, open_tab: Callable[[str], Page], n: int = 2) -> Hands:
    for place in range(n):
        made = filling.write(make_answer(f"Thanks {place}"))
        writing.submit(filling.ws, filling.actor, made.id, 1, nonce=f"submit {made.id}")
    page = open_tab(f"{server.base}/review?project={filling.project.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thanks")
    return Hands(settled(page))


def _states(filling: Filling) -> list[ExampleState]:
    return sorted(row.state for row in browsing.list_examples(filling.ws, filling.project.id).rows)


def test_accept_is_one_key_and_undo_is_one(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        hands = _review(filling, server, open_tab)
        heading = hands.page.get_by_role("heading", level=1)
        first = heading.inner_text()
        hands.press("Alt+a")
        expect(heading).not_to_have_text(first)
        expect(heading).to_contain_text("Thanks")
        assert _states(filling) == [ExampleState.ACCEPTED, ExampleState.SUBMITTED]
        hands.press("Alt+z")
        expect(heading).to_have_text(first)
        assert _states(filling) == [ExampleState.SUBMITTED, ExampleState.SUBMITTED]
        assert hands.keys == 2


def test_argument_is_put_right_and_accepted_with_two_keys(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        made = filling.write(make_example("Where is B4821?", order_id="B4820"))
        writing.submit(filling.ws, filling.actor, made.id, 1, nonce=f"submit {made.id}")
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Where is")
        hands = Hands(settled(page))
        hands.press("Alt+e")
        field = page.get_by_label("order_id (string, required)").first
        expect(field).to_be_focused()
        field.evaluate("field => field.select?.()")  # replacing the value is typing
        hands.type("B4821")
        hands.press("Alt+a")
        expect(page.get_by_text("Put right and accepted")).to_be_visible()
        after = filling.read(made.id)
        assert after.state is ExampleState.ACCEPTED
        assert "B4821" in str(after.example.messages[1].calls)
        assert hands.keys == 2


def test_negative_with_its_reason_is_two_keys(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        made = filling.write(make_example("Where is B4821?"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={made.id}")
        expect(page.get_by_role("button", name="Submit")).to_be_visible()
        hands = Hands(settled(page))
        hands.press("Alt+n")
        expect(page.get_by_role("button", name="Take the tool away")).to_be_focused()
        hands.press("Enter")
        expect(page.get_by_label("Assistant, turn 2", exact=True)).to_be_focused()
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        negative = next(filling.read(row.id) for row in rows if row.id != made.id)
        assert negative.example.messages[-1].calls is None
        assert negative.example.messages[-1].label is not None
        assert negative.example.messages[-1].label.reason
        assert hands.keys == 2


def test_example_with_one_call_takes_twelve_keys_at_most_and_is_accepted(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        other = filling.write(make_answer("Thanks"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}")
        expect(page.get_by_role("button", name="Submit")).to_be_visible()
        hands = Hands(settled(page))
        hands.press("Alt+d")
        settled(page)
        expect(page.get_by_label("User, turn 1", exact=True)).to_have_value("")
        expect(page.get_by_label("User, turn 1", exact=True)).to_be_focused()
        hands.type("Where is my order B4821?")
        hands.press("Alt+t")
        expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        hands.type("track")
        expect(page.get_by_role("option", name="track_order")).to_be_visible()
        hands.press("Enter")
        expect(page.get_by_label("order_id (string, required)").first).to_be_focused()
        hands.type("B4821")
        hands.press("Alt+b")
        expect(page.get_by_label("Result of call_1, turn 3", exact=True)).to_be_focused()
        hands.press("Alt+y")
        expect(page.get_by_label("Assistant, turn 4", exact=True)).to_be_focused()
        hands.type("It is on its way.")
        hands.press("Alt+s")
        expect(page.get_by_text("Submitted for review")).to_be_visible()
        assert hands.keys <= 12
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        (written,) = (filling.read(row.id) for row in rows if row.id != other.id)
        assert written.state is ExampleState.SUBMITTED
        assert written.example.messages[3].content == "It is on its way."
        page.get_by_role("link", name="Review", exact=True).click(delay=60)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Where is my order")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        page.keyboard.press("Alt+a")
        expect(page.get_by_text("Accepted; Alt+Z takes it back")).to_be_visible()
        assert filling.read(written.id).state is ExampleState.ACCEPTED
