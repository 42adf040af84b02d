"""The road of one example: written by keyboard, submitted, accepted, frozen, exported."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Locator, Page

from curation.model.states import ExampleState
from curation.model.values import Arguments
from curation.services import browsing, exporting, freezing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


def _only_example(filling: Filling) -> str:
    (row,) = browsing.list_examples(filling.ws, filling.project.id).rows
    return row.id


def _argument(page: Page) -> Locator:
    """The field of the shown call; while the page runs, the one of the call before may still stand beside it."""
    return page.get_by_label("order_id (string, required)").first


def test_calls_side_by_side_are_written_and_answered_without_a_mouse(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/write?project={filling.project.id}")
        page.get_by_role("button", name="Write an example").click(delay=60)
        expect(page.get_by_label("User, turn 1", exact=True)).to_be_focused()
        page.keyboard.type("Where are B4821 and K2210?")
        for number, order in enumerate(("B4821", "K2210"), 1):
            page.keyboard.press("Alt+t")
            expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
            page.keyboard.type("track")
            expect(page.get_by_role("option", name="track_order")).to_be_visible()
            page.keyboard.press("Enter")
            expect(page.get_by_text(f"call_{number} in turn 2")).to_be_visible()
            expect(_argument(page)).to_have_value("")
            expect(_argument(page)).to_be_focused()
            page.keyboard.type(order)
        page.keyboard.press("Alt+b")
        expect(page.get_by_label("Result of call_1, turn 3", exact=True)).to_be_focused()
        expect(page.get_by_label("Result of call_2, turn 4", exact=True)).to_be_visible()
        calls = filling.read(_only_example(filling)).example.messages[1].calls or ()
        typed = [json.loads(call.arguments.text) for call in calls if isinstance(call.arguments, Arguments)]
        assert typed == [{"order_id": "B4821"}, {"order_id": "K2210"}]


def test_request_for_changes_needs_a_comment_and_reaches_the_writer(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    from curation.services import writing

    with filled(server.home) as filling:
        example = filling.write(make_answer("Thanks"))
        writing.submit(filling.ws, filling.actor, example.id, 1, nonce=f"submit {example.id}")
        page = open_tab(f"{server.base}/review?project={filling.project.id}")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        page.keyboard.press("Alt+x")
        expect(page.get_by_text("Asking for changes needs a few words.")).to_be_visible()
        page.get_by_label("Your comment", exact=True).press_sequentially("Say goodbye, too.", delay=2)
        page.keyboard.press("Alt+x")
        expect(page.get_by_text("Sent back with your comment")).to_be_visible()
        assert filling.read(example.id).state is ExampleState.CHANGES_REQUESTED
        page.keyboard.press("Alt+z")
        expect(page.get_by_text("Taken back")).to_be_visible()
        assert filling.read(example.id).state is ExampleState.SUBMITTED


@pytest.mark.cold
def test_findings_follow_the_keys_and_a_fix_is_one_key_away(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?", order_id="B4821"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        expect(_argument(page)).to_be_visible()
        page.keyboard.press("Alt+v")
        field = page.get_by_label("Arguments of track_order as JSON", exact=True)
        expect(field).to_be_focused()
        settled(page).clock.install()
        page.clock.pause_at(page.evaluate("Date.now() + 1000"))  # no pause in typing, however slow the page is
        field.fill('{"order_id": "B4821", "colour": "red"}')
        expect(page.get_by_text("has no argument colour").first).to_be_visible()
        assert filling.read(example.id).head_rev == 1
        page.clock.resume()
        field.press("Control+s")
        expect(page.get_by_role("button", name="Remove colour")).to_be_visible()
        page.keyboard.press("Alt+l")
        expect(field).to_have_text('{"order_id": "B4821"}')
        expect(page.get_by_text("no errors, no warnings").first).to_be_visible()


def test_failure_and_recovery_is_one_key(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        expect(page.get_by_role("button", name="Submit")).to_be_visible()
        page.keyboard.press("Alt+g")
        expect(page.get_by_role("button", name="Bad argument, then correct the argument")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("failed").first).to_be_visible()
        expect(_argument(page)).to_be_focused()
        messages = filling.read(example.id).example.messages
        assert [message.role for message in messages] == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
        assert "must match the pattern" in str(messages[2].content)
        assert messages[3].label is not None
        assert messages[3].label.recovery == "corrected_argument"
        assert [call.id for message in messages for call in message.calls or ()] == ["call_1", "call_2"]
        page.keyboard.press("Alt+z")
        expect(page.get_by_text("failed")).to_have_count(0)
        expect(_argument(page)).to_have_value("B4821")
        _expect_cursor_in_a_field(page)


def test_near_miss_copy_is_a_new_example_that_calls_nothing(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821, my B4821?"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        expect(page.get_by_role("button", name="Submit")).to_be_visible()
        page.keyboard.press("Alt+n")
        expect(page.get_by_role("button", name="Take the tool away")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("button", name="Leave order_id open")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("missing information").first).to_be_visible()
        expect(page.get_by_label("Assistant, turn 2", exact=True)).to_be_focused()
        expect(page.get_by_text("The request still says B4821")).to_be_visible()
        rows = browsing.list_examples(filling.ws, filling.project.id).rows
        copy = next(filling.read(row.id) for row in rows if row.id != example.id)
        assert copy.example.messages[-1].calls is None
        assert copy.example.messages[-1].label is not None
        assert copy.example.messages[-1].label.missing == ("order_id",)
        page.keyboard.press("Alt+j")
        settled(page)
        expect(page.get_by_label("User, turn 1", exact=True)).to_be_focused()
        expect(page.get_by_label("Assistant, turn 4", exact=True)).to_be_visible()


def test_error_is_reached_cured_and_submitted_without_a_mouse(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?", order_id="12"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        expect(page.get_by_text("Submit goes through at zero errors")).to_be_visible()
        settled(page)
        page.keyboard.press("Alt+s")
        field = page.get_by_label("order_id (string, required)")
        expect(page.get_by_text("Not submitted: 1 error first")).to_be_visible()
        expect(field).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type("B4821")
        page.keyboard.press("Alt+s")
        expect(page.get_by_text("Submitted for review")).to_be_visible()
        assert filling.read(example.id).state is ExampleState.SUBMITTED


def test_call_beside_another_is_opened_and_a_question_gives_the_cursor_back(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        answer = page.get_by_label("Assistant, turn 4", exact=True)
        expect(answer).to_be_visible()
        settled(page)
        answer.click()
        page.keyboard.press("Alt+t")
        expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        page.keyboard.press("Escape")
        expect(answer).to_be_focused()
        page.locator("[class*=st-key-write-menu]").nth(1).get_by_role("button").click(delay=60)
        page.get_by_text("Add a call here").click(delay=60)
        expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        page.keyboard.type("track")
        expect(page.get_by_role("option", name="track_order")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text("call_2 in turn 2")).to_be_visible()
        expect(_argument(page)).to_be_focused()
        expect(_argument(page)).to_have_value("")


def test_warning_is_kept_with_a_reason_typed_and_entered(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        made = make_answer("Thanks")
        unlabelled = msgspec.structs.replace(made.messages[1], label=None)
        example = filling.write(msgspec.structs.replace(made, messages=(made.messages[0], unlabelled)))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        expect(page.get_by_role("button", name="Keep anyway")).to_be_visible()
        page.keyboard.press("Alt+w")
        expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
        page.keyboard.type("Said in the guide")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Kept anyway")).to_be_visible()
        assert [one.reason for one in filling.read(example.id).example.waivers] == ["Said in the guide"]
        _expect_cursor_in_a_field(page)
        page.get_by_role("button", name="Take back").click(delay=60)
        expect(page.get_by_role("heading", name="Kept anyway")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 1024])
def test_desk_is_readable_and_its_bars_keep_to_one_line(
    width: int, server: Server, open_tab: Callable[[str], Page]
) -> None:
    question = "Wo ist 注文 " + "W" * 200 + "?"
    with filled(server.home) as filling:
        example = filling.write(make_example(question, order_id="12"))
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        page.set_viewport_size({"width": width, "height": 768})
        conversation = page.locator(".st-key-write-conversation")
        expect(conversation).to_be_visible()
        page.wait_for_function("() => document.querySelector('.st-key-write-conversation').clientWidth >= 420")
        settled(page)
        for bar, acts in (("head", 3), ("add", 4), ("make", 3)):
            buttons = page.locator(f".st-key-write-{bar} button")
            expect(buttons).to_have_count(acts)
            # A page that came a moment ago is still making room.
            page.wait_for_function(IN_ONE_LINE, arg=f".st-key-write-{bar} button")
        ends = [page.locator(f".st-key-write-{one}").bounding_box() for one in ("head", "inspector")]
        ends.append(page.locator(".stBottom button").last.bounding_box())
        assert len({round(box["x"] + box["width"]) for box in ends if box}) == 1, ends
        assert page.evaluate(
            "document.querySelector('.stMain').scrollWidth <= document.querySelector('.stMain').clientWidth"
        )
        if width > 1180:
            page.wait_for_function(
                "() => document.querySelector('.stMain').scrollHeight <= document.querySelector('.stMain').clientHeight"
            )


IN_ONE_LINE = """(buttons) =>
  new Set([...document.querySelectorAll(buttons)].map((one) => Math.round(one.getBoundingClientRect().y))).size === 1"""
IS_TYPING = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return ["INPUT", "TEXTAREA"].includes(at?.tagName)
}"""


