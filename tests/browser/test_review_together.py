"""Two people, two browsers: a claim is seen and stepped over, two texts are merged, two blind words are resolved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import agreeing, people, second_looks, writing
from curation.services.text_fields import arguments_at, content_at, read_text, write_text
from tests.browser.conftest import Watch, slow_down
from tests.browser.expecting import expect
from tests.browser.filling import Filling, filled, make_answer, make_example
from tests.browser.serving import Server
from tests.browser.settling import settled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2"), pytest.mark.timeout(120)]
Sit = Callable[[Actor], Page]
STILL = (
    "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    " && document.querySelector('.stMain button kbd') !== null"
)
"""Nothing runs, and the page has drawn which keys it answers."""
IN_THE_DESK = f"{STILL} && document.activeElement.closest('.stMain') !== null"


@pytest.fixture
def sit(server: Server, browser: Browser, watch: Watch) -> Iterator[Sit]:
    """A browser of one's own, in which that person sits at the desk."""
    with ExitStack() as stack:

        def down(who: Actor) -> Page:
            context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            stack.callback(context.close)
            context.add_cookies([{"name": "callwright_person", "value": who.person_id, "url": server.base}])
            page = context.new_page()
            watch.follow(page)
            slow_down(context, page)
            return page

        yield down


def _two(filling: Filling) -> tuple[Actor, Actor]:
    """Two people with names of their own."""
    mark = uuid.uuid4().hex[:4]
    ana, bo = (
        people.add_person(filling.ws, filling.actor, f"{name} {mark}", nonce=uuid.uuid4().hex) for name in ("Ana", "Bo")
    )
    return ana, bo


def _submit(filling: Filling, question: str) -> str:
    example = filling.write(make_answer(question))
    return writing.submit(filling.ws, filling.actor, example.id, 1, nonce=uuid.uuid4().hex).id


def test_a_claim_is_seen_and_two_texts_are_merged(server: Server, sit: Sit) -> None:
    with filled(server.home) as filling:
        ana, bo = _two(filling)
        _submit(filling, "Older"), _submit(filling, "Newer")
        review = f"{server.base}/review?project={filling.project.id}"
        hers, his = sit(ana), sit(bo)
        hers.goto(review)
        expect(hers.get_by_role("heading", level=1)).to_have_text("Newer")
        expect(hers.get_by_text("yours until")).to_be_visible()
        his.goto(review)
        expect(his.get_by_role("heading", level=1)).to_have_text("Older")

        example = filling.write(make_example("Where is it?"))
        write = f"{server.base}/write?project={filling.project.id}&example={example.id}"
        his.goto(write)
        answer = settled(his).get_by_label("Assistant, turn 4", exact=True)
        expect(answer).to_have_value("It is on its way.")
        answer.click()
        settled(his)
        changed = write_text(example.example, content_at(3), "Hers.")
        changed = write_text(changed, arguments_at(1, 0), '{"order_id": "B4822"}')
        writing.save_example(filling.ws, ana, example.id, 1, changed, nonce=uuid.uuid4().hex)
        his.keyboard.press("Control+a")
        his.keyboard.type("His.")
        his.keyboard.press("Control+s")
        expect(his.get_by_text("Your text is safe, but it is not in the example.")).to_be_visible()
        settled(his)
        his.keyboard.press("Alt+Enter")
        expect(his.get_by_role("heading", name="Compare and merge")).to_be_visible()
        settled(his)
        his.get_by_role("button", name="Close").click()
        expect(his.get_by_role("heading", name="Compare and merge")).to_have_count(0)
        expect(answer).to_be_focused()
        settled(his)
        his.keyboard.press("Alt+Enter")
        expect(his.get_by_role("heading", name="Compare and merge")).to_be_visible()
        settled(his)  # the heading may be there before the places it is about, and an arrow waits for no button
        his.keyboard.press("Alt+ArrowRight")
        expect(his.get_by_text("All places are decided")).to_be_visible()
        settled(his)
        his.keyboard.press("Alt+Enter")
        expect(his.get_by_text("Merged and saved as revision 3")).to_be_visible()
        merged = filling.read(example.id)
        assert read_text(merged.example, content_at(3)) == "His."
        assert read_text(merged.example, arguments_at(1, 0)) == '{"order_id": "B4822"}'
        assert merged.updated_by == bo.name


