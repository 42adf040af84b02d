"""What folds away on the Evaluation page: every rate, rates by slice, ways to fail, costs, what the gate once said."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from curation.llm.budget import Price
from curation.metrics.answers import Answer, Repair
from curation.metrics.held import Held
from curation.metrics.report import Counts, Figures
from curation.services import promoting
from curation.services.evaluating import EvaluationView, Recorded
from curation.services.look_parts import FAILURES, FAILURES_BY_HARM
from curation.services.rate_tables import list_titles
from curation.services.rate_words import say_slice
from tests.screens.stage import ROOT, texts
from tests.services.evaluating_desk import Desk
from ui.comparison_charts import failure_colours
from ui.failure_card import failure_shares
from ui.failure_words import say_failure
from ui.look_choice import sentence_case
from ui.theme import tokens

SILENT = '{"tool":"no_tool","reason":"small_talk","message":"Hm."}'
BROKEN = "Well."
PRICE = Price(1.0, 2.0, "EUR", "list")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A frozen version and two models, made once."""
    made = Desk(tmp_path_factory.mktemp("ready") / "home", count=80)
    made.ws.close()
    return made


def look(desk: Desk) -> EvaluationView:
    """The base breaks every answer, one behind an address is right once it is told what is wrong."""
    n = len(desk.questions())
    here = [Answer(text=BROKEN, latency_ms=10.0 + 20 * (at % 2), tokens=3) for at in range(n)]
    right = [one.text or "" for one in desk.right_answers()]
    mended = [
        Answer(text=SILENT[:-1], tokens=9, cost=0.002, repairs=(Repair(text, "It is cut.", 5, 7.0, cost=0.001),))
        for text in right
    ]
    runs = (
        Recorded(desk.base, here, repairs=1),
        Recorded(desk.add_model("cloud", "hosted"), mended, repairs=1, price=PRICE),
        Recorded(desk.tuned, desk.right_answers()),
    )
    return desk.record(*runs)


def show(*folds: str) -> AppTest:
    shown = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    shown.switch_page("../pages/evaluation.py").run()
    for fold in folds:
        shown.session_state[f"evaluation.{fold}"] = True
    shown.run()
    assert not shown.exception
    return shown


def table_of(shown: AppTest, first: str) -> pd.DataFrame:
    return next(one.value for one in shown.dataframe if one.value.columns[0] == first)


def facts_of(shown: AppTest) -> list[str]:
    """The line of counts above the figures."""
    return [one.value for one in shown.caption if "test opened" in one.value]


def test_every_rate_of_every_model_stands_with_n_and_interval(desk: Desk) -> None:
    view = look(desk)
    table = table_of(show("all_rates.fold"), "about")
    assert list(dict.fromkeys(table["rate"])) == list(list_titles().values())
    assert len(table) == len(list_titles()) * len(view.models)
    report = view.models[2].report
    assert report is not None
    for title, name in (("Arguments in the wrong unit", "field_wrong_unit"), ("Valid answers", "valid_call_rate")):
        (line,) = table[(table["rate"] == title) & (table["model"] == "tuned")].to_dict("records")
        rate = report.overall.metrics[name]
        assert (line["n"], line["%"]) == (rate.n, round(100 * (rate.value or 0.0), 1))
        assert line["95 % interval"] == f"{100 * (rate.low or 0):.1f} to {100 * (rate.high or 0):.1f}"
    empty = table[table["n"] == 0]
    assert set(empty["95 % interval"]) <= {""}
    assert empty["%"].isna().all(), "a rate of nothing is not 0"


def test_every_rate_follows_the_rows_that_are_chosen(desk: Desk) -> None:
    view = look(desk)
    shown = show("all_rates.fold")
    shown.selectbox(key=f"evaluation.slice.{view.id}").set_value("category:no_call").run()
    table = table_of(shown, "about")
    report = view.models[0].report
    assert report is not None
    assert set(table[table["rate"] == "Valid answers"]["n"]) == {report.slices["category:no_call"].n.rows}


def test_rates_by_slice_name_slice_rate_and_model_and_can_be_narrowed_to_one_rate(desk: Desk) -> None:
    view = look(desk)
    shown = show("slice_rates.fold")
    table = table_of(shown, "slice")
    assert {"Rows without a call", "Calls of track_order"} <= set(table["slice"])
    assert {"tiny", "cloud", "tuned"} == set(table["model"])
    assert (table["n"] > 0).all()
    shown.selectbox(key="evaluation.slice_rates.rate").set_value("false_call_rate").run()
    assert not shown.exception
    narrowed = table_of(shown, "slice")
    assert set(narrowed["rate"]) == {list_titles()["false_call_rate"]}
    report = view.models[0].report
    assert report is not None
    counted = set(narrowed[narrowed["model"] == "tiny"][["slice", "n"]].itertuples(index=False, name=None))
    of_each = {
        (sentence_case(say_slice(name)), one.metrics["false_call_rate"].n) for name, one in report.slices.items()
    }
    assert counted
    assert counted <= of_each


def test_closed_folds_list_nothing(desk: Desk) -> None:
    look(desk)
    heads = {one.value.columns[0] for one in show().dataframe}
    assert not {"about", "slice", "answer"} & heads


