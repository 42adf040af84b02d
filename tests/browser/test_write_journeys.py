"""Writing without a mouse: a conversation from nothing, negatives and recoveries, and turns moved by key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page

from curation.model.definition import Definition, Sample, Tool
from curation.model.example import Message
from curation.model.states import ExampleState
from curation.services import browsing, cataloguing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]

PARCEL = {
    "type": "object",
    "properties": {
        "to": {
            "type": "object",
            "properties": {"town": {"type": "string", "description": "The town."}},
            "required": ["town"],
            "description": "Where it goes.",
        },
        "day": {"type": "string", "format": "date", "description": "When it goes."},
        "note": {"type": ["string", "null"], "description": "Words for the carrier."},
    },
    "required": ["to", "day"],
}
SLOW_MS = 20_000
RESULT = '{"parcel": "P4471"}'


def publish_parcel(filling: Filling) -> None:
    function = {"name": "send_parcel", "description": "Send a parcel to a town.", "parameters": PARCEL}
    text = json.dumps({"type": "function", "function": function})
    tool = Tool(Definition(text), side_effect="write", idempotent=False, samples=(Sample("sent", "{}", RESULT),))
    cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, [tool], nonce=f"tool {filling.project.id}")
    cataloguing.publish(filling.ws, filling.actor, filling.project.id, nonce=f"publish {filling.project.id}")


def open_desk(server: Server, filling: Filling, open_tab: Callable[[str], Page], example_id: str = "") -> Page:
    query = f"&example={example_id}" if example_id else ""
    page = open_tab(f"{server.base}/write?project={filling.project.id}{query}")
    ready = page.get_by_role("button", name="Submit" if example_id else "Write an example")
    expect(ready).to_be_visible(timeout=SLOW_MS)
    return settled(page)


def newest(filling: Filling) -> str:
    return browsing.list_examples(filling.ws, filling.project.id).rows[0].id


def expect_turns(page: Page, filling: Filling, example_id: str, roles: list[str]) -> None:
    """The page shows so many turns, and the stored conversation has these roles."""
    expect(page.locator(f"[class*=st-key-write-turn-{example_id}]")).to_have_count(len(roles))
    assert [message.role for message in filling.read(example_id).example.messages] == roles


def test_conversation_from_nothing_with_a_nested_call_and_a_mocked_result(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        publish_parcel(filling)
        page = open_desk(server, filling, open_tab)
        page.keyboard.press("Alt+d")
        expect(page.get_by_label("User, turn 1", exact=True)).to_be_focused()
        expect(page.get_by_text("Still to write: conversation")).to_be_visible()
        expect(page.locator(".stMain").get_by_text("1 error")).to_have_count(0)
        page.keyboard.type("Send my parcel to Graz on 2026-12-01.")
        page.keyboard.press("Alt+t")
        expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        page.keyboard.type("send_p")
        expect(page.get_by_role("option", name="send_parcel")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_label("town (string, required)").first).to_be_focused()
        page.keyboard.type("Graz")
        page.keyboard.press("Alt+v")
        field = page.get_by_label("Arguments of send_parcel as JSON", exact=True)
        expect(field).to_be_focused()
        expect(field).to_contain_text('{"to":{"town":"Graz"}}')
        page.keyboard.press("Alt+v")
        expect(page.get_by_label("town (string, required)").first).to_be_focused()
        settled(page)
        page.keyboard.press("Tab")
        expect(page.get_by_label("day (string, required)").first).to_be_focused()
        page.keyboard.type("2026-12-01")
        page.keyboard.press("Alt+Shift+G")
        expect(page.get_by_role("dialog").get_by_role("button", name="sent")).to_be_focused()
        settled(page)
        page.keyboard.press("1")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("P4471").first).to_be_visible()
        page.keyboard.press("Alt+y")
        expect(page.get_by_label("Assistant, turn 4", exact=True)).to_be_focused()
        page.keyboard.type("Your parcel P4471 is on its way to Graz.")
        page.keyboard.press("Alt+s")
        expect(page.get_by_text("Submitted for review")).to_be_visible()
        written = filling.read(newest(filling))
        assert written.state is ExampleState.SUBMITTED
        (call,) = written.example.messages[1].calls or ()
        assert json.loads(call.arguments.text) == {"to": {"town": "Graz"}, "day": "2026-12-01"}  # type: ignore[union-attr]
        assert written.example.messages[2].content == RESULT


def test_negative_is_two_keys_and_its_answer(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        source = filling.write(make_example("Where is my order B4821?"))
        page = open_desk(server, filling, open_tab, source.id)
        page.keyboard.press("Alt+n")
        expect(page.get_by_role("button", name="Leave order_id open")).to_be_visible()
        expect(page.get_by_role("button", name="Take the tool away")).to_be_focused()
        settled(page)
        page.keyboard.press("2")
        expect(page.get_by_label("Assistant, turn 2", exact=True)).to_be_focused()
        expect(page.get_by_text("asks for order_id")).to_be_visible()
        page.keyboard.type("Which order do you mean?")
        page.keyboard.press("Alt+s")
        expect(page.get_by_text("Submitted for review")).to_be_visible()
        copy = next(
            filling.read(row.id)
            for row in browsing.list_examples(filling.ws, filling.project.id).rows
            if row.id != source.id
        )
        assert copy.state is ExampleState.SUBMITTED
        assert copy.example.messages[0].content == "Where is my order?"
        assert copy.group == source.id


def choose_too_many_requests(page: Page) -> None:
    """Open the recoveries and take a failure by its mark; the ways on are what is asked next."""
    page.keyboard.press("Alt+g")
    expect(page.get_by_role("button", name="Bad argument, then correct the argument")).to_be_focused()
    failure = page.get_by_role("dialog").get_by_role("button", name="429 Too many requests")
    settled(page)
    page.keyboard.press((failure.text_content() or "").strip()[0])
    expect(page.get_by_role("button", name="Then wait and try again")).to_be_focused()
    settled(page)


def test_recovery_is_chosen_by_its_mark_and_undone_step_by_step(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = open_desk(server, filling, open_tab, example.id)
        choose_too_many_requests(page)
        page.keyboard.press("1")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("retry after wait").first).to_be_visible()
        talk = ["user", "assistant", "tool", "assistant"]
        expect_turns(page, filling, example.id, [*talk, "tool", "assistant"])
        page.keyboard.press("Alt+u")
        expect(page.get_by_label("User, turn 7", exact=True)).to_be_focused()
        page.keyboard.press("Alt+z")
        expect(page.get_by_label("User, turn 7", exact=True)).to_have_count(0)
        page.keyboard.press("Alt+z")
        expect(page.get_by_text("retry after wait")).to_have_count(0)
        expect_turns(page, filling, example.id, talk)
        expect(page.get_by_role("button", name="Redo")).to_be_visible()
        page.keyboard.press("Alt+Shift+Z")
        expect(page.get_by_text("retry after wait").first).to_be_visible()


@pytest.mark.long
def test_turn_with_the_cursor_is_copied_moved_split_and_removed(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        made = make_example("Where is B4821?")
        more = (*made.messages, Message(role="user", content="Thanks"), Message(role="assistant", content="Bye."))
        example = filling.write(msgspec.structs.replace(made, messages=more))
        page = open_desk(server, filling, open_tab, example.id)
        talk = ["user", "assistant", "tool", "assistant", "user", "assistant"]
        last = page.get_by_label("Assistant, turn 6", exact=True)
        settled(page)
        last.focus()
        expect(last).to_be_focused()
        page.keyboard.press("Alt+Shift+ArrowDown")
        expect_turns(page, filling, example.id, [*talk, "assistant"])
        copy = page.get_by_label("Assistant, turn 7", exact=True)
        expect(copy).to_be_visible()
        settled(page)
        copy.focus()
        page.keyboard.press("Alt+Delete")
        expect_turns(page, filling, example.id, talk)
        thanks = page.get_by_label("User, turn 5", exact=True)
        settled(page)
        thanks.focus()
        page.keyboard.press("Alt+ArrowDown")
        expect(page.get_by_label("User, turn 6", exact=True)).to_be_visible()
        settled(page)
        page.get_by_label("User, turn 6", exact=True).focus()
        page.keyboard.press("Alt+Shift+Enter")
        expect(page.get_by_text("Split: the turns from turn 6 on")).to_be_visible()
        assert len(filling.read(example.id).example.messages) == 5
        half = filling.read(newest(filling))
        assert [message.content for message in half.example.messages] == ["Thanks"]


@pytest.mark.long
def test_template_and_exported_line_are_reached_by_key(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = open_desk(server, filling, open_tab, example.id)
        page.keyboard.press("Alt+q")
        expect(page.get_by_text("nothing is lost")).to_be_visible()
        expect(page.locator(".st-key-write-inspector").get_by_text('{"messages":[{"role":"user"')).to_be_visible()
        page.keyboard.press("Alt+q")
        expect(page.get_by_label("order_id (string, required)").first).to_be_visible()
        page.keyboard.press("Alt+Shift+D")
        make = page.get_by_role("dialog").get_by_role("button", name="Make the draft")
        expect(page.get_by_role("combobox", name="Hard case", exact=True)).to_be_focused()
        page.keyboard.type("approval")
        expect(page.get_by_role("option").first).to_contain_text("pproval")
        page.keyboard.press("Enter")
        expect(make).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("A draft from a template is open")).to_be_visible(timeout=SLOW_MS)
        assert filling.read(newest(filling)).example.tags == ("approval_needed",)


def test_inspector_shows_the_decision_the_cursor_rests_in(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_desk(server, filling, open_tab, filling.write(make_example("Where is my order B4821?")).id)
        inspector = page.locator(".st-key-write-inspector")
        expect(inspector.get_by_text("turn 2", exact=True)).to_be_visible()
        answer = page.get_by_label("Assistant, turn 4", exact=True)
        answer.click()
        expect(inspector.get_by_text("turn 4", exact=True)).to_be_visible()
        expect(answer).to_be_focused()
        page.keyboard.type("Yes. ")
        expect(answer).to_have_value(re.compile("Yes. "))


AT_ITS_END = "one => one.selectionStart === one.selectionEnd && one.selectionEnd === one.value.length"


def test_answer_after_a_recovery_is_continued_at_its_end(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = open_desk(server, filling, open_tab, example.id)
        choose_too_many_requests(page)
        page.keyboard.press("2")
        expect(page.get_by_text("give up").first).to_be_visible()
        answer = page.get_by_label("Assistant, turn 4", exact=True)
        expect(answer).to_be_focused()
        expect(answer).to_have_value(re.compile(".+"))
        settled(page)
        assert answer.evaluate(AT_ITS_END)
