"""JSON in the live editor: findings at their place, what the schema offers, fixes, undo, and what is read aloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.browser.typists import REST_MS, switch_to_json

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2"), pytest.mark.timeout(180)]
AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
FIRST_PAGE_MS = 40_000
FAULTY = '{"order_id": "B4821", "colour": "red"}'
FOCUSED = """() => {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one?.textContent
}"""


def _editor(server: Server, filling: Filling, open_tab: Callable[[str], Page], text: str = "") -> tuple[Page, Locator]:
    """The arguments of a call as JSON, the cursor in them, everything selected."""
    example = filling.write(make_example("Where is B4821?"))
    page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
    return page, _as_json(page, text)


def _as_json(page: Page, text: str = "") -> Locator:
    expect(page.get_by_label("order_id (string, required)")).to_be_visible(timeout=FIRST_PAGE_MS)
    editor = switch_to_json(page)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    return editor


def test_keys_and_values_come_from_the_schema(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, '{"pr')
        expect(page.get_by_role("option", name='"priority"')).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("option", name='"high"')).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.keyboard.type(', "')
        expect(page.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Tab")
        page.keyboard.type("B4821")
        expect(editor).to_have_text('{"priority": "high", "order_id": "B4821"')


def test_enter_never_takes_what_nobody_walked_to(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, '{"pr')
        expect(page.get_by_role("option", name='"priority"')).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("option")).to_have_count(0)
        assert editor.inner_text().split() == ['{"pr']


def test_finding_is_underlined_and_its_fix_is_reached_by_keyboard(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, FAULTY)
        expect(page.locator(".cm-lintRange-error")).to_have_text('"colour"')
        expect(editor).to_have_attribute("aria-invalid", "true")
        bulb = page.get_by_role("button", name="One quick fix")
        expect(bulb).to_have_attribute("aria-expanded", "false")
        page.keyboard.press("Tab")
        expect(bulb).to_be_focused()
        page.keyboard.press("Enter")
        item = page.get_by_role("menuitem", name="Remove colour")
        expect(item).to_be_focused()
        page.keyboard.press("Escape")
        expect(editor).to_be_focused()
        page.keyboard.press("Control+.")
        expect(item).to_be_focused()
        page.keyboard.press("Enter")
        expect(editor).to_have_text('{"order_id": "B4821"}')
        expect(editor).to_be_focused()
        expect(bulb).to_have_count(0)
        page.keyboard.press("Control+z")
        expect(editor).to_have_text(FAULTY)


def test_text_is_set_out_on_a_key_and_put_back_by_undo(server: Server, open_tab: Callable[[str], Page]) -> None:
    long = '{"order_id": "B4821", "priority": "high", "and": [1.0, 2, {"more": "of it", "than": "fits a line"}]}'
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, long)
        settled(page)
        expect(editor).to_be_focused()
        page.keyboard.press("Alt+f")
        expect(editor.locator(".cm-line").nth(1)).to_have_text('  "order_id": "B4821",')
        expect(editor).to_contain_text("1.0")
        page.keyboard.press("Control+z")
        expect(editor.locator(".cm-line")).to_have_count(1)
        page.keyboard.press("Control+End")
        page.keyboard.type(",")
        page.keyboard.press("Alt+f")
        expect(page.get_by_text("This cannot be set out yet.")).to_be_visible()
        expect(editor).to_have_text(long + ",")


def test_remount_keeps_text_selection_and_undo(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab)
        page.keyboard.insert_text('{"order_id": "A1111"}')
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Alt+v")
        expect(page.get_by_label("order_id (string, required)")).to_have_value("A1111")
        expect(editor).to_have_count(0)
        page.keyboard.press("Alt+v")
        expect(editor).to_be_focused()
        page.keyboard.type("2")
        expect(editor).to_have_text('{"order_id": "A1121"}')
        for _ in range(2):
            page.keyboard.press("Control+z")
        expect(editor).not_to_contain_text("A11")


def test_keys_pressed_while_the_field_is_off_the_page_land_in_it(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, '{"order_id": "B48')
        settled(page)
        page.keyboard.type("2")  # keys are caught for two seconds after the last one
        editor.evaluate("editor => editor.closest('.live').remove()")
        page.keyboard.type("rc")
        page.keyboard.press("Backspace")
        page.keyboard.press("Backspace")
        page.keyboard.type('2"}')  # sound again: the page is told, draws anew and puts the field back
        expect(editor).to_have_text('{"order_id": "B4822"}')
        expect(editor).to_be_focused()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_undo_of_what_was_just_typed_reaches_the_field(server: Server, open_tab: Callable[[str], Page]) -> None:
    """The text is handed over and taken back in one run of the page, which then shows what it showed before."""
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab)
        # At once: letters that come in slowly are a pause at text that is no JSON yet, and undo leads to that pause.
        page.keyboard.insert_text('{"order_id": "A1111"}')
        page.keyboard.press("Alt+z")
        expect(editor).to_have_text('{"order_id": "B4821"}')


def test_one_letter_keys_of_the_page_stay_out_of_the_text(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, "rccr")
        expect(editor).to_have_text("rccr")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_rested_typist_hears_the_findings_once(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page, editor = _editor(server, filling, open_tab, FAULTY)
        described = editor.get_attribute("aria-describedby")
        assert described
        expect(page.locator(f"#{described}")).to_contain_text("has no argument colour")
        assert page.locator(f"#{described}").get_attribute("aria-live") is None
        voice = page.get_by_role("status").filter(has_text="One finding. error")
        expect(voice).to_have_count(1)
        page.keyboard.press("Control+a")
        page.keyboard.type('{"order_id": "B4821"}')
        expect(page.get_by_role("status").filter(has_text="Nothing is wrong here any more.")).to_have_count(1)


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_editor_passes_the_audit_with_findings_bulb_and_suggestions(
    theme: Literal["light", "dark"], server: Server, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    with filled(server.home) as filling:
        example = filling.write(make_example("Where is B4821?"))
        page = context.new_page()
        page.goto(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        _as_json(page, '{"n": [1, true, null], "order_id": "B4821", "colour": "red"}')
        expect(page.get_by_role("button", name="quick fix")).to_be_visible()
        page.mouse.move(2, 2)  # a button under the pointer has colours of Streamlit's own
        page.keyboard.press("ArrowLeft")
        page.keyboard.type(', "')
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(REST_MS)  # the page tells its verdict then, and dims what it draws anew
        settled(page)
        expect(page.get_by_role("option").first).to_be_visible()
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        assert [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]] == []
    context.close()