def _expect_cursor_in_a_field(page: Page) -> None:
    """A letter typed now is text, and no key of the page."""
    page.wait_for_function(IS_TYPING)


def test_accepted_work_is_frozen_and_exported_from_the_health_page(
    server: Server, open_tab: Callable[[str], Page], tmp_path: Path
) -> None:
    from curation.services import reviewing

    with filled(server.home) as filling:
        for place in range(4):
            example = filling.write(make_example(f"Where is order B482{place}?", order_id=f"B482{place}"))
            reviewing_ready = _submit(filling, example.id)
            reviewing.accept(filling.ws, filling.actor, example.id, reviewing_ready, nonce=f"accept {example.id}")
        page = open_tab(f"{server.base}/health?project={filling.project.id}")
        page.get_by_role("button", name="Freeze").first.click(delay=60)
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Freeze").click(delay=60)
        expect(dialog).to_have_count(0)
        (version,) = freezing.list_datasets(filling.ws, filling.project.id)
        assert version.n == 1
        manifest = exporting.export_dataset(
            filling.ws, filling.actor, version.id, "openai", tmp_path / "out", allow_errors=False
        )
        assert manifest is not None
        rows = [
            json.loads(line)
            for path in sorted((tmp_path / "out").rglob("*.jsonl"))
            for line in path.read_text().splitlines()
        ]
        assert {row["messages"][0]["content"] for row in rows} == {f"Where is order B482{place}?" for place in range(4)}


def _submit(filling: Filling, example_id: str) -> int:
    from curation.services import writing

    return writing.submit(filling.ws, filling.actor, example_id, 1, nonce=f"submit {example_id}").head_rev
