"""A tool changes in a browser: what breaks is seen, mended and published with one button, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.definition import Definition
from curation.model.example import Arguments
from curation.services import cataloguing
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_example
from tests.browser.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]


def arguments_of(filling: Filling, example_id: str) -> dict[str, object]:
    (call,) = filling.read(example_id).example.messages[1].calls or ()
    assert isinstance(call.arguments, Arguments)
    return json.loads(call.arguments.text)  # type: ignore[no-any-return]


def require_carrier(filling: Filling) -> None:
    """The tool asks for one argument more; nobody has published that."""
    (view,) = cataloguing.list_tools(filling.ws, filling.project.id)
    value = json.loads(view.tool.definition.text)
    parameters = value["function"]["parameters"]
    parameters["properties"]["carrier"] = {"type": "string", "description": "Who brings it."}
    parameters["required"].append("carrier")
    tool = type(view.tool)(Definition(json.dumps(value)), side_effect="read")
    cataloguing.save_tool(
        filling.ws, filling.actor, filling.project.id, tool, tool_id=view.id, base_revision=1, nonce="carrier"
    )


def test_a_required_argument_is_seen_mended_published_and_taken_back(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with filled(server.home) as filling:
        ids = [filling.write(make_example(f"Where is B482{n}?", order_id=f"B482{n}")).id for n in (1, 2)]
        require_carrier(filling)
        page = open_tab(f"{server.base}/catalogue?project={filling.project.id}")
        page.get_by_role("button", name="What breaks").click(delay=60)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("2 examples break")
        dialog.get_by_text("argument-missing").click()
        expect(dialog.get_by_role("link", name="Where is B4821?")).to_be_visible()
        dialog.get_by_label("Value of carrier").fill("DHL")
        dialog.get_by_label("Value of carrier").press("Enter")
        expect(dialog).to_contain_text("2 examples move to the new definitions")
        dialog.get_by_role("button", name="Publish v2 and move 2 examples").click(delay=60)
        expect(page.get_by_text("Catalogue v2 is published, 2 examples moved")).to_be_visible()
        assert [arguments_of(filling, one)["carrier"] for one in ids] == ["DHL", "DHL"]
        page.get_by_role("button", name="History").click(delay=60)
        page.get_by_role("dialog").get_by_role("button", name="Undo the move").click(delay=60)
        expect(page.get_by_text("2 examples are as before")).to_be_visible()
        assert ["carrier" in arguments_of(filling, one) for one in ids] == [False, False]
