"""The form of an evaluation: models behind an address are chosen from what it lists, and files of answers taken."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from curation.model.states import JobState, Split
from curation.services import evaluating
from curation.services.freezing import list_datasets
from curation.services.models import ENDPOINT, list_models
from curation.services.questions import count_decisions
from curation.services.recorded_answers import hand_out_questions
from tests.known_models import add_trained, put_in_use
from tests.llm.fake_chat_host import FakeChatHost, serve_chat
from tests.screens.stage import Stage, demo_shop, texts
from ui import evaluation_form


def _draw_form() -> None:
    """The inside of the dialog on a page of its own: a test of screens cannot click inside a dialog."""
    from ui.evaluation_form import _NONCE, draw_form
    from ui.session import require_project

    if not _NONCE.get():
        _NONCE.set("form")
    draw_form(require_project())


@pytest.fixture
def form(stage: Stage) -> AppTest:
    demo_shop(stage)
    return AppTest.from_function(_draw_form, default_timeout=60).run()


def test_a_model_is_chosen_from_what_its_host_lists_and_priced(
    stage: Stage, form: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLWRIGHT_CHAT_ADDRESS", raising=False)
    with serve_chat(FakeChatHost(offers=("big-model", "small-model"))) as server:
        form.text_input(key="evaluate.address").set_value(server.url).run()
        assert not form.exception
        names = form.selectbox(key="evaluate.address.model.listed")
        assert names.options == ["big-model", "small-model"]
        assert form.button(key="evaluate.address.add").disabled
        assert f"CALLWRIGHT_CHAT_KEY_127_0_0_1_{server.server_address[1]}" in texts(form)
        names.set_value("small-model").run()
        form.number_input(key="evaluate.address.price_in").set_value(0.5)
        form.number_input(key="evaluate.address.price_out").set_value(1.5)
        form.text_input(key="evaluate.address.source").set_value("their page")
        form.button(key="evaluate.address.add").click().run()
    assert not form.exception, form.exception
    (model,) = [one for one in list_models(stage.ws, stage.project.id) if one.kind == ENDPOINT]
    assert model.details["price"]["source"] == "their page"
    assert form.multiselect(key="evaluate.models").value == [model.id]
    form.number_input(key="evaluate.requests").set_value(50)
    form.button(key="evaluate.yes").click().run()
    assert not form.exception, form.exception
    (look,) = evaluating.list_evaluations(stage.ws, stage.project.id)
    assert (look.labels, look.state) == (("small-model",), JobState.INTENT)


def test_a_host_that_lists_nothing_leaves_the_name_to_be_typed_and_says_why(form: AppTest) -> None:
    with serve_chat(FakeChatHost()) as server:
        form.text_input(key="evaluate.address").set_value(server.url).run()
    assert not form.exception
    assert "list its models" in texts(form)
    form.text_input(key="evaluate.address.model").set_value("typed").run()
    assert not form.button(key="evaluate.address.add").disabled


def test_a_file_of_answers_is_scored_and_a_broken_one_told_by_its_line(stage: Stage, form: AppTest) -> None:
    form.number_input(key="evaluate.limit").set_value(0).run()
    rows = hand_out_questions(stage.ws, stage.project.id, 1, is_native=True).splitlines()
    lines = [json.dumps({"text": "I cannot say."}).encode() for _ in rows]
    form.text_input(key="evaluate.file.model").set_value("elsewhere").run()

    def upload(content: bytes) -> None:
        form.file_uploader(key="evaluate.file.answers").set_value([("mine.jsonl", content, "application/json")]).run()
        form.button(key="evaluate.yes").click().run()
        assert not form.exception, form.exception

    upload(b"\n".join(lines[:-1]) + b"\nWell\n")
    assert f"Line {len(lines)} of mine.jsonl is not an answer" in texts(form)
    assert list_models(stage.ws, stage.project.id) == ()
    upload(b"\n".join(lines) + b"\n")
    (look,) = evaluating.list_evaluations(stage.ws, stage.project.id)
    assert (look.labels, look.state) == (("elsewhere",), JobState.SUCCEEDED)
    assert len(evaluating.get_evaluation(stage.ws, look.id).rows) == len(rows)


def test_an_order_too_chooses_its_model_from_what_the_host_lists(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_shop(stage)
    with serve_chat(FakeChatHost(offers=("mistral",))) as server:
        monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", server.url)
        shown = stage.show("orders")
        shown.selectbox(key="orders.new.strategy").set_value("rewording").run()
        shown.radio(key="orders.new.model.kind").set_value("hosted").run()
        assert not shown.exception
        assert shown.selectbox(key="orders.new.model.name.listed").options == ["mistral"]
        shown.selectbox(key="orders.new.model.name.listed").set_value("mistral").run()
        monkeypatch.setenv(
            "CALLWRIGHT_CHAT_ADDRESS", "http://127.0.0.1:9"
        )  # What one host lists, no other is asked for.
        assert shown.run().text_input(key="orders.new.model.name").label == "The model's name there"
        monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", server.url)
        shown.run()
    said = texts(shown)
    assert "Nobody asks for money" in said
    assert "unknown price" not in said
    assert "What it costs is not known" not in said


def test_the_form_begins_with_the_model_in_production_beside_the_newest_other(stage: Stage) -> None:
    demo_shop(stage)
    first, second, newest = (
        add_trained(stage.ws, stage.project.id, name) for name in ("support-1", "support-2", "support-3")
    )
    put_in_use(stage.ws, stage.project.id, first)
    form = AppTest.from_function(_draw_form, default_timeout=60).run()
    chosen = form.multiselect(key="evaluate.models")
    assert chosen.value == [first, newest]
    assert form.number_input(key="evaluate.limit").value == 0  # All rows of a split as small as this.
    assert chosen.options[0] == "support-1 (in production)"
    assert form.number_input(key="evaluate.longest_here").value == 0  # As the right answers need.
    put_in_use(stage.ws, stage.project.id, newest)
    form = AppTest.from_function(_draw_form, default_timeout=60).run()
    assert form.multiselect(key="evaluate.models").value == [newest, second]


def test_a_split_of_few_conversations_with_many_decisions_is_not_asked_whole_by_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo_shop(stage)
    (version,) = list_datasets(stage.ws, stage.project.id)
    n_examples = version.counts["test"]
    assert n_examples <= count_decisions(stage.ws, version.id, Split.TEST)
    monkeypatch.setattr(evaluation_form, "count_decisions", lambda *_: n_examples + 1)
    monkeypatch.setattr(evaluation_form, "MOST_ROWS", n_examples)
    form = AppTest.from_function(_draw_form, default_timeout=60).run()
    assert form.number_input(key="evaluate.limit").value == n_examples
