"""Orders for candidates: the form with its plan, an order as it goes, its sample, and what may be done about it."""

from __future__ import annotations

import json

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from curation.gates import Opinion
from curation.model.candidate import Candidate
from curation.model.states import ExampleState, JobState
from curation.model.traits import trait
from curation.model.values import Json
from curation.producing.record import CANDIDATES, Record, Refusal, note_candidate, read_candidates
from curation.services import (
    browsing,
    bulk,
    cataloguing,
    domain_values,
    reviewing,
    sampling,
    synthesis_jobs,
    synthesizing,
)
from curation.services.candidate_intake import take_in
from curation.services.jobs import JobView, get_job
from curation.services.order_choices import Cell, Endpoint, Sheet
from curation.services.synthesis_views import find_origin, list_batches
from curation.synthesizers.shop import demo_tools
from tests.making_here import make_orders
from tests.screens.pressing import hand_over, press
from tests.screens.rows import text_of
from tests.screens.stage import HOSTILE, Stage, make_tool, texts
from ui.order_rail import NEW, ORDER


@pytest.fixture
def shop(stage: Stage) -> Stage:
    cataloguing.import_tools(stage.ws, stage.actor, stage.project.id, demo_tools(), nonce="tools")
    return stage


def end(shop: Stage, job: JobView) -> JobView:
    """Let the keeper work until the order has ended."""
    make_orders(shop.ws, shop.project.id)
    return get_job(shop.ws, job.id)


def order(shop: Stage, sheet: Sheet, *, sample: bool = False) -> JobView:
    return synthesis_jobs.order_candidates(
        shop.ws, shop.actor, shop.project.id, sheet, sample=sample, nonce=shop.ws.new_id()
    )


def test_without_tools_the_way_leads_to_the_catalogue(stage: Stage) -> None:
    shown = stage.show("orders")
    assert not shown.exception
    assert "this project has no tool" in texts(shown)


def test_sample_is_ordered_looked_at_and_the_rest_comes_into_the_queue(shop: Stage) -> None:
    shown = shop.show("orders")
    shown.number_input(key="orders.new.count").set_value(14).run()
    assert "14 candidates" in texts(shown)
    press(shown, "orders.sample")
    (job,) = synthesis_jobs.list_orders(shop.ws, shop.project.id)
    assert synthesis_jobs.is_sample(job)
    assert end(shop, job).state is JobState.SUCCEEDED
    shown.run()
    assert "1 of 10" in texts(shown)
    assert list_batches(shop.ws, job.id) == {}
    press(shown, "orders.step.Next")
    assert "2 of 10" in texts(shown)
    press(shown, f"orders.rest.{job.id}")
    assert end(shop, job).state is JobState.SUCCEEDED
    shown.run()
    assert not shown.exception, shown.exception
    ((batch, n),) = list_batches(shop.ws, job.id).items()
    assert f"Review {n}" in texts(shown)
    assert shown.button(key=f"orders.review.{batch}")


def test_discarded_sample_brings_nothing_into_the_queue_and_can_be_made_after_all(shop: Stage) -> None:
    job = end(shop, order(shop, Sheet(count=12), sample=True))
    shown = shop.show("orders")
    press(shown, f"orders.discard.{job.id}")
    assert synthesis_jobs.is_discarded(get_job(shop.ws, job.id))
    assert "sample discarded" in texts(shown)
    press(shown, f"orders.rest.{job.id}")
    assert not synthesis_jobs.is_discarded(get_job(shop.ws, job.id))


def test_exact_lines_are_ordered_as_they_stand(shop: Stage) -> None:
    shown = shop.show("orders")
    shown.radio(key="orders.new.way").set_value("Exactly these").run()
    press(shown, "orders.cell.add")
    first, second = shown.session_state["orders.cells"]
    shown.selectbox(key=f"orders.cell.shape.{first}").set_value("no_tool").run()
    shown.selectbox(key=f"orders.cell.kind.{first}").set_value("refuse").run()
    shown.selectbox(key=f"orders.cell.tool.{second}").set_value("track_order").run()
    shown.number_input(key=f"orders.cell.n.{second}").set_value(3).run()
    press(shown, "orders.all")
    (job,) = synthesis_jobs.list_orders(shop.ws, shop.project.id)
    assert synthesis_jobs.read_sheet(job).cells == (
        Cell(5, "no_tool", "refuse"),
        Cell(3, "positive", "", "track_order"),
    )


