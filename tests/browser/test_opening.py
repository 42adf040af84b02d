"""A long example opens with its conversation and its inspector at one turn."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from curation.model.example import Call, Example, Message
from curation.model.values import Arguments
from tests.browser.expecting import expect
from tests.browser.filling import filled, make_tool
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-1")]
N_CALLS, FAULTY = 14, 10


def _make_long() -> Example:
    messages = []
    for n in range(N_CALLS):
        order = "wrong" if n == FAULTY else f"B{4000 + n}"
        call = Call(
            name="track_order", arguments=Arguments(json.dumps({"order_id": order})), id=f"call_{n}", type="function"
        )
        messages += [
            Message(role="user", content=f"And order {order}?"),
            Message(role="assistant", content=None, calls=(call,)),
            Message(role="tool", content='{"status": "on its way"}', tool_call_id=f"call_{n}"),
        ]
    messages.append(Message(role="assistant", content="All are on their way."))
    return Example(messages=tuple(messages), tools=(make_tool().definition,))


def test_long_example_opens_at_its_first_finding(server: Server, open_tab: Callable[[str], Page]) -> None:
    with filled(server.home) as filling:
        example = filling.write(_make_long())
        page = open_tab(f"{server.base}/write?project={filling.project.id}&example={example.id}")
        turn = 3 * FAULTY + 2
        expect(page.get_by_text(f"call_{FAULTY} in turn {turn}")).to_be_visible()
        shown = page.locator(".st-key-write-conversation").get_by_text(f"turn {turn}", exact=True)
        expect(shown).to_be_in_viewport()
        settled(page)
        expect(shown).to_be_in_viewport()