@pytest.mark.long
def test_two_blind_words_differ_and_are_resolved_on_keys(server: Server, sit: Sit) -> None:
    with filled(server.home) as filling:
        ana, bo = _two(filling)
        second_looks.set_share(filling.ws, filling.actor, filling.project.id, 100, nonce=uuid.uuid4().hex)
        example_id = _submit(filling, "Thanks")
        address = f"review?project={filling.project.id}&example={example_id}"
        hers, his = sit(ana), sit(bo)
        hers.goto(f"{server.base}/{address}")
        expect(hers.get_by_text("Your word on each decision")).to_be_visible()
        hers.wait_for_function(IN_THE_DESK)
        settled(hers)
        hers.keyboard.press("Alt+a")
        expect(hers.get_by_text("Your word is in", exact=False).first).to_be_visible()

        his.goto(f"{server.base}/{address}")
        expect(his.get_by_text("Your word on each decision")).to_be_visible()
        expect(his.locator(".stMain").get_by_text(ana.name)).to_have_count(0)
        his.wait_for_function(IN_THE_DESK)
        settled(his)
        his.keyboard.press("Alt+m")
        field = his.get_by_label("Your comment", exact=True).last
        expect(field).to_be_focused()
        his.keyboard.type("Too short.")
        his.keyboard.press("Alt+x")
        expect(his.get_by_text("You differ", exact=False).first).to_be_visible()
        assert [one.where for one in agreeing.list_differences(filling.ws, filling.project.id)] == [("verdict",)]

        cy = people.add_person(filling.ws, filling.actor, f"Cy {uuid.uuid4().hex[:4]}", nonce=uuid.uuid4().hex)
        third = sit(cy)
        third.goto(f"{server.base}/agreement?project={filling.project.id}")
        expect(third.get_by_text("Too short.")).to_be_visible()
        settled(third)
        third.keyboard.press("Alt+ArrowLeft")
        expect(third.get_by_text("Say in a few words why.")).to_be_visible()
        reason = third.get_by_label("Why", exact=True).last
        expect(reason).to_be_focused()
        third.keyboard.type("It is small talk.")
        third.keyboard.press("Alt+ArrowLeft")
        expect(third.get_by_text("nothing differs")).to_be_visible()
        assert filling.read(example_id).state is ExampleState.ACCEPTED

        settled(third).keyboard.press("Alt+z")
        expect(third.get_by_text("Too short.")).to_be_visible()
        expect(reason).to_be_focused()
        expect(reason).to_have_value("It is small talk.")
        assert filling.read(example_id).state is ExampleState.SUBMITTED


def test_edit_and_accept_takes_two_keys_beyond_the_typing(server: Server, sit: Sit) -> None:
    with filled(server.home) as filling:
        ana, _ = _two(filling)
        _submit(filling, "Older")
        example = filling.write(make_example("Where is B4822?", order_id="B4821"))
        writing.submit(filling.ws, filling.actor, example.id, 1, nonce=uuid.uuid4().hex)
        page = sit(ana)
        page.goto(f"{server.base}/review?project={filling.project.id}")
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text("Where is B4822?")
        page.wait_for_function(IN_THE_DESK)
        settled(page)
        page.keyboard.press("Alt+e")
        field = page.get_by_label("order_id", exact=False).last
        expect(field).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type("B4822")
        page.keyboard.press("Alt+a")
        expect(title).to_have_text("Older")
        after = filling.read(example.id)
        assert (after.state, read_text(after.example, arguments_at(1, 0))) == (
            ExampleState.ACCEPTED,
            '{"order_id": "B4822"}',
        )
        page.wait_for_function(IN_THE_DESK)
        settled(page)
        page.keyboard.press("Alt+z")
        expect(title).to_have_text("Where is B4822?")
        expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        undone = filling.read(example.id)
        assert (undone.state, read_text(undone.example, arguments_at(1, 0))) == (
            ExampleState.SUBMITTED,
            '{"order_id": "B4821"}',
        )
