"""The evaluation page: rates with n and intervals, looks counted, rows side by side."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation.metrics.answers import Answer, Repair
from curation.metrics.contract import Rate
from curation.metrics.held import Held
from curation.metrics.report import Counts, Figures
from curation.services import browsing, evaluating
from curation.services.evaluating import EvaluationView, Recorded
from tests.screens.stage import HOSTILE, Stage, demo_shop, texts
from ui.comparison import Contestant, rate_rows
from ui.look_names import short_names

pytestmark = pytest.mark.training

SILENT = '{"tool":"no_tool","reason":"small_talk","message":"Hm."}'


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    from curation.finetune.base_models import tiny_model

    folder = tmp_path_factory.mktemp("models")
    return tiny_model(folder / "base", seed=3), tiny_model(folder / "tuned", seed=4)


def look(
    stage: Stage, models: tuple[Path, Path], *repairs: Repair, held: Held | None = None, count: int = 40
) -> EvaluationView:
    """Two models were asked: one always says something hostile, the other always calls nothing.

    With `held` the other was held to a grammar, which wrote the ends of so many of its answers.
    """
    version = demo_shop(stage, count)
    ids = [
        evaluating.register_base(stage.ws, stage.actor, stage.project.id, one, nonce=f"base {one.name}").id
        for one in models
    ]
    from curation.model.states import Split
    from curation.services.questions import read_questions

    n = len(read_questions(stage.ws, version.id, Split.TEST, "router"))
    hostile = Recorded(ids[0], [Answer(text=HOSTILE, repairs=repairs)] * n, repairs=len(repairs))
    silent = [Answer(text=SILENT, is_closed=held is not None and at < held.closed) for at in range(n)]
    runs = [hostile, Recorded(ids[1], silent, grammar=held is not None, held=held or Held())]
    return evaluating.record_answers(stage.ws, stage.actor, stage.project.id, 1, runs, nonce="look")


def open_fold(shown: AppTest, name: str) -> AppTest:
    """The page with one of its folds open: what is folded is not worked out."""
    shown.session_state[f"evaluation.{name}.fold"] = True
    return shown.run()


def test_before_the_first_look_the_page_says_what_one_is(stage: Stage) -> None:
    shown = stage.show("evaluation")
    assert not shown.exception
    assert "No model was asked yet" in texts(shown)
    shown.button(key="evaluation.first").click().run()
    assert not shown.exception
    assert "no frozen version yet" in texts(shown)


def test_rates_stand_with_n_and_interval_and_the_look_is_counted(stage: Stage, models: tuple[Path, Path]) -> None:
    view = look(stage, models)
    shown = open_fold(stage.show("evaluation"), "rates")
    assert not shown.exception
    assert "test opened 1 time" in texts(shown)
    table = next(frame.value for frame in shown.dataframe if "95 % interval" in frame.value.columns)
    valid = table[(table["rate"] == "valid call") & (table["model"] == view.models[1].label)].iloc[0]
    assert valid["%"] == 100.0
    assert valid["n"] == len(view.rows)
    assert valid["95 % interval"].endswith("to 100.0")


def test_difference_to_the_first_model_says_whether_it_could_be_chance(stage: Stage, models: tuple[Path, Path]) -> None:
    look(stage, models)
    shown = open_fold(stage.show("evaluation"), "differences")
    table = next(frame.value for frame in shown.dataframe if "says" in frame.value.columns)
    assert "model" not in table.columns, "with one model to compare, its name in every row says nothing"
    assert list(table["rate"])[:2] == ["valid call", "right tool"], "in the order of the charts"
    valid = table[table["rate"] == "valid call"].iloc[0]
    assert (valid["points"], valid["says"]) == ("+100.0", "clear")


@pytest.mark.parametrize(
    ("labels", "short"),
    [
        (["tiny", "tiny, 4-shot", "tuned"], ["tiny", "4-shot", "tuned"]),
        (["tiny", "tiny, a", "a"], ["tiny", "tiny, a", "a"]),
        ([], []),
    ],
)
def test_a_model_called_after_the_first_is_named_by_the_rest(labels: list[str], short: list[str]) -> None:
    assert short_names(labels) == short


def test_rows_side_by_side_show_what_was_right_and_what_was_said(stage: Stage, models: tuple[Path, Path]) -> None:
    look(stage, models)
    shown = stage.show("evaluation")
    shown.selectbox(key="evaluation.filter").set_value("All rows").run()
    assert not shown.exception
    said = [one.proto.json for one in shown.get("bidi_component") if "evaluation.answer" in str(one.proto.id)]
    assert HOSTILE in [json.loads(one)["text"] for one in said]
    assert "Expected" in texts(shown)


def test_what_repairs_mend_and_cost_stands_beside_the_first_answers(stage: Stage, models: tuple[Path, Path]) -> None:
    look(stage, models, Repair(SILENT, "The answer is no object.", 6, 1500.0))
    shown = stage.show("evaluation")
    assert not shown.exception
    (table,) = [one.value for one in shown.table if "requests more" in one.value.columns]
    (row,) = table.to_dict("records")
    n = int(row["sent back"])
    assert n > 3
    assert row["valid call"].startswith("100.0 %")
    assert row["false call"].startswith("0.0 %"), "a repair that calls where nothing is to be called is seen"
    assert (row["requests more"], row["tokens more"], row["time more"]) == (f"{n}", f"{6 * n:,}", f"{1.5 * n:,.1f} s")
    shown = open_fold(shown, "rates")
    rates = next(frame.value for frame in shown.dataframe if "95 % interval" in frame.value.columns)
    assert rates[(rates["rate"] == "valid call") & (rates["model"] == "base")].iloc[0]["%"] == 0.0
    assert "Told The answer is no object." in texts(shown)


def test_what_a_grammar_did_not_do_stands_beside_the_figures_and_the_rows(
    stage: Stage, models: tuple[Path, Path]
) -> None:
    view = look(stage, models, held=Held(("track_order",), refused=2, unheld=1, closed=1_000))
    shown = stage.show("evaluation")
    assert not shown.exception
    said, n = texts(shown).replace("\\", ""), len(view.rows)
    for note in (
        f"The grammar, not the model, wrote the end of {n} answers that ran out of tokens.",
        "The right answers of 2 rows are beyond the grammar",
        "1 row names no tools: its answer was held to nothing.",
        "than the schema of **track_order**",
        "It ran out of tokens: the grammar wrote the end, not the model.",
    ):
        assert note in said, note
    table = next(frame.value for frame in shown.dataframe if "request" in frame.value.columns)
    assert {words.endswith(", cut") for words in table[table.columns[3]]} == {True}


def test_gate_says_why_not_and_lists_the_rows_of_a_failed_check(stage: Stage, models: tuple[Path, Path]) -> None:
    view = look(stage, models, count=220)
    shown = stage.show("evaluation")
    said = texts(shown)
    assert "Gate for production" in said
    assert "Nothing is in production yet." in said
    silent = view.models[1].label
    assert re.search(rf"{silent} passes \d+ of \d+ checks", said)
    shown.selectbox(key=f"evaluation.candidate.{view.id}").set_value(view.models[0].label).run()
    assert not shown.exception
    shown.button(key="evaluation.gate.rows").click().run()
    assert not shown.exception
    assert "Against **base**: valid answers" in texts(shown)
    rows = next(frame.value for frame in shown.dataframe if "request" in frame.value.columns)
    assert set(rows["base"]) == {"unparseable"}


def test_rows_of_a_check_are_listed_though_the_model_was_not_shown(stage: Stage, models: tuple[Path, Path]) -> None:
    view = look(stage, models, count=220)
    shown = stage.show("evaluation")
    shown.selectbox(key=f"evaluation.candidate.{view.id}").set_value(view.models[0].label).run()
    shown.multiselect(key=f"evaluation.models.{view.id}.2").set_value([view.models[1].label]).run()
    shown.button(key="evaluation.gate.rows").click().run()
    assert not shown.exception
    assert "Against **base**: valid answers" in texts(shown)


def test_a_mistake_opens_its_rows_once_more_after_all_changes(stage: Stage, models: tuple[Path, Path]) -> None:
    look(stage, models)
    shown = stage.show("evaluation")
    for _ in range(2):
        mistakes = next(one for one in shown.selectbox if (one.key or "").startswith("evaluation.mistakes."))
        wanted, called = mistakes.options[0].split(" → ")
        mistakes.set_value((wanted, called)).run()
        assert not shown.exception
        shown.button(key="evaluation.unwatch").click().run()
        assert not shown.exception


def test_chosen_rows_change_figures_table_and_list_alike(stage: Stage, models: tuple[Path, Path]) -> None:
    view = look(stage, models)
    shown = open_fold(stage.show("evaluation"), "rates")
    shown.selectbox(key=f"evaluation.slice.{view.id}").set_value("category:no_call").run()
    assert not shown.exception
    report = view.models[1].report
    assert report is not None
    n = report.slices["category:no_call"].n.rows
    rates = next(frame.value for frame in shown.dataframe if "95 % interval" in frame.value.columns)
    assert set(rates[rates["rate"] == "false call"]["n"]) == {n}
    shown.selectbox(key="evaluation.filter").set_value("All rows").run()
    rows = next(frame.value for frame in shown.dataframe if "request" in frame.value.columns)
    assert len(rows) == n


def test_row_becomes_a_draft_that_stays_in_its_split(stage: Stage, models: tuple[Path, Path]) -> None:
    look(stage, models)
    before = sum(browsing.count_states(stage.ws, stage.project.id).values())
    shown = stage.show("evaluation")
    draft = next(one for one in shown.button if one.key and one.key.startswith("evaluation.draft."))
    assert draft.label == "Make a draft, kept in test"
    draft.click().run()
    assert not shown.exception
    assert sum(browsing.count_states(stage.ws, stage.project.id).values()) == before + 1


def test_hostile_answers_stay_words(stage: Stage, models: tuple[Path, Path]) -> None:
    look(stage, models)
    shown = stage.show("evaluation")
    for kind in ("title", "header", "markdown", "caption", "error", "warning"):
        assert all("![x](" not in str(element.value) for element in shown.get(kind))


def test_a_low_rate_that_says_little_is_marked_in_chart_and_row() -> None:
    rates = {"false_call_rate": Rate(0.0, 5, 0.0, 0.4), "missed_call_rate": Rate(0.0, 5, 0.0, 0.4)}
    figures = Figures(Counts(10, 5, 5, 0), rates, {}, {"false_call_rate": 4})
    marked, plain = rate_rows([Contestant("base", figures)], {name: name for name in rates})
    assert (marked.shown, marked.mute, plain.shown, plain.mute) == ("0.0*", 4, "0.0", 0)


def test_rates_without_rows_are_left_out_of_the_charts() -> None:
    figures = Figures(
        n=Counts(rows=10, call=10, no_tool=0, recovery=0),
        metrics={"valid_call_rate": Rate(0.8, 10, 0.5, 0.9), "false_call_rate": Rate(None, 0)},
        failures={},
    )
    names = {"valid_call_rate": "valid call", "false_call_rate": "false call"}
    assert [one.metric for one in rate_rows([Contestant("m", figures)], names)] == ["valid call"]
