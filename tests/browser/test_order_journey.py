"""Candidates from an order: the plan, a sample of ten, the rest; then one is accepted, one edited, one rejected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from curation.model.states import ExampleState, JobState
from curation.services import browsing, cataloguing, jobs, synthesis_jobs
from curation.services.drafting_prompts import own_texts
from curation.synthesizers.shop import demo_tools
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]
PATIENCE_MS = 60_000
MORE = 4
"""Candidates beyond the sample."""


@contextmanager
def _shop(server: Server) -> Iterator[Filling]:
    with filled(server.home) as filling:
        cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, demo_tools(), nonce=filling.ws.new_id())
        cataloguing.publish(filling.ws, filling.actor, filling.project.id, nonce=filling.ws.new_id())
        yield filling


def _say(page: Page, label: str, value: str) -> None:
    field = settled(page).get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")


def _press(page: Page, name: str | re.Pattern[str]) -> None:
    button = page.get_by_role("button", name=name)
    expect(button).to_be_enabled(timeout=PATIENCE_MS)
    settled(page)
    button.click(delay=60)


def _choose(page: Page, strategy: str) -> None:
    settled(page).get_by_label("Strategy", exact=True).click()
    page.get_by_role("option", name=strategy).click()


def _states(filling: Filling) -> list[ExampleState]:
    states = [state for state in ExampleState if state is not ExampleState.ARCHIVED]
    return [row.state for row in browsing.list_examples(filling.ws, filling.project.id, states=states).rows]


def _judge(page: Page, filling: Filling) -> None:
    """Accept the first, reject the second, put a word into the third and accept it."""
    _press(page, re.compile("^Review "))
    title = page.get_by_role("heading", level=1)
    expect(page.get_by_text("Machine-made")).to_be_visible(timeout=PATIENCE_MS)
    seen = settled(page).get_by_role("heading", level=1).inner_text()
    for act in ("Accept", "Reject"):
        settled(page)
        page.keyboard.press("Alt+a") if act == "Accept" else page.get_by_role("button", name=act).click(delay=60)
        expect(title).not_to_have_text(seen)
        seen = settled(page).get_by_role("heading", level=1).inner_text()
    settled(page).keyboard.press("Alt+e")
    field = page.get_by_label(re.compile("^User, turn")).first
    expect(field).to_be_visible()
    field.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Thank you.")
    page.keyboard.press("Alt+a")
    expect(page.get_by_text("Put right and accepted")).to_be_visible()
    states = _states(filling)
    assert states.count(ExampleState.ACCEPTED) == 2
    assert states.count(ExampleState.REJECTED) == 1


@pytest.mark.timeout(240)
def test_an_order_becomes_reviewed_examples_and_outlives_the_server(
    own_server: Server, open_tab: Callable[[str], Page]
) -> None:
    with _shop(own_server) as filling:
        page = open_tab(f"{own_server.base}/orders?project={filling.project.id}")
        _say(page, "How many", str(10 + MORE))
        expect(page.get_by_text("within 10–20 %").first).to_be_visible()
        _press(page, "Make a sample of ten")
        expect(page.get_by_text("1 of 10", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        settled(page).keyboard.press("Alt+j")
        expect(page.get_by_text("2 of 10", exact=True)).to_be_visible()
        (job,) = synthesis_jobs.list_orders(filling.ws, filling.project.id)
        assert _states(filling) == []
        own_server.stop()
        own_server.start()
        page.goto(f"{own_server.base}/orders?project={filling.project.id}&order={job.id}")
        _press(page, f"Make the rest, {MORE}")
        expect(page.get_by_role("button", name=re.compile("^Review "))).to_be_visible(timeout=PATIENCE_MS)
        assert jobs.get_job(filling.ws, job.id).state is JobState.SUCCEEDED
        assert set(_states(filling)) == {ExampleState.CANDIDATE}
        _judge(page, filling)


@pytest.mark.timeout(240)
def test_a_model_is_asked_and_what_it_was_asked_stands_in_review(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with _shop(server) as filling:
        page = open_tab(f"{server.base}/orders?project={filling.project.id}&order=new")
        _choose(page, "Requests in other words")
        expect(page.get_by_text("no example is accepted that it could start from")).to_be_visible()
        _choose(page, "Conversations by a language model")
        expect(page.get_by_text("A script", exact=True)).to_be_visible()
        _say(page, "How many", "4")
        _press(page, "Make all 4")
        _press(page, re.compile("^Review "))
        _press(page, "What was asked")
        expect(page.get_by_text("Question 1 of")).to_be_visible()


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_prompt_in_own_words_is_kept_checked_saved_and_put_to_the_model(
    server: Server, open_tab: Callable[[str], Page]
) -> None:
    with _shop(server) as filling:
        page = open_tab(f"{server.base}/orders?project={filling.project.id}&order=new")
        _choose(page, "Conversations by a language model")
        expect(page.get_by_role("radio", name="So many in all")).to_be_checked()
        _press(page, "Prompts")
        dialog = page.get_by_role("dialog")
        field = dialog.get_by_label("Text", exact=True)
        expect(field).to_have_value(re.compile(r"\{[a-z_]+\}"))
        shipped = field.input_value()
        place = re.findall(r"\{[a-z_]+\}", shipped)[0]
        field.fill(shipped.replace(place, "it"))
        field.press("Control+Enter")
        expect(dialog.get_by_text(f"no longer names {place}")).to_be_visible()
        field.fill(f"{shipped} Nobody says")
        expect(dialog.get_by_text("draft saved")).to_be_visible()
        page.reload()
        _choose(page, "Conversations by a language model")
        _press(page, "Prompts")
        expect(field).to_have_value(f"{shipped} Nobody says")
        field.fill(f"{shipped} Nobody says thank you.")
        page.keyboard.press("Escape")
        _press(page, "Close")
        expect(dialog).to_have_count(0)
        _press(page, "Prompts")
        expect(field).to_have_value(f"{shipped} Nobody says thank you.")
        dialog.get_by_text("Preview, filled with samples").click()
        expect(dialog.locator("code").first).to_contain_text("Nobody says thank you.")
        _press(page, "Save prompt")
        expect(page.get_by_text("Version 1 of the prompt is saved")).to_be_visible()
        page.reload()
        _choose(page, "Conversations by a language model")
        _press(page, "Prompts")
        expect(field).to_have_value(f"{shipped} Nobody says thank you.")
        dialog.get_by_text("Preview, filled with samples").click()
        expect(dialog.locator("code").first).to_contain_text("Nobody says thank you.")
        expect(dialog.get_by_text("Version 1", exact=True)).to_be_visible()
        assert list(own_texts(filling.ws, filling.project.id).values()) == [f"{shipped} Nobody says thank you."]
