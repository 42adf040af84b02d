"""A tool from nothing without a mouse: form and JSON, nested, meanings, result, errors, samples, policy, publish."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from curation.model.definition import Sample, ToolError
from curation.services import cataloguing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
PATIENCE_MS = 20_000
SCHEMA = {
    "type": "object",
    "properties": {
        "reason": {
            "type": "string",
            "enum": ["late", "lost"],
            "description": "Why the person asks.\n- late: past the promised date\n- lost: the carrier gave up",
        },
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
            "description": "What is sent back.",
        },
    },
    "required": ["reason"],
}


class Hands:
    """Keys alone, each pressed once what it is for has the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, field: Locator, text: str) -> None:
        expect(field).to_have_count(1, timeout=PATIENCE_MS)
        expect(field).to_be_focused(timeout=PATIENCE_MS)
        self.page.keyboard.type(text)

    def pick(self, label: str, option: str) -> None:
        field = self.page.get_by_role("combobox", name=label, exact=True)
        self.type(field, option)
        expect(self.page.get_by_role("option", name=option, exact=True)).to_be_visible()
        self.press("Enter")
        expect(field).to_have_value(option, timeout=PATIENCE_MS)

    def tab_to(self, field: Locator, most: int = 40, key: str = "Tab") -> None:
        expect(field).to_have_count(1, timeout=PATIENCE_MS)
        settled(self.page)
        for _ in range(most):
            if field.evaluate(_HAS_FOCUS):
                return
            self.press(key)
        expect(field).to_be_focused()

    def open_next_part(self, now: str, says: str) -> None:
        """From the open tab to the one at its right."""
        self.tab_to(self.page.get_by_role("tab", name=now), 60, "Shift+Tab")
        self.press("ArrowRight", "Enter")
        expect(self.page.get_by_text(says)).to_be_visible(timeout=PATIENCE_MS)

    def field(self, label: str) -> Locator:
        # While a form gives way to another one, both are there for a moment.
        return self.page.get_by_label(label, exact=True).first


_HAS_FOCUS = "field => { let one = document.activeElement; while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement; return one === field }"  # noqa: E501


def _tool(filling: Filling) -> cataloguing.ToolView:
    return next(tool for tool in cataloguing.list_tools(filling.ws, filling.project.id) if tool.name == "refund")


@pytest.mark.timeout(240)
def test_a_tool_is_written_from_nothing_without_a_mouse(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        hands = Hands(page)
        expect(page.get_by_role("heading", name="Lint")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("button", name="New Shortcut Alt + D")).to_be_enabled()
        hands.press("Alt+d")
        expect(page.get_by_role("heading", level=1)).to_have_text("New tool")
        hands.type(hands.field("Tool name"), "refund")
        hands.press("Tab")
        page.keyboard.type("Pay an order back.")
        _write_parameters(page, hands)
        _follow_each_other(page, hands)
        _write_answers(page, hands)
        hands.press("Alt+s")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("refund")
        hands.tab_to(dialog.get_by_role("button", name="Publish v2"), 12)
        hands.press("Enter")
        expect(page.get_by_text("Catalogue v2 is published")).to_be_visible()
        tool = _tool(filling).tool
        assert tool.definition.view.parameters == SCHEMA
        assert tool.result_schema == '{"type":"object","properties":{"paid":{"type":"boolean"}}}'
        assert tool.errors == (ToolError("No such order", "404"),)
        assert [sample.name for sample in tool.samples] == ["late"]
        assert json.loads(Sample("late", tool.samples[0].arguments).arguments)["reason"] in ("late", "lost")
        assert tool.policy.text == "Only for the buyer."


def _write_parameters(page: Page, hands: Hands) -> None:
    hands.press("Alt+p")
    hands.type(hands.field("Name"), "reason")
    hands.press("Enter")
    hands.pick("Type", "enum")
    values = page.get_by_label("Values, one a line: what each means behind a colon")
    expect(values).to_be_visible(timeout=PATIENCE_MS)
    hands.press("Tab")
    hands.type(hands.field("Description"), "Why the person asks.")
    hands.press("Tab")
    hands.type(values, "late: past the promised date")
    hands.press("Enter")
    page.keyboard.type("lost: the carrier gave up")
    hands.tab_to(page.get_by_role("switch", name="Required"), key="Shift+Tab")
    hands.press("Space")
    expect(page.get_by_role("radio", name="reason enum (2) · required")).to_be_checked()
    hands.press("Alt+p")
    hands.type(hands.field("Name"), "lines")
    hands.press("Enter")
    hands.pick("Type", "array")
    expect(hands.field("Each item is")).to_be_visible(timeout=PATIENCE_MS)
    hands.press("Tab")
    hands.type(hands.field("Description"), "What is sent back.")
    hands.press("Tab")
    hands.pick("Each item is", "object")
    expect(page.get_by_role("button", name="Add inside")).to_be_visible()
    hands.press("Alt+Shift+P")
    hands.type(hands.field("Name"), "sku")
    hands.press("Enter")
    expect(page.get_by_role("heading", name="lines[].sku")).to_be_visible()


def _follow_each_other(page: Page, hands: Hands) -> None:
    """The JSON says what the form says, what is typed there shows in the form, and lint speaks of both."""
    editor = page.get_by_label("Parameters as JSON")
    expect(editor).to_contain_text("- late: past the promised date")
    expect(page.get_by_text("side-effect-unknown")).to_be_visible()
    hands.press("Alt+z")
    expect(page.get_by_role("radio", name="parameter_1 string")).to_be_checked()
    hands.press("Alt+z")
    expect(page.get_by_role("radio", name="parameter_1 string")).to_have_count(0)
    editor.focus()
    hands.press("Control+a")
    page.keyboard.insert_text(json.dumps(SCHEMA))
    hands.press("Control+s")
    expect(page.get_by_role("radio", name="sku string")).to_be_visible()


def _write_answers(page: Page, hands: Hands) -> None:
    hands.open_next_part("Parameters", "Not said yet")
    hands.press("Alt+p")
    hands.type(hands.field("Name"), "paid")
    hands.press("Enter")
    hands.pick("Type", "boolean")
    hands.open_next_part("Result", "No errors yet")
    hands.press("Alt+p")
    hands.type(hands.field("Code"), "404")
    hands.press("Tab")
    hands.type(hands.field("Message, as a model reads it"), "No such order")
    hands.open_next_part("Errors", "No sample calls yet")
    hands.press("Alt+p")
    hands.type(hands.field("Name"), "late")
    hands.press("Tab")
    expect(page.get_by_text("Fits the schema.")).to_be_visible()
    hands.tab_to(page.get_by_role("tab", name="Schema"), 30)
    hands.press("ArrowRight", "Enter")
    policy = page.get_by_label("When it may be called")
    hands.tab_to(policy, 30)
    page.keyboard.type("Only for the buyer.")