def test_lines_a_strategy_cannot_make_are_told_beforehand(shop: Stage) -> None:
    shown = shop.show("orders")
    shown.radio(key="orders.new.way").set_value("Exactly these").run()
    assert "none of" not in texts(shown)
    shown.selectbox(key="orders.new.strategy").set_value("recoveries").run()
    assert "This strategy makes recovery only:] none of one call." in texts(shown)


def test_examples_an_order_starts_from_are_chosen(shop: Stage) -> None:
    synthesizing.draft_candidates(shop.ws, shop.actor, shop.project.id, "schema_driven", count=8, nonce="draft")
    rows = browsing.list_examples(shop.ws, shop.project.id, states=[ExampleState.CANDIDATE]).rows
    for row in rows[:4]:
        reviewing.accept(shop.ws, shop.actor, row.id, row.head_rev, nonce=row.id)
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value("variations").run()
    assert "The newest that are accepted" in texts(shown)
    shown.radio(key="orders.new.seeds.way").set_value("By number").run()
    assert shown.button(key="orders.all").disabled
    for typed, told in (("4000", "no example #4000"), ("one", "“one” is no number"), ("1-9000", "More than 2,000")):
        shown.text_input(key="orders.new.seeds.numbers").set_value(typed).run()
        assert any(told in one.value.replace("\\", "") for one in shown.error), typed
    first, second = rows[-1], rows[-2]
    shown.text_input(key="orders.new.seeds.numbers").set_value(f"{second.number}, #{first.number}").run()
    press(shown, "orders.all")
    (job,) = synthesis_jobs.list_orders(shop.ws, shop.project.id)
    assert synthesis_jobs.read_sheet(job).seed_examples == (second.id, first.id)
    press(shown, "orders.again")
    assert shown.text_input(key="orders.new.seeds.numbers").value == f"{second.number}, {first.number}"


def test_kind_of_another_shape_falls_back_to_every_kind(shop: Stage) -> None:
    shown = shop.show("orders")
    shown.radio(key="orders.new.way").set_value("Exactly these").run()
    (line,) = shown.session_state["orders.cells"]
    shown.selectbox(key=f"orders.cell.shape.{line}").set_value("no_tool").run()
    shown.selectbox(key=f"orders.cell.kind.{line}").set_value("refuse").run()
    shown.selectbox(key=f"orders.cell.shape.{line}").set_value("recovery").run()
    assert shown.selectbox(key=f"orders.cell.kind.{line}").value == ""
    assert not shown.exception


def test_what_stands_in_the_way_is_said_and_the_acts_stay_closed(shop: Stage) -> None:
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value("scenarios").run()
    assert shown.button(key="orders.all").disabled
    assert any("records" in one.value for one in shown.error)
    records = '{"order_id": "B4821"}\nnot one'
    hand_over(shown, "orders.new.records", records, base_rev=0)
    shown.run()
    (told,) = [one.value.replace("\\", "") for one in shown.error]
    assert "Record line 2 is no JSON" in told
    again = shop.show("orders")
    again.selectbox(key="orders.new.strategy").set_value("scenarios").run()
    assert text_of(again, "orders.new.records")["value"] == records


def test_records_come_back_with_an_order_that_is_placed_again(shop: Stage) -> None:
    record: dict[str, Json] = {"order_id": "B4821", "problem": "the parcel came open"}
    job = order(shop, Sheet(strategy="scenarios", count=2, records=(record,), endpoint=Endpoint("scripted")))
    shown = shop.show("orders")
    shown.session_state[ORDER.name] = job.id
    shown.run()
    press(shown, "orders.again")
    assert json.loads(text_of(shown, "orders.new.records")["value"]) == record