def test_every_way_to_fail_stands_apart_the_worst_first(desk: Desk) -> None:
    look(desk)
    table = table_of(show("failures.fold"), "answer")
    assert list(table["answer"]) == ["right", *map(say_failure, FAILURES_BY_HARM)]
    told = dict(zip(table["answer"], table["tiny %"], strict=True))
    assert (told["unparseable"], told["unknown tool"], told["schema invalid"]) == (100.0, 0.0, 0.0)
    assert table[["tiny %", "cloud %", "tuned %"]].sum().tolist() == pytest.approx([100, 100, 100])


def test_ways_to_fail_are_all_there_are_each_in_a_colour_of_its_own() -> None:
    assert sorted(FAILURES_BY_HARM) == sorted(FAILURES)
    colours = failure_colours(tokens())
    assert len(set(colours)) == len(colours) == len(FAILURES) + 1
    failures = {"unparseable": 1, "unknown_tool": 2, "schema_invalid": 3}
    shares = failure_shares(Figures(n=Counts(rows=10, call=10, no_tool=0, recovery=0), metrics={}, failures=failures))
    assert [shares[one] for one in ("right", "schema invalid", "unknown tool", "unparseable")] == [40, 30, 20, 10]


def test_an_answer_on_this_machine_costs_nothing_and_says_whose_time_it_shares(desk: Desk) -> None:
    look(desk)
    shown = show()
    costs = next(one.value for one in shown.table if "cost per 1,000" in one.value.columns).set_index("model")
    assert costs["cost per 1,000"].tolist() == ["0, on this machine", "EUR 2.00", "0, on this machine"]
    here, elsewhere = costs.iloc[0], costs.iloc[1]
    assert 19 <= float(here["mean ms"]) <= 21
    assert (here["p50 ms"], here["p90 ms"]) in (("10", "30"), ("30", "30"))
    assert elsewhere["mean ms"] == "not measured"
    assert "the time of a row is that of its batch" in texts(shown)


def test_what_repairs_cost_in_money_stands_beside_them(desk: Desk) -> None:
    view = look(desk)
    table = next(one.value for one in show().table if "requests more" in one.value.columns)
    assert table["cost more"].tolist() == ["0, on this machine", f"EUR {0.001 * len(view.rows):.4f}"]


def test_repairs_and_notes_follow_the_rows_that_are_chosen_or_say_that_they_do_not(desk: Desk) -> None:
    right = desk.right_answers()
    mended = [Answer(text=BROKEN, repairs=(Repair(one.text or "", "It is cut.", 5, 7.0),)) for one in right]
    closed = [Answer(text=SILENT, is_closed=True) for _ in right]
    view = desk.record(
        Recorded(desk.base, mended, repairs=1),
        Recorded(desk.tuned, closed, grammar=True, held=Held(("track_order",), refused=2)),
    )
    shown = show()
    shown.selectbox(key=f"evaluation.slice.{view.id}").set_value("category:no_call").run()
    assert not shown.exception
    report = view.models[0].report
    assert report is not None
    n = report.slices["category:no_call"].n.rows
    assert 0 < n < len(right)
    (line,) = next(one.value for one in shown.table if "requests more" in one.value.columns).to_dict("records")
    assert (line["sent back"], line["requests more"], line["tokens more"]) == (f"{n}", f"{n}", f"{5 * n}")
    assert line["valid call"].startswith("100.0 %")
    assert line["right arguments"] == "", "no row of them calls"
    notes = [one.value.replace("\\", "") for one in shown.caption]
    assert any(f"tuned, grammar: The grammar, not the model, wrote the end of {n} answers" in one for one in notes)
    assert any("tuned, grammar, of all rows: The right answers of 2 rows are beyond" in one for one in notes)
    assert not any(f"{len(right)} answers" in one for one in notes)


def test_answers_from_a_file_are_said_to_be_such_of_whatever_model(desk: Desk) -> None:
    brought = Recorded(desk.tuned, desk.right_answers(), is_from_file=True)
    desk.record(brought, nonce="brought")
    (facts,) = facts_of(show())
    assert "· answers from a file ·" in facts
    assert "greedy" not in facts
    desk.record(Recorded(desk.base, desk.right_answers()), brought, nonce="both")
    (facts,) = facts_of(show())
    assert "· greedy, raw output, answers from a file ·" in facts


def test_every_promotion_opens_what_the_gate_said_then(desk: Desk) -> None:
    view = look(desk)
    promoting.set_floors(desk.ws, desk.actor, desk.project_id, (promoting.Floor("valid_call_rate", 0.9),), nonce="set")
    promoting.promote(
        desk.ws,
        desk.actor,
        desk.project_id,
        view.models[2].evaluation_id,
        desk.tuned,
        reason="Right",
        despite_not_proven=True,
        nonce="use",
    )
    (event,) = promoting.alias_history(desk.ws, desk.project_id)
    promoting.set_floors(desk.ws, desk.actor, desk.project_id, (promoting.Floor("valid_call_rate", 0.1),), nonce="now")
    said = event.checks[0].sentence
    assert "90 %" in said
    shown = show("history")
    assert "What the gate said · 1 check" in [one.label for one in shown.expander]
    assert said not in texts(shown)
    shown.session_state[f"evaluation.history.{event.seq}"] = True
    assert said in texts(shown.run())
