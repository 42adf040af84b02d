"""The place Examples: queues with counts, filters in the address, views, and many changed at once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from curation.services import batching, browsing, bulk, saved_views, writing
from curation.services.bulk_preview import preview
from tests.browser.filling import Filling, make_answer, make_example
from tests.screens.rows import pick_row
from tests.screens.stage import HOSTILE, texts
from ui import change_many, list_filter

ROOT = Path(__file__).resolve().parents[2]


def _open(page: str = "examples", **named: str) -> AppTest:
    screen = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=20)
    screen.switch_page(f"../pages/{page}.py")
    for name, value in named.items():
        screen.query_params[name] = value
    screen.run()
    assert not screen.exception, screen.exception
    return screen


def _shown(screen: AppTest) -> dict[str, str]:
    said = {name: "".join(value) for name, value in screen.query_params.items()}
    said.pop("project", None)
    return said


def _numbers(screen: AppTest) -> list[int]:
    return list(screen.dataframe[0].value["#"]) if screen.dataframe else []


@pytest.fixture
def many(filling: Filling) -> list[str]:
    """Sixty drafts brought in at once, every third with a tag, and two submitted ones."""
    ws, me, project = filling.ws, filling.actor, filling.project.id
    incoming = [
        msgspec.structs.replace(
            make_example(f"Where is order {n}?") if n % 2 else make_answer(f"Thanks for {n}"),
            tags=("season",) if n % 3 == 0 else (),
        )
        for n in range(60)
    ]
    batching.add_examples(
        ws, me, project, incoming, origin="import", name="many", state=ExampleState.DRAFT, nonce="many"
    )
    newest_first = browsing.list_filtered(ws, project, ExampleFilter(), limit=60).rows
    ids = [row.id for row in reversed(newest_first)]
    for one in ids[:2]:
        writing.submit(ws, me, one, 1, nonce=f"submit {one}")
    return ids


def test_pages_of_fifty_with_their_place(filling: Filling, many: list[str]) -> None:
    screen = _open()
    assert "1–50 of 60" in texts(screen)
    assert len(_numbers(screen)) == 50
    screen.button(key="examples.older").click().run()
    assert "51–60 of 60" in texts(screen)
    assert _shown(screen) == {"after": str(_numbers(_open())[-1]), "from": "51"}
    screen.button(key="examples.newer").click().run()
    assert "1–50 of 60" in texts(screen)
    assert _shown(screen) == {}


def test_filters_stand_in_the_address_and_come_back_from_it(filling: Filling, many: list[str]) -> None:
    screen = _open()
    screen.selectbox(key="examples.filter.tag").set_value("season").run()
    screen.selectbox(key="examples.filter.category").set_value("no_call").run()
    assert _shown(screen) == {"tag": "season", "category": "no_call"}
    assert "category no-call · tag season" in texts(screen)
    numbers = _numbers(screen)
    assert len(numbers) == 10
    again = _open(tag="season", category="no_call")
    assert _numbers(again) == numbers
    again.button(key="examples.filter.clear").click().run()
    assert _shown(again) == {}
    assert "1–50 of 60" in texts(again)


def test_what_a_browser_still_reports_of_a_cleared_filter_does_not_bring_it_back(
    filling: Filling, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(list_filter.time, "monotonic", lambda: now)
    screen = _open(tag="season", search="order")
    screen.button(key="examples.filter.clear").click().run()
    # A press elsewhere, sent before the browser had the cleared fields, carries what stood in them.
    now += 0.4
    screen.text_input(key="examples.search").set_value("order")
    screen.selectbox(key="examples.filter.tag").set_value("season").run()
    assert _shown(screen) == {}
    assert not screen.text_input(key="examples.search").value
    now += 1.5
    screen.text_input(key="examples.search").set_value("order").run()
    assert _shown(screen) == {"search": "order"}


def test_queue_narrows_beside_the_filter(filling: Filling, many: list[str]) -> None:
    screen = _open(tag="season")
    pick_row(screen, "examples.queues", "submitted")
    assert _shown(screen) == {"tag": "season", "state": "submitted"}
    assert len(_numbers(screen)) == 1


def test_broken_address_gives_a_sentence_and_the_rest_works(filling: Filling, many: list[str]) -> None:
    screen = _open(tag="season", state=HOSTILE, after="x", level="awful")
    assert len(screen.info) == 1
    assert "The filter state cannot be" in screen.info[0].value.replace("\\", "")
    assert "evil.example" not in screen.info[0].value
    assert len(_numbers(screen)) == 20
    assert _shown(screen) == {"tag": "season"}


def test_nothing_fits_names_the_part_to_drop(filling: Filling, many: list[str]) -> None:
    screen = _open(tag="season", search="nowhere")
    assert "Nothing fits" in texts(screen)
    drop = screen.button(key="examples.drop.0")
    assert drop.label.endswith("20 examples")
    drop.click().run()
    assert len(_numbers(screen)) == 20


def test_empty_project_says_what_to_do(filling: Filling) -> None:
    assert "No examples yet" in texts(_open())


def test_first_view_opens_by_itself_but_not_over_an_address(filling: Filling, many: list[str]) -> None:
    ws, me, project = filling.ws, filling.actor, filling.project.id
    saved_views.save_view(ws, me, project, "Season", ExampleFilter(tag="season"), nonce="a")
    saved_views.open_first(ws, me, project, "Season", nonce="b")
    assert _shown(_open()) == {"tag": "season"}
    assert _shown(_open(category="no_call")) == {"category": "no_call"}


def test_view_is_kept_under_its_name(filling: Filling, many: list[str]) -> None:
    screen = _open(tag="season")
    screen.text_input(key="examples.view.name").set_value(f"Mine {HOSTILE}").run()
    screen.button(key="examples.view.keep").click().run()
    (view,) = saved_views.list_views(filling.ws, filling.actor.person_id, filling.project.id)
    assert view.filter == ExampleFilter(tag="season")


def test_many_are_changed_after_a_preview_and_taken_back(filling: Filling, many: list[str]) -> None:
    screen = _open(tag="season")
    screen.button(key="examples.change").click().run()
    screen.selectbox(key="examples.change.which.False").select("matching").run()
    screen.selectbox(key="examples.change.act").select(bulk.BulkAct.ARCHIVE).run()
    assert "20 examples" in texts(screen)
    assert screen.button(key="examples.change.do").label == "Archive 20 examples"
    screen.button(key="examples.change.do").click().run()
    assert browsing.count_states(filling.ws, filling.project.id)[ExampleState.ARCHIVED] == 20
    screen.button(key="examples.undo").click().run()
    assert browsing.count_states(filling.ws, filling.project.id)[ExampleState.ARCHIVED] == 0
    assert "examples.undo" not in {one.key for one in screen.button}


def test_all_that_match_are_counted_once_for_what_is_chosen(
    filling: Filling, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(change_many, "preview", lambda *args: asked.append(args[3:]) or preview(*args))
    screen = _open(tag="season")
    screen.button(key="examples.change").click().run()
    screen.selectbox(key="examples.change.which.False").select("matching").run()
    screen.selectbox(key="examples.change.act").select(bulk.BulkAct.SUBMIT).run()
    screen.run()
    assert len(asked) == len(set(map(repr, asked)))
    late = filling.write(msgspec.structs.replace(make_answer("Late"), tags=("season",)))
    screen.button(key="examples.change.do").click().run()
    assert filling.read(late.id).state is ExampleState.DRAFT
    assert browsing.count_states(filling.ws, filling.project.id)[ExampleState.SUBMITTED] == 21


def test_nothing_is_armed_before_examples_and_what_to_do_are_chosen(filling: Filling, many: list[str]) -> None:
    screen = _open()
    screen.button(key="examples.change").click().run()
    assert "examples.change.do" not in {one.key for one in screen.button}
    assert "Choose which examples first" in texts(screen)
    screen.selectbox(key="examples.change.which.False").select("page").run()
    assert "examples.change.do" not in {one.key for one in screen.button}
    assert "Choose what to do" in texts(screen)
    screen.selectbox(key="examples.change.act").select(bulk.BulkAct.SUBMIT).run()
    assert not screen.button(key="examples.change.do").disabled


def test_preview_names_those_left_and_opens_their_list(filling: Filling, many: list[str]) -> None:
    screen = _open()
    screen.button(key="examples.change").click().run()
    screen.selectbox(key="examples.change.which.False").select("matching").run()
    screen.selectbox(key="examples.change.act").select(bulk.BulkAct.SUBMIT).run()
    assert "2 are submitted" in texts(screen)
    screen.button(key="examples.change.show.0").click().run()
    assert _shown(screen) == {"state": "submitted"}
    assert len(_numbers(screen)) == 2


def test_work_goes_on_in_write_with_the_same_filter(filling: Filling, many: list[str]) -> None:
    screen = _open(tag="season", state="draft")
    screen.button(key="examples.work").click().run()
    assert screen.title[0].value.startswith("Where is order") or screen.title[0].value.startswith("Thanks")
    assert _shown(screen)["tag"] == "season"
    assert "tag season" in texts(screen)
    screen = _open("write", tag="season")
    screen.button(key="write.filter.clear").click().run()
    assert "tag" not in _shown(screen)


def test_list_is_worked_down_as_it_is_filtered_to_its_end(filling: Filling) -> None:
    first, second = (filling.write(make_answer(f"Thanks for {word}")) for word in ("tea", "milk"))
    writing.submit(filling.ws, filling.actor, first.id, 1, nonce="submit")
    filling.write(make_example("Where is it?"))
    screen = _open(search="Thanks")
    screen.button(key="examples.work").click().run()
    assert screen.title[0].value == second.title
    screen.switch_page("../pages/write.py").run()
    screen.button(key="write.next").click().run()
    assert screen.title[0].value == first.title
    screen.button(key="write.next").click().run()
    assert screen.title[0].value == first.title
    assert "last one of this list" in screen.toast[0].value


def test_figures_of_home_open_what_they_count(filling: Filling, many: list[str]) -> None:
    screen = _open("home")
    screen.button(key="home.station.accepted").click().run()
    assert screen.title[0].value == "Examples"
    assert _shown(screen) == {"state": "accepted"}
    screen = _open("health")
    screen.selectbox(key="health.cells").set_value(("track_order", "single")).run()
    screen.button(key="health.show").click().run()
    assert screen.title[0].value == "Examples"
    assert {"tool", "category"} <= set(_shown(screen))


def test_search_says_how_many_rows_it_cannot_find_yet(filling: Filling, many: list[str]) -> None:
    with filling.ws.unit() as unit:
        unit.connection.exec_driver_sql("INSERT INTO search_todo SELECT number FROM example LIMIT 7")
        unit.commit()
    lag = "7 rows still to be indexed; the search does not find them yet."
    assert lag in texts(_open(search="order"))
    assert lag in texts(_open("write", search="order"))
    assert "still to be indexed" not in texts(_open())
