"""A tool from nothing in a browser: form and JSON say the same, a draft is never lost, publishing asks first."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.services import cataloguing, drafting
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
LOSE_FIRST_FOLLOW = """() => {
  const presses = globalThis.callwrightPresses
  let redraw = presses.redraw
  const say = (word) => (globalThis.isLost ? redraw(word) : (globalThis.isLost = true))
  Object.defineProperty(presses, "redraw", { get: () => say, set: (one) => (redraw = one) })
}"""


def _tool(filling: Filling, name: str) -> cataloguing.ToolView:
    return next(tool for tool in cataloguing.list_tools(filling.ws, filling.project.id) if tool.name == name)


def test_tool_is_written_in_the_form_and_published(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        page.get_by_role("button", name="New Shortcut Alt + D").click(delay=60)
        expect(page.get_by_role("heading", level=1)).to_have_text("New tool")
        expect(page.get_by_label("Tool name")).to_have_count(1)
        expect(page.get_by_label("Tool name")).to_be_focused()
        page.keyboard.type("request_refund")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Description, as a model reads it")).to_be_focused()
        page.keyboard.type("Start a refund for one order.")
        page.get_by_label("Description, as a model reads it").blur()
        expect(page.get_by_role("heading", level=1)).to_have_text("request_refund")
        expect(page.get_by_role("radio", name="request_refund unsaved")).to_be_visible()
        page.keyboard.press("Alt+p")
        parameter = page.get_by_label("Name", exact=True)
        expect(parameter).to_have_attribute("placeholder", "parameter_1")
        expect(parameter).to_be_focused()
        page.keyboard.type("order_id")
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox", name="Type")).to_be_focused()
        expect(page.get_by_label("Parameters as JSON")).to_have_text(
            '{ "type": "object", "properties": {"order_id": {"type": "string"}}}'
        )
        page.get_by_role("button", name="Save tool").click(delay=60)
        expect(page.get_by_text("is saved")).to_be_visible()
        expect(page.locator(".st-key-catalogue-desk")).to_be_focused()
        assert list(_tool(filling, "request_refund").tool.definition.view.parameters["properties"]) == ["order_id"]
        page.keyboard.press("Alt+s")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("request_refund")
        dialog.get_by_role("button", name="Publish v2").click(delay=60)
        expect(page.get_by_text("Catalogue v2 is published")).to_be_visible()
        current = cataloguing.current_catalogue(filling.ws, filling.project.id)
        assert current is not None
        assert current.n == 2


def test_list_follows_a_name_though_the_page_missed_that_it_should(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        page.evaluate(LOSE_FIRST_FOLLOW)
        page.get_by_role("button", name="New Shortcut Alt + D").click(delay=60)
        expect(page.get_by_label("Tool name")).to_be_focused()
        page.keyboard.insert_text("request_refund")
        page.keyboard.press("Tab")
        expect(page.get_by_role("radio", name="request_refund unsaved")).to_be_visible()
        assert page.evaluate("globalThis.isLost")


def test_typed_json_reaches_the_form_and_the_server_by_itself(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        editor = page.get_by_label("Parameters as JSON")
        schema = {"type": "object", "properties": {"city": {"type": "string", "description": "Where it lies"}}}
        editor.fill(json.dumps(schema))
        editor.blur()
        expect(page.get_by_role("heading", name="city", exact=True)).to_be_visible()
        expect(page.get_by_label("Description", exact=True)).to_have_count(1)
        expect(page.get_by_label("Description", exact=True)).to_have_value("Where it lies")
        page.goto(f"{server.base}/catalogue?project={filling.project.id}")
        expect(page.get_by_label("Description", exact=True)).to_have_value("Where it lies")
        tool = _tool(filling, "track_order")
        drafts = drafting.read_drafts(filling.ws, filling.actor.person_id, "tool", tool.id)
        assert json.loads(drafts["parameters"].text) == schema


def test_what_is_typed_behind_a_refused_press_stays_out_of_the_json(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        editor = page.get_by_label("Parameters as JSON")
        editor.fill('{"type": }')
        settled(page)
        page.keyboard.press("Alt+p")
        page.keyboard.type("weight")
        expect(page.get_by_text("Not typed, as no field was there for it yet: weight")).to_be_visible()
        expect(page.locator(".st-key-desk-refused")).to_contain_text("Line 1, column 10")
        expect(page.locator(".st-key-desk-refused")).to_contain_text("Mend the JSON first")
        expect(editor).to_have_text('{"type": }')
        expect(editor).to_be_focused()
        page.keyboard.type('"object"')
        expect(editor).to_have_text('{"type": "object"}')


def test_schema_that_is_not_valid_is_named_while_it_is_typed(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        editor = page.get_by_label("Parameters as JSON")
        expect(editor).to_be_visible()
        expect(page.locator(".st-key-catalogue-desk")).not_to_be_focused()
        editor.fill('{"type": "object", "properties": {"city": {"type": "text"}}}')
        expect(page.locator("ul.findings li.error").first).to_be_visible()
        editor.blur()
        expect(page.get_by_text("schema-invalid")).to_be_visible()


HIDDEN = """() => {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  const bar = document.querySelector("[data-testid=stBottom]")
  const isInBar = bar.contains(document.activeElement)
  return !isInBar && one.getBoundingClientRect().bottom > bar.getBoundingClientRect().top ? one.outerHTML : ""
}"""


def test_field_reached_by_tab_stands_clear_of_the_bar(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        page.set_viewport_size({"width": 1440, "height": 640})
        expect(page.get_by_label("Shortest")).to_be_attached()
        settled(page)
        page.get_by_role("combobox", name="Type").focus()
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(HIDDEN) == ""
