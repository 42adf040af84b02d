"""The health page: what is measured, what freezing asks, what an export loses."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.finetune.base_models import tiny_model
from curation.model.envelope import encode
from curation.model.states import ExampleState
from curation.model.traits import trait
from curation.rules.traits import traits_of
from curation.services import browsing, freezing, health, writing, writing_tasks
from curation.services.trait_words import say_trait
from tests.making_here import make_orders
from tests.screens.stage import HOSTILE, Stage, demo_shop, make_tool, texts
from ui.health_folds import FOLDS
from ui.order_batches import TAKE_BACK
from ui.state import ACT, Act


def unfold(shown: AppTest, *names: str) -> AppTest:
    """The page with these folds open."""
    shown.session_state["health.folds"] = names
    return shown.run()


def test_empty_project_says_what_would_be_here(stage: Stage) -> None:
    shown = stage.show("health")
    assert not shown.exception
    assert "No tools yet" in texts(shown)
    assert "Nothing is frozen yet" in texts(shown)
    assert "Freeze a version first" in texts(shown)
    assert "nothing stands in the way" not in texts(shown), "nothing is there to be frozen"
    assert "choose a cell" not in texts(shown)
    assert not shown.expander, "folds about no row would be a page of empty headings"


def test_share_of_no_tool_is_said_by_decisions_with_rows_beside_it(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    assert not shown.exception
    words = texts(shown)
    assert "decisions, in" in words
    assert "of 40 rows" in words


def test_every_version_stands_there_with_splits_and_digest(stage: Stage) -> None:
    version = demo_shop(stage)
    words = texts(stage.show("health"))
    assert f"digest {version.hash[:12]}" in words
    assert f"train {version.counts['train']}" in words


def test_freezing_asks_first_and_offers_unreviewed_work_to_a_lead(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    shown.button(key="health.freeze").click().run()
    assert not shown.exception
    assert "Version 2 takes the 40 accepted examples" in texts(shown)
    assert len(freezing.list_datasets(stage.ws, stage.project.id)) == 1


def test_ordering_a_cell_shows_what_comes_of_it_and_takes_it_back(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    shown.selectbox(key="health.cells").set_value(("track_order", "no_call")).run()
    shown.button(key="health.order").click().run()
    assert not shown.exception
    assert "On order" in texts(shown)
    assert "0 of 5 candidates passed" in texts(shown)
    make_orders(stage.ws, stage.project.id)
    shown.run()
    assert "5 of 5 candidates passed" in texts(shown)
    assert browsing.count_states(stage.ws, stage.project.id)[ExampleState.CANDIDATE] == 5
    (back,) = [button for button in shown.button if str(button.key).startswith("health.back.")]
    back.click().run()
    assert not shown.exception
    assert "This takes back the 5 candidates that came in together" in texts(shown), (
        "what takes many examples away asks first"
    )
    assert browsing.count_states(stage.ws, stage.project.id)[ExampleState.CANDIDATE] == 5
    (yes,) = [button for button in shown.button if str(button.key).startswith("back.yes.")]
    # Here every run is one of the whole page, which would close the question: it is asked for anew.
    shown.session_state[ACT.of("health").name] = Act(TAKE_BACK, str(yes.key).removeprefix("back.yes."), "5", "once")
    yes.click().run()
    assert not shown.exception
    assert browsing.count_states(stage.ws, stage.project.id)[ExampleState.CANDIDATE] == 0


def test_hostile_tool_name_stays_words(stage: Stage) -> None:
    from curation.services import cataloguing

    cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, make_tool(HOSTILE), nonce="hostile")
    shown = stage.show("health")
    assert not shown.exception
    for kind in ("title", "header", "markdown", "caption", "error", "warning"):
        assert all("![x](" not in str(element.value) for element in shown.get(kind))


def test_an_ordered_cell_is_counted_and_the_next_proposal_is_another(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    chosen = shown.selectbox(key="health.cells").value
    shown.selectbox(key="health.cells").set_value(("track_order", "recovery")).run()
    before = _said(shown)
    shown.button(key="health.order").click().run()
    assert not shown.exception
    assert shown.selectbox(key="health.cells").value == chosen != ("track_order", "recovery")
    shown.selectbox(key="health.cells").set_value(("track_order", "recovery")).run()
    assert "· on order" in texts(shown), "it is said where somebody might order it once more"
    make_orders(stage.ws, stage.project.id)
    shown.run()
    assert _said(shown) > before


def _said(shown: AppTest) -> int:
    """How many examples the page counts for the chosen cell."""
    return int(texts(shown).split(" of this kind")[0].split("\n")[-1].split()[0].replace("None", "0"))


def test_what_cannot_be_drafted_is_not_proposed_again(stage: Stage) -> None:
    demo_shop(stage)
    wanted = trait("cell", "change_address", "parallel")
    writing_tasks.ask_for(stage.ws, stage.actor, stage.project.id, wanted, 5, nonce="ask")
    shown = stage.show("health")
    assert "To write by hand" in texts(shown)
    assert shown.selectbox(key="health.cells").value != ("change_address", "parallel")
    shown.selectbox(key="health.cells").set_value(("change_address", "parallel")).run()
    assert "· on the writing list" in texts(shown)


def test_write_one_begins_a_conversation_of_the_cell(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    shown.selectbox(key="health.cells").set_value(("track_order", "parallel")).run()
    shown.button(key="health.write").click().run()
    (row,) = browsing.list_examples(stage.ws, stage.project.id, states=[ExampleState.DRAFT]).rows
    begun = writing.open_example(stage.ws, row.id).example
    assert [call.name for call in begun.messages[-1].calls or ()] == ["track_order", "track_order"]


def test_without_accepted_work_freezing_is_not_the_filled_act(stage: Stage) -> None:
    shown = stage.show("health")
    assert [button.key for button in shown.button if button.proto.type == "primary"] == ["health.first"]
    assert "Freeze v1" in texts(shown)


def test_export_follows_the_newest_version_and_a_twin_is_named(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    freezing.freeze(stage.ws, stage.actor, stage.project.id, nonce="again")
    shown.run()
    assert shown.selectbox(key="export.version.2").value == 2
    assert "the same rows as v1" in texts(shown)


def test_what_is_on_the_writing_list_is_not_proposed_for_another_order(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    before = next(line for line in texts(shown).splitlines() if "cells have no example" in line)
    wanted = health.measure_health(stage.ws, stage.project.id).cells
    empty = [trait("cell", cell.tool, cell.category) for cell in wanted if not cell.n]
    writing_tasks.ask_for(stage.ws, stage.actor, stage.project.id, empty[0], 5, nonce="asked")
    after = [line for line in texts(stage.show("health")).splitlines() if "cells have no example" in line]
    assert say_trait(empty[0]) in before
    assert all(say_trait(empty[0]) not in line for line in after)
    assert bool(after) == (len(empty) > 1)


def test_every_fold_opens(stage: Stage) -> None:
    demo_shop(stage)
    shown = unfold(stage.show("health"), *FOLDS)
    assert not shown.exception
    words = texts(shown)
    for said in ("After a failed call", "Hard cases", "Languages", "Where the right tool stands", "Authors"):
        assert said in words


def test_first_come_the_things_most_worth_doing(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    assert "Before v2" in texts(shown)
    offered = [button for button in shown.button if str(button.key).startswith("health.next.")]
    assert 1 <= len(offered) <= 3
    offered[0].click().run()
    assert not shown.exception


def test_a_figure_of_a_fold_is_ordered_and_its_candidates_are_of_that_kind(stage: Stage) -> None:
    demo_shop(stage)
    wanted = trait("recovery", "give_up")
    shown = unfold(stage.show("health"), "recovery")
    shown.selectbox(key="health.recovery.figure").set_value(wanted.address).run()
    shown.button(key="health.recovery.order").click().run()
    assert not shown.exception
    make_orders(stage.ws, stage.project.id)
    candidates = browsing.list_examples(stage.ws, stage.project.id, states=[ExampleState.CANDIDATE]).rows
    assert candidates
    assert all(wanted in traits_of(writing.open_example(stage.ws, row.id).example) for row in candidates)


def test_a_figure_opens_the_examples_behind_it(stage: Stage) -> None:
    demo_shop(stage)
    shown = stage.show("health")
    shown.selectbox(key="health.reason.figure").set_value("reason:missing_information").run()
    shown.button(key="health.reason.show").click().run()
    assert not shown.exception
    assert "shows missing information (no tool)" in texts(shown)


def test_a_task_is_begun_with_what_is_known_and_ends_when_it_is_written(stage: Stage) -> None:
    demo_shop(stage)
    wanted = trait("tag", "required_order")
    writing_tasks.ask_for(stage.ws, stage.actor, stage.project.id, wanted, 1, nonce="ask")
    assert "asked for, nothing drafts it" in texts(stage.show("home"))
    shown = stage.show("health")
    (button,) = [one for one in shown.button if str(one.key).startswith("health.task.") and one.label == "Write one"]
    button.click().run()
    (row,) = browsing.list_examples(stage.ws, stage.project.id, states=[ExampleState.DRAFT]).rows
    assert writing.open_example(stage.ws, row.id).example.tags == ("required_order",)
    assert "To write by hand" not in texts(stage.show("health"))
    assert "asked for, nothing drafts it" not in texts(stage.show("home"))


def test_rows_of_a_benchmark_are_found_among_the_examples(stage: Stage) -> None:
    demo_shop(stage)
    row = browsing.list_examples(stage.ws, stage.project.id).rows[0]
    line = encode(writing.open_example(stage.ws, row.id).example)
    shown = unfold(stage.show("health"), "benchmark")
    shown.file_uploader(key="health.benchmark").upload("bench.jsonl", line + b"\n", "application/json").run()
    assert not shown.exception
    assert "line 1: example 40" in texts(shown)


@pytest.mark.training
def test_lengths_are_told_in_tokens_once_a_base_model_is_chosen(stage: Stage, tmp_path: Path) -> None:
    demo_shop(stage)
    base = tiny_model(tmp_path / "tiny")
    shown = unfold(stage.show("health"), "length")
    assert "Choose a base model to see tokens" in texts(shown)
    shown.text_input(key="health.base.folder").set_value(str(base))
    shown.number_input(key="health.base.length").set_value(700).run()
    shown.button(key="health.base").click().run()
    assert not shown.exception
    assert "Tokens of tiny" in texts(shown)
    shown.button(key="health.longer").click().run()
    assert not shown.exception
    assert "longer than 700 tokens" in texts(shown)


def test_a_base_model_that_is_not_there_is_one_sentence(stage: Stage) -> None:
    demo_shop(stage)
    shown = unfold(stage.show("health"), "length")
    shown.text_input(key="health.base.folder").set_value("/nowhere/at/all").run()
    shown.button(key="health.base").click().run()
    assert not shown.exception
    assert shown.error


def test_an_annotator_is_told_who_freezes(stage: Stage) -> None:
    demo_shop(stage)
    with stage.ws.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE person SET roles = '[\"annotator\"]'")
        unit.commit()
    shown = stage.show("health")
    shown.button(key="health.freeze").click().run()
    assert not shown.exception
    assert "A lead freezes versions" in texts(shown)
    assert "freeze.yes" not in [button.key for button in shown.button]