def test_order_that_starts_from_examples_says_that_none_is_accepted(shop: Stage) -> None:
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value("variations").run()
    assert shown.button(key="orders.all").disabled
    assert "no example is accepted that it could start from" in texts(shown)
    assert shown.button(key="orders.accept")


@pytest.mark.parametrize(("strategy", "is_offered"), [("translation", False), ("rewording", True)])
def test_judging_is_offered_where_it_changes_anything(
    shop: Stage, monkeypatch: pytest.MonkeyPatch, strategy: str, is_offered: bool
) -> None:
    monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", "https://models.example/v1")
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value(strategy).run()
    shown.radio(key="orders.new.model.kind").set_value("hosted").run()
    assert any(one.key == "orders.new.model.judges" for one in shown.toggle) is is_offered
    assert ("It also says what it thinks" in texts(shown)) is not is_offered


def test_host_without_a_limit_cannot_be_ordered_from(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", "https://user:secret@models.example/v1")
    monkeypatch.setenv("CALLWRIGHT_CHAT_KEY", "canary-key")
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value("conversations").run()
    shown.radio(key="orders.new.model.kind").set_value("hosted").run()
    said = texts(shown)
    assert "models.example" in said
    assert "secret" not in said
    assert "canary-key" not in said
    shown.number_input(key="orders.new.model.requests").set_value(0).run()
    assert shown.button(key="orders.all").disabled
    assert any("sets no limit" in one.value for one in shown.error)


@pytest.mark.parametrize(("host", "is_paid"), [("127.0.0.1:8000", False), ("models.example", True)])
def test_form_and_plan_say_the_same_of_what_a_server_costs(
    shop: Stage, monkeypatch: pytest.MonkeyPatch, host: str, is_paid: bool
) -> None:
    monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", f"https://{host}/v1")
    monkeypatch.setenv("CALLWRIGHT_CHAT_KEY", "canary-key")
    shown = shop.show("orders")
    shown.selectbox(key="orders.new.strategy").set_value("conversations").run()
    shown.radio(key="orders.new.model.kind").set_value("hosted").run()
    shown.text_input(key="orders.new.model.name").set_value("m").run()
    said = texts(shown)
    assert ("Nobody asks for money" in said) is not is_paid
    assert ("at an unknown price" in said) is is_paid


def test_values_of_the_domain_stand_in_the_form_and_can_be_edited(shop: Stage) -> None:
    domain_values.save_values(shop.ws, shop.actor, shop.project.id, {"name": ["Ines", "Ole"]}, nonce="values")
    shown = shop.show("orders")
    assert "Ines, Ole" in texts(shown)
    press(shown, "orders.values.edit")
    assert shown.text_area(key="orders.values.of.name").value == "Ines\nOle"


def test_health_opens_the_form_with_exactly_its_cell(shop: Stage) -> None:
    cataloguing.publish(shop.ws, shop.actor, shop.project.id, nonce="publish")
    shown = shop.show("health")
    shown.selectbox(key="health.cells").set_value(("track_order", "no_call")).run()
    press(shown, "health.more")
    assert shown.title[0].value == "New order"
    (line,) = shown.session_state["orders.cells"]
    assert shown.selectbox(key=f"orders.cell.shape.{line}").value == "no_tool"
    assert shown.selectbox(key=f"orders.cell.tool.{line}").value == "track_order"
    assert "Every candidate shows" in texts(shown)


def test_order_is_paused_and_goes_on(shop: Stage) -> None:
    job = order(shop, Sheet(count=2))
    shown = shop.show("orders")
    press(shown, f"orders.pause.{job.id}")
    assert get_job(shop.ws, job.id).state is JobState.CANCELLED
    press(shown, f"orders.resume.{job.id}")
    assert end(shop, job).state is JobState.SUCCEEDED


def test_what_an_order_made_is_accepted_by_a_sample(shop: Stage) -> None:
    job = end(shop, order(shop, Sheet(count=6)))
    (batch,) = list_batches(shop.ws, job.id)
    shown = shop.show("orders")
    shown.number_input(key=f"import.sample.n.{batch}").set_value(2).run()
    press(shown, "import.sample.draw")
    sample = sampling.find_sample(shop.ws, batch)
    assert sample is not None
    for one in sample.drawn:
        reviewing.accept(shop.ws, shop.actor, one.example_id, 1, nonce=one.example_id)
    shown.run()
    assert "2 of 2 right" in texts(shown)
    press(shown, "import.sample.accept")
    bulk.run(shop.ws, sampling.get_sample(shop.ws, sample.id).bulk_id)
    assert browsing.count_states(shop.ws, shop.project.id)[ExampleState.ACCEPTED] == 6


def test_order_can_be_filled_in_again(shop: Stage) -> None:
    job = end(shop, order(shop, Sheet(count=3, seed=8, tools=("track_order",))))
    shown = shop.show("orders")
    press(shown, "orders.again")
    assert shown.session_state[ORDER.name] == NEW
    assert shown.number_input(key="orders.new.seed").value == 8
    assert shown.multiselect(key="orders.new.tools").value == ["track_order"]
    assert job.state is JobState.SUCCEEDED


def test_what_every_candidate_shows_comes_back_with_the_order_and_can_be_taken_out(shop: Stage) -> None:
    shows = trait("omitted", "track_order", "order_id").address
    sheet = Sheet(cells=(Cell(3, "positive", "", "track_order"),), shows=shows)
    again = _again(shop, order(shop, sheet))
    assert "Every candidate shows" in texts(again)
    press(again, "orders.all")
    placed = synthesis_jobs.read_sheet(synthesis_jobs.list_orders(shop.ws, shop.project.id)[0])
    assert (placed.cells, placed.shows) == (sheet.cells, shows)
    press(again, "orders.again")
    press(again, "orders.new.shows.remove")
    assert "Every candidate shows" not in texts(again)
    press(again, "orders.all")
    assert synthesis_jobs.read_sheet(synthesis_jobs.list_orders(shop.ws, shop.project.id)[0]).shows == ""


def test_an_order_without_lines_comes_back_as_so_many_in_all(shop: Stage) -> None:
    lines = order(shop, Sheet(cells=(Cell(3),)))
    mixed = order(shop, Sheet(count=7, mix={"no_tool": 0.5}))
    again = _again(shop, lines)
    assert again.radio(key="orders.new.way").value == "Exactly these"
    again.session_state[ORDER.name] = mixed.id
    again.run()
    press(again, "orders.again")
    assert again.radio(key="orders.new.way").value == "So many in all"
    assert again.number_input(key="orders.new.count").value == 7
    assert again.number_input(key="orders.new.share.no_tool").value == 50


def _again(shop: Stage, job: JobView) -> AppTest:
    shown = shop.show("orders")
    shown.session_state[ORDER.name] = job.id
    shown.run()
    return press(shown, "orders.again")


def test_review_says_which_strategy_made_a_candidate(shop: Stage) -> None:
    job = end(shop, order(shop, Sheet(count=2)))
    shown = shop.show("orders")
    (batch,) = list_batches(shop.ws, job.id)
    press(shown, f"orders.review.{batch}")
    origin = find_origin(shop.ws, shown.session_state["review.example"])
    assert origin is not None
    assert f"Machine-made: {origin.strategy}" in texts(shown)


def test_review_and_the_sample_tell_a_judges_opinion_as_a_machines_and_escape_it(shop: Stage) -> None:
    job = end(shop, order(shop, Sheet(count=2)))
    *_, made = read_candidates(job.run_dir / CANDIDATES)
    doubt = Opinion(HOSTILE, "wrong_tool", f"Why {HOSTILE}", f"Quote {HOSTILE}", 1)
    opinions = (Opinion("rules"), doubt, Opinion("m", "no_answer"))
    record = Record(job.run_dir / CANDIDATES)
    repaired = Refusal("judged", "unsaid", f"Told {HOSTILE}")
    record.append(note_candidate("k", change_words(made.candidate), opinions=opinions, repaired=repaired))
    record.close()
    taken = take_in(shop.ws, shop.actor, shop.project.id, job.id, job.run_dir, name="more", nonce="more")
    assert taken.n_added == 1
    shown = shop.show("orders")
    assert "Machine opinion: the rules find nothing against it" in texts(shown)
    for _ in range(2):
        press(shown, "orders.step.Next")
    _assert_told_safely(shown)
    press(shown, f"orders.review.{taken.batch_id}")
    _assert_told_safely(shown)


def test_who_judges_blind_is_shown_no_way_to_what_judges_said(shop: Stage) -> None:
    sheet = Sheet(strategy="conversations", count=1, endpoint=Endpoint("scripted"))
    end(shop, order(shop, sheet))
    (row,) = browsing.list_examples(shop.ws, shop.project.id, states=[ExampleState.CANDIDATE]).rows
    assert {one.key for one in _origin(row.id, is_blind=False).button} == {"review.order", "review.exchanges.fold"}
    blind = _origin(row.id, is_blind=True)
    assert "Machine-made" in texts(blind)
    assert not blind.button
    assert "Question 1 of" not in texts(blind)


def _origin(example_id: str, *, is_blind: bool) -> AppTest:
    shown = AppTest.from_function(_draw_origin, args=(example_id, is_blind))
    shown.session_state["review.exchanges"] = True
    shown.run()
    assert not shown.exception
    return shown


def _draw_origin(example_id: str, is_blind: bool) -> None:
    """The page of the test: its text is run by itself."""
    from curation.services import writing
    from ui.machine_made import draw_origin
    from ui.session import workspace

    draw_origin(workspace(), writing.open_example(workspace(), example_id), is_blind=is_blind)


def _assert_told_safely(shown: AppTest) -> None:
    seen = texts(shown)
    assert "wrong tool" in seen
    assert f"Why {HOSTILE}" in seen
    assert "· turn 2 ·" in seen
    assert "Machine opinion: the rules find nothing against it" in seen
    assert "Machine opinion: the model m was asked and gave no answer" in seen
    assert "Repaired once: Told" in seen
    assert not [one for one in (*shown.caption, *shown.markdown) if HOSTILE in one.value]


def change_words(candidate: Candidate) -> Candidate:
    """The same, asked in other words."""
    messages = candidate.example.messages
    at = next(place for place, message in enumerate(messages) if message.role == "user")
    asked = msgspec.structs.replace(messages[at], content=f"Dear all. {messages[at].content}")
    example = msgspec.structs.replace(candidate.example, messages=(*messages[:at], asked, *messages[at + 1 :]))
    return msgspec.structs.replace(candidate, example=example)


def test_names_in_an_order_call_nobody(stage: Stage) -> None:
    cataloguing.import_tools(stage.ws, stage.actor, stage.project.id, [make_tool("track_order")], nonce="tools")
    domain_values.save_values(stage.ws, stage.actor, stage.project.id, {HOSTILE: [HOSTILE]}, nonce="values")
    order(stage, Sheet(count=2, records=({HOSTILE: HOSTILE},)))
    shown = stage.show("orders")
    assert all(HOSTILE not in element.value for element in (*shown.markdown, *shown.caption, *shown.table))
    shown.session_state[ORDER.name] = NEW
    shown.run()
    press(shown, "orders.values.edit")
    assert all(HOSTILE not in element.value for element in (*shown.markdown, *shown.caption))
    assert all(HOSTILE not in field.label for field in shown.text_area)


def test_pages_of_orders_are_watched_by_their_stamp(shop: Stage) -> None:
    from curation.services.synthesis_views import stamp_order, stamp_orders

    job = order(shop, Sheet(count=2))
    before = stamp_order(shop.ws, job.id), stamp_orders(shop.ws, shop.project.id)
    assert before == (stamp_order(shop.ws, job.id), stamp_orders(shop.ws, shop.project.id))
    end(shop, job)
    after = stamp_order(shop.ws, job.id), stamp_orders(shop.ws, shop.project.id)
    assert all(one != other for one, other in zip(before, after, strict=True))
