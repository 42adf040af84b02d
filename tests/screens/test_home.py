"""Home: an empty workspace offers the ways in; a project says what is next."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from curation.model.values import Exact
from curation.rules.figures import NO_TOOL_BAND
from curation.services import browsing, drafting, projects, writing
from curation.services.turn_edits import set_weight
from tests.browser.filling import Filling, make_answer, make_example
from ui.session import workspace


def _buttons(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button]


def test_empty_workspace_offers_demo_import_and_an_empty_project(home: Path, open_page: Callable[..., AppTest]) -> None:
    screen = open_page()
    assert screen.title[0].value == "Start with a project"
    assert _buttons(screen) == ["Open the demo project", "Open the small agent", "Import files", "Create it"]


def test_small_agent_is_filled_and_opened(home: Path, open_page: Callable[..., AppTest]) -> None:
    screen = open_page()
    screen.button(key="home.demo.agent").click().run()
    assert not screen.exception
    assert screen.title[0].value == "Small agent"
    assert [one.name for one in projects.list_projects(workspace())] == ["Small agent"]


def test_empty_project_is_created_by_name(home: Path, open_page: Callable[..., AppTest]) -> None:
    screen = open_page()
    screen.text_input(key="home.name").set_value("Weather desk")
    screen.button(key="home.create").click().run()
    assert not screen.exception
    assert screen.title[0].value == "Weather desk"
    assert [one.name for one in projects.list_projects(workspace())] == ["Weather desk"]


def test_empty_name_is_refused_with_a_sentence(home: Path, open_page: Callable[..., AppTest]) -> None:
    screen = open_page()
    screen.button(key="home.create").click().run()
    assert len(screen.error) == 1
    assert projects.list_projects(workspace()) == ()


def test_next_act_follows_the_loop(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    assert "Write an example" in _buttons(open_page())
    broken = filling.write(make_example("Where is order 12?", order_id="12"))
    screen = open_page()
    assert screen.button(key="home.next").label == "Mend them"
    writing.archive_example(filling.ws, filling.actor, broken.id, nonce="archive")
    fine = filling.write(make_answer("Thanks"))
    writing.submit(filling.ws, filling.actor, fine.id, 1, nonce="submit")
    assert open_page().button(key="home.next").label == "Review"


def test_waiting_list_opens_its_tab(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    fine = filling.write(make_answer("Thanks"))
    writing.submit(filling.ws, filling.actor, fine.id, 1, nonce="submit")
    screen = open_page()
    screen.button(key="home.open.To review").click().run()
    assert not screen.exception
    assert screen.title[0].value == "Thanks"


def test_gauge_counts_decisions(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_answer("Thanks"))
    filling.write(make_example("Where is B4821?"))
    screen = open_page()
    assert any("1 of 2 decisions" in caption.value for caption in screen.caption)


def test_gauge_leaves_out_turns_that_nothing_learns_from(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_answer("Thanks"))
    call = make_example("Where is B4821?")
    filling.write(set_weight(call, 1, Exact("0")))
    screen = open_page()
    assert any("1 of 1 decision " in caption.value for caption in screen.caption)


def test_gauge_names_the_band_that_is_judged_by(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_answer("Thanks"))
    low, high = (f"{100 * bound:.0f}" for bound in NO_TOOL_BAND)
    assert any(f"above {low}–{high} %" in one.value.replace("\\", "") for one in open_page().markdown)


def test_candidates_have_one_name_on_every_page(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    filling.write(make_answer("Thanks"))
    assert "Order candidates" in _buttons(open_page())
    for page in ("write", "review"):
        tabs = [re.sub(r"[^\w ]", "", tab.label) for tab in open_page(page).sidebar.tabs]
        assert "Candidates 0" in tabs, page


def test_working_target_is_chosen_on_home(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    screen = open_page()
    box = next(one for one in screen.selectbox if one.label == "Working target")
    assert box.value == ""
    box.select("openai").run()
    assert not screen.exception
    assert projects.find_project(filling.ws, filling.project.id).working_target == "openai"
    box = next(one for one in screen.selectbox if one.label == "Working target")
    box.select("").run()
    assert projects.find_project(filling.ws, filling.project.id).working_target is None


def test_second_project_is_created_and_the_first_can_be_opened_again(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    screen = open_page()
    screen.text_input(key="home.project.name").set_value("Weather desk")
    screen.button(key="home.project.create").click().run()
    assert not screen.exception
    assert screen.title[0].value == "Weather desk"
    next(one for one in screen.selectbox if one.label == "Open another").select(filling.project.id).run()
    assert screen.title[0].value == filling.project.name


def test_drafting_by_machine_begins_with_a_form(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    screen = open_page()
    screen.button(key="home.orders").click().run()
    assert not screen.exception
    assert screen.number_input(key="orders.new.count").value == 50
    assert screen.multiselect(key="orders.new.tools").options == ["track_order"]
    assert browsing.list_examples(filling.ws, filling.project.id).rows == ()


def test_typed_text_that_waits_for_a_decision_is_one_act_away(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_answer("Thanks"))
    drafting.save_draft(filling.ws, filling.actor.person_id, "example", example.id, "/messages/1/content", 1, "Bye")
    drafting.save_draft(filling.ws, filling.actor.person_id, "example", "gone", "/messages/1/content", 1, "Bye")
    screen = open_page("home")
    assert any("typed, not saved yet" in caption.value for caption in screen.caption)
    screen.button(key="home.open.left").click().run()
    assert screen.session_state["write.example"] == example.id


def test_page_without_left_text_does_not_speak_of_it(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    drafting.save_draft(filling.ws, filling.actor.person_id, "example", "gone", "/messages/1/content", 1, "Bye")
    assert "home.open.left" not in {one.key for one in open_page("home").button}
