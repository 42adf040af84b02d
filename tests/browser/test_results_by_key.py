"""The form and the results of a call without a mouse: Tab goes from field to field, Alt+B from result to result."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.definition import Definition, Tool
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments
from curation.services import cataloguing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]

SENDS = {
    "type": "object",
    "properties": {
        "town": {"type": "string", "description": "Where it goes."},
        "day": {"type": "string", "description": "When it goes."},
    },
    "required": ["town", "day"],
}
SLOW_MS = 30_000


def publish_tool(filling: Filling) -> Tool:
    function = {"name": "send_parcel", "description": "Send a parcel to a town.", "parameters": SENDS}
    tool = Tool(Definition(json.dumps({"type": "function", "function": function})), side_effect="write")
    cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, [tool], nonce=f"tool {filling.project.id}")
    cataloguing.publish(filling.ws, filling.actor, filling.project.id, nonce=f"publish {filling.project.id}")
    return tool


def write_calls(filling: Filling, *arguments: str) -> str:
    tool = publish_tool(filling)
    calls = tuple(
        Call(name=tool.name, arguments=Arguments(text), id=f"call_{n}", type="function")
        for n, text in enumerate(arguments, start=1)
    )
    asked = (Message(role="user", content="Send both."), Message(role="assistant", content=None, calls=calls))
    return filling.write(Example(messages=asked, tools=(tool.definition,))).id


def open_desk(server: Server, filling: Filling, open_tab: Callable[[str], Page], example_id: str) -> Page:
    page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example_id}")
    expect(page.get_by_role("button", name="Submit")).to_be_visible(timeout=SLOW_MS)
    return settled(page)


def test_tab_goes_from_field_to_field_of_an_empty_call(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example_id = write_calls(filling, "{}")
        page = open_desk(server, filling, open_tab, example_id)
        town, day = (page.get_by_label(f"{name} (string, required)") for name in ("town", "day"))
        town.click()
        page.keyboard.type("Graz")
        page.keyboard.press("Tab")
        expect(day).to_be_focused()
        page.keyboard.type("2026-12-01")
        page.keyboard.press("Control+s")
        expect(page.locator(".st-key-write-conversation")).to_contain_text("2026-12-01")
        settled(page)
        expect(day).to_have_value("2026-12-01")
        call = (filling.read(example_id).example.messages[1].calls or ())[0]
        assert isinstance(call.arguments, Arguments)
        assert json.loads(call.arguments.text) == {"town": "Graz", "day": "2026-12-01"}


def test_menu_of_an_argument_opens_by_key(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example_id = write_calls(filling, "{}")
        page = open_desk(server, filling, open_tab, example_id)
        page.get_by_label("town (string, required)").click()
        page.keyboard.press("Alt+Shift+v")
        expect(page.get_by_role("menu")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_placeholder("empty text")).to_be_focused()
        call = (filling.read(example_id).example.messages[1].calls or ())[0]
        assert isinstance(call.arguments, Arguments)
        assert json.loads(call.arguments.text) == {"town": ""}


def test_result_key_leads_from_one_empty_result_to_the_next(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example_id = write_calls(filling, '{"town": "Graz", "day": "1"}', '{"town": "Linz", "day": "2"}')
        page = open_desk(server, filling, open_tab, example_id)
        page.keyboard.press("Alt+b")
        first, second = (page.get_by_label(f"Result of call_{n}, turn {n + 2}") for n in (1, 2))
        expect(first).to_be_focused()
        settled(page)
        page.keyboard.type('{"parcel": "P1"}')
        page.keyboard.press("Alt+b")
        expect(second).to_be_focused()
        settled(page)
        page.keyboard.type('{"parcel": "P2"}')
        page.keyboard.press("Alt+b")
        settled(page)
        expect(second).to_be_focused()
        page.keyboard.press("Control+s")
        settled(page)
        told = [message.content for message in filling.read(example_id).example.messages]
        assert told == ["Send both.", None, '{"parcel": "P1"}', '{"parcel": "P2"}']
