"""Journey 10: a live model's calls are judged and mock-run, put right by a person, logged, and become a draft."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from curation.services import playground_log, served_models, writing
from curation.services.served_models import Behind
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled
from tests.llm.fake_chat_host import Body, FakeChatHost, say, serve_chat

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
QUESTION = "Where is order B4821?"
PATIENCE_MS = 90_000
"""The first question loads what speaks to hosts, which takes long on a crowded machine."""
ON_ITS_WAY = "Order B4821 is on its way."


def answer(body: Body) -> Body:
    """A wrong call for a question, words for a result; by the router's prompt a right call."""
    last = body["messages"][-1]
    if last["role"] == "tool":
        return say(ON_ITS_WAY, usage={"prompt_tokens": 80, "completion_tokens": 9})
    if "Tools:" in str(body["messages"][0]["content"]) or "JSON schemas" in str(body["messages"][0]["content"]):
        return say('{"tool":"track_order","arguments":{"order_id":"B4821"}}')
    return _call({"priority": "low"})


def _call(arguments: dict[str, Any]) -> Body:
    told = say(None, finish="tool_calls", usage={"prompt_tokens": 60, "completion_tokens": 20})
    function = {"name": "track_order", "arguments": json.dumps(arguments)}
    told["choices"][0]["message"]["tool_calls"] = [{"id": "call_a", "type": "function", "function": function}]
    return told


@pytest.fixture
def host() -> Iterator[tuple[FakeChatHost, str]]:
    made = FakeChatHost(say=answer)
    with serve_chat(made) as listening:
        yield made, listening.url


@pytest.fixture
def shop(server: Server, host: tuple[FakeChatHost, str]) -> Iterator[Filling]:
    with filled(server.home) as filling:
        behind = Behind(address=host[1], model="fake-1")
        served_models.add_endpoint(filling.ws, filling.actor, filling.project.id, behind, nonce=filling.ws.new_id())
        yield filling


def press(page: Page, name: str | re.Pattern[str]) -> None:
    button = settled(page).get_by_role("button", name=name).first
    expect(button).to_be_enabled()
    button.click(delay=60)


def send(page: Page, words: str) -> None:
    field = settled(page).get_by_label("Message", exact=True)
    field.click()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def choose(page: Page, label: str, option: str) -> None:
    settled(page).get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option).click()


@pytest.mark.timeout(400)
def test_a_wrong_call_is_refused_put_right_handed_back_and_kept(
    server: Server, shop: Filling, host: tuple[FakeChatHost, str], open_tab: Callable[[str], Page]
) -> None:
    page = open_tab(f"{server.base}/playground?project={shop.project.id}")
    expect(page.get_by_role("heading", name="Playground", level=1)).to_be_visible()

    # The strict path: refused with its findings, and nothing is run.
    send(page, QUESTION)
    expect(page.get_by_text("breaks the schema").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("order_id").first).to_be_visible()
    expect(page.get_by_role("button", name="Hand back")).to_have_count(0)

    # The human path: the form puts it right, the mock answers, the model goes on from the corrected call.
    choose(page, "Path", "Human path")
    press(page, "Correct the call")
    expect(page.get_by_role("heading", name="Put the call right")).to_be_visible()
    settled(page).get_by_label("order_id (string, required)").first.click()
    page.keyboard.type("B4821")
    press(page, "Run it")
    expect(page.get_by_text("nothing real was called")).to_be_visible()
    press(page, "Hand back")
    expect(page.get_by_text(ON_ITS_WAY).first).to_be_visible(timeout=PATIENCE_MS)
    sent = host[0].bodies[-1]["messages"]
    assert [one["role"] for one in sent] == ["user", "assistant", "tool"]
    assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == {
        "priority": "low",
        "order_id": "B4821",
    }

    # Nothing is lost on a reload: the conversation, and what is typed and not sent.
    settled(page).get_by_label("Message", exact=True).click()
    page.keyboard.type("Thank you so far")
    page.wait_for_timeout(1_200)
    page.reload()
    expect(page.get_by_text(ON_ITS_WAY).first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_label("Message", exact=True)).to_have_value("Thank you so far")

    # The log holds the invalid output as it was given, and makes a draft of it.
    press(page, "Log")
    expect(page.get_by_role("heading", name="Log of answers", level=1)).to_be_visible()
    expect(page.get_by_text("Put right by a person")).to_be_visible()
    press(page, "Make a draft")
    expect(page).to_have_url(re.compile("/write"))
    (line,) = playground_log.read_log(shop.ws, shop.project.id, is_invalid=True).lines
    assert line.entry.example_id
    view = writing.open_example(shop.ws, line.entry.example_id)
    assert view.origin == "playground"
    assert "B4821" not in str(view.example.messages[1].calls)
    assert any("/tool_calls/0/function" in one.finding.at for one in view.judged)


@pytest.mark.timeout(300)
def test_one_message_is_answered_in_three_decodings_side_by_side(
    server: Server, shop: Filling, open_tab: Callable[[str], Page]
) -> None:
    page = open_tab(f"{server.base}/playground?project={shop.project.id}")
    choose(page, "Decoding", "Side by side")
    send(page, QUESTION)
    for name in ("Free", "Schema-guided", "Constrained"):
        expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Not constrained")).to_be_visible()
    press(page, "Go on with this")
    expect(page.get_by_text("breaks the schema").first).to_be_visible(timeout=PATIENCE_MS)
