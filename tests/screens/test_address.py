"""The address of a tab: it names what is open, brings it back, and leads calmly nowhere when it is stale."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.services import cataloguing, projects, reviewing, writing
from tests.browser.filling import Filling, make_answer, make_example, make_tool
from tests.screens.stage import HOSTILE
from ui import address

ROOT = Path(__file__).resolve().parents[2]


def _open(page: str, **named: str) -> AppTest:
    """A new tab at an address."""
    screen = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=20)
    screen.switch_page(f"../pages/{page}.py")
    for name, value in named.items():
        screen.query_params[name] = value
    screen.run()
    assert not screen.exception, screen.exception
    return screen


def _shown(screen: AppTest) -> dict[str, str]:
    return {name: "".join(value) for name, value in screen.query_params.items()}


@pytest.fixture
def two(filling: Filling) -> tuple[str, str]:
    """Two examples waiting for review, the newer one first in the list."""
    older, newer = filling.write(make_answer("Thanks a lot")), filling.write(make_example("Where is order B4821?"))
    for example in (older, newer):
        writing.submit(filling.ws, filling.actor, example.id, 1, nonce=f"submit {example.id}")
    return older.id, newer.id


def test_address_names_the_project_and_what_is_open(filling: Filling, two: tuple[str, str]) -> None:
    assert _shown(_open("review")) == {"project": filling.project.id, "example": two[1]}
    assert _shown(_open("training")) == {"project": filling.project.id, "run": "new"}
    assert _shown(_open("catalogue")).keys() == {"project", "tool"}
    assert _shown(_open("health")) == {"project": filling.project.id}


def test_linked_example_is_open_in_the_tab_that_lists_it(filling: Filling, two: tuple[str, str]) -> None:
    assert _open("review", project=filling.project.id, example=two[0]).title[0].value == "Thanks a lot"
    reviewing.accept(filling.ws, filling.actor, two[0], 1, nonce="accept")
    screen = _open("review", project=filling.project.id, example=two[0])
    assert screen.title[0].value == "Thanks a lot"
    assert screen.session_state["rail.tab.review"] == "Done"
    assert not screen.info


def test_linked_tool_is_open(filling: Filling) -> None:
    cataloguing.import_tools(filling.ws, filling.actor, filling.project.id, [make_tool("zoo")], nonce="zoo")
    last = next(one for one in cataloguing.list_tools(filling.ws, filling.project.id) if one.name == "zoo")
    screen = _open("catalogue", project=filling.project.id, tool=last.id)
    assert screen.title[0].value == "zoo"
    assert _shown(screen)["tool"] == last.id


@pytest.mark.parametrize(
    ("page", "word"),
    [
        ("write", "example"),
        ("review", "example"),
        ("catalogue", "tool"),
        ("training", "run"),
        ("evaluation", "evaluation"),
    ],
)
@pytest.mark.parametrize("stale", ["gone", HOSTILE, "new.other.1", "' or 1=1"])
def test_stale_address_gives_one_sentence_and_the_list(
    filling: Filling, two: tuple[str, str], page: str, word: str, stale: str
) -> None:
    screen = _open(page, project=filling.project.id, **{word: stale})
    article = "an" if word in ("example", "evaluation") else "a"
    sentence = f"The address names {article} {word} that is not in this project; the list shows those that are."
    assert [one.value for one in screen.info] == [sentence]
    assert not screen.error
    assert _shown(screen).get(word) != stale


def test_project_is_opened_by_id_or_name(filling: Filling) -> None:
    other = projects.create_project(filling.ws, filling.actor, "Weather desk", nonce="other")
    assert _open("home", project=filling.project.id).title[0].value == filling.project.name
    assert _open("home", project="Weather desk").title[0].value == "Weather desk"
    screen = _open("home", project=f"{HOSTILE}")
    assert len(screen.info) == 1
    assert "evil" not in screen.info[0].value
    assert _shown(screen) == {"project": other.id}


def test_example_of_another_project_is_not_shown(filling: Filling, two: tuple[str, str]) -> None:
    other = projects.create_project(filling.ws, filling.actor, "Weather desk", nonce="other")
    screen = _open("review", project=other.id, example=two[0])
    assert len(screen.info) == 1
    assert screen.title[0].value == "Nothing left to review"


def test_address_that_comes_late_moves_nothing_but_the_way_back_does(
    filling: Filling, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "ECHO_S", 60.0)
    screen = _open("review", project=filling.project.id, example=two[0])
    screen.button(key="review.step.-1").click().run()
    assert _shown(screen)["example"] == two[1]
    screen.query_params["example"] = two[0]
    screen.run()
    assert screen.title[0].value.startswith("Where is order")
    assert _shown(screen)["example"] == two[1]
    monkeypatch.setattr(address, "ECHO_S", 0.0)
    screen.query_params["example"] = two[0]
    screen.run()
    assert screen.title[0].value == "Thanks a lot"


def test_address_written_over_a_moment_ago_moves_nothing(
    filling: Filling, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "ECHO_S", 0.0)
    screen = _open("review", project=filling.project.id, example=two[0])
    screen.button(key="review.step.-1").click().run()
    screen.button(key="review.step.1").click().run()
    screen.query_params["example"] = two[1]
    screen.run()
    assert _shown(screen)["example"] == two[0]
    monkeypatch.setattr(address, "LATE_S", 0.0)
    screen.query_params["example"] = two[1]
    screen.run()
    assert _shown(screen)["example"] == two[1]
