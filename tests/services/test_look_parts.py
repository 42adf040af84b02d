"""A part of a look: its figures, its rows and what changed are all of the same models and rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from itertools import pairwise

import pytest
from msgspec.structs import replace

from curation.metrics.answers import Answer, Repair
from curation.metrics.confusion import NO_CALL
from curation.metrics.held import Held
from curation.services.evaluating import EvaluationView, Recorded
from curation.services.look_parts import (
    ALL,
    Change,
    Part,
    confuse,
    list_changes,
    list_slices,
    rows_against,
    rows_in_cell,
    take_part,
    weigh,
)
from curation.services.look_report import write_report
from curation.services.look_tables import write_confusion
from tests.services.evaluating_desk import Desk
from tests.unit.metric_rows import gold, native, score

SILENT = json.dumps({"tool": "no_tool", "reason": "small_talk", "message": "Hm."})
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("parts"))
    yield made
    made.ws.close()


@pytest.fixture(scope="module")
def view(desk: Desk) -> EvaluationView:
    """The base never calls; the tuned one is right."""
    silent = [Answer(text=SILENT, latency_ms=3.0, cost=0.002) for _ in desk.questions()]
    return desk.record(Recorded(desk.base, silent), Recorded(desk.tuned, desk.right_answers()))


def whole(view: EvaluationView) -> Part:
    return take_part(view, [one.label for one in view.models])


def test_figures_and_rows_of_a_part_are_those_of_its_slice(view: EvaluationView) -> None:
    slices = list_slices(view)
    assert {"tool:track_order", "category:no_call"} <= {one.name for one in slices}
    for one in slices:
        part = take_part(view, ["tuned"], one.name)
        assert part.labels == ("tuned",)
        (model,) = part.models
        assert model.report is not None
        assert model.report.overall.n.rows == len(part.rows) == len(part.scored("tuned")) == one.n
        assert all(one.name in scored.slices for scored in part.scored("tuned"))
        assert [row.position for row in part.rows] == [scored.position for scored in part.scored("tuned")]
        assert all(len(row.answers) == 1 for row in part.rows)


def test_repairs_and_notes_of_a_part_are_those_of_its_slice(desk: Desk) -> None:
    """The base breaks its answers and puts right those that call; the tuned one is cut wherever it calls."""
    right = desk.right_answers()
    calls = [question.gold.messages[-1].calls is not None for question in desk.questions()]
    assert 0 < sum(calls) < len(calls)
    broken = [
        Answer(text="Well", repairs=(Repair((one.text or "") if is_call else "Hm", "J15", 4, 2.0, cost=0.5),))
        for one, is_call in zip(right, calls, strict=True)
    ]
    cut = [replace(one, is_cut=is_call, is_closed=not is_call) for one, is_call in zip(right, calls, strict=True)]
    held = Held(("track_order",), refused=2)
    view = desk.record(
        Recorded(desk.base, broken, repairs=1), Recorded(desk.tuned, cut, grammar=True, held=held), nonce="narrow"
    )
    labels = [one.label for one in view.models]
    for name, share in (("category:no_call", 0.0), ("tool:track_order", 1.0)):
        part = take_part(view, labels, name)
        first, second = part.models
        n = len(part.rows)
        assert 0 < n < len(right)
        assert first.repairs is not None
        assert (first.repairs.rows, first.repairs.rounds, first.repairs.tokens) == (n, n, 4 * n)
        assert (first.repairs.latency_ms, first.repairs.cost) == (2.0 * n, 0.5 * n)
        valid = first.repairs.metrics["valid_call_rate"]
        assert (valid.value, valid.n) == (share, n)
        assert second.repairs is None
        assert second.held == Held(closed=n * (share == 0))
        assert second.lengths.cut == n
    whole_of_it = take_part(view, labels).models
    assert [one.repairs and one.repairs.rows for one in whole_of_it] == [len(right), None]
    assert whole_of_it[1].held == replace(held, closed=calls.count(False))
    assert take_part(view, labels, "category:no_call").whole == whole_of_it


def test_where_nothing_was_sent_back_the_rates_after_repairs_are_those_of_the_slice(desk: Desk) -> None:
    view = desk.record(Recorded(desk.base, desk.right_answers(), repairs=2), nonce="nothing back")
    (one,) = take_part(view, [view.models[0].label], "category:no_call").models
    assert one.repairs is not None
    assert one.report is not None
    assert (one.repairs.most, one.repairs.rounds) == (2, 0)
    assert one.repairs.metrics["false_call_rate"] == one.report.overall.metrics["false_call_rate"]


def test_what_was_asked_for_before_is_not_worked_out_again(view: EvaluationView) -> None:
    assert take_part(view, ["tiny", "tuned"], ALL) is whole(view)
    assert list_changes(whole(view), "tiny", "tuned") is list_changes(whole(view), "tiny", "tuned")


def test_changes_go_from_one_model_to_the_other(view: EvaluationView) -> None:
    part = whole(view)
    calls = sum(row.is_call_row for row in part.scored("tuned"))
    forth, back = weigh(part, "tiny", "tuned"), weigh(part, "tuned", "tiny")
    assert (forth.fixed, forth.broken) == (calls, 0)
    assert (back.fixed, back.broken) == (0, calls)
    assert forth.p == back.p < 0.01
    assert weigh(part, "tuned", "tuned").p == 1
    kept = [one.change for one in list_changes(part, "tiny", "tuned") if one.change is not Change.FIXED]
    assert set(kept) == {Change.STILL_RIGHT}


def test_cell_and_rate_lead_to_the_rows_they_count(view: EvaluationView) -> None:
    part = take_part(view, ["tiny"], "tool:track_order")
    table = confuse(part, "tiny", 8)
    found = rows_in_cell(part, "tiny", table, "track_order", NO_CALL)
    assert len(found) == len(part.rows) > 0
    assert rows_against(part, "tiny", "missed_call_rate") == found
    assert rows_against(part, "tiny", "false_call_rate") == frozenset()
    assert rows_against(whole(view), "tiny", "missed_call_rate", "tool:track_order") == found


def test_each_model_has_its_own_warnings_and_rates_that_say_little_are_marked(desk: Desk) -> None:
    mute = [Answer(text="<tool_call>{") for _ in desk.questions()]
    view = desk.record(Recorded(desk.tuned, desk.right_answers()), Recorded(desk.base, mute), nonce="mute")
    (told,) = [(sentence, labels) for sentence, labels in view.warnings.items() if "say little" in sentence]
    assert told[1] == ("tiny",), "the first model is not the only one with something to know"
    assert any(labels == () for labels in view.warnings.values()), "of rows alone it is said once"
    part = take_part(view, ["tuned", "tiny"], "category:no_call")
    assert any("say little" in sentence and labels == ("tiny",) for sentence, labels in part.warnings.items())
    page = write_report(desk.ws, view)
    assert f'<p class="warning">tiny: {escape(told[0])}</p>' in page
    assert f"<td>{len(view.rows)} answers that it counts cannot be read or used</td>" in page
    tuned, tiny = view.models
    assert tiny.summary["vacuous"]["false_call_rate"] > 0
    assert tiny.summary["warnings"] == list(tiny.report.warnings if tiny.report else ())
    assert tuned.summary["vacuous"] == {}


def test_report_holds_every_figure_and_escapes_what_others_wrote(desk: Desk) -> None:
    model = desk.add_model(HOSTILE.replace("/", ""), "adapter")
    said = [Answer(text=HOSTILE, latency_ms=3.0, cost=0.002) for _ in desk.questions()]
    view = desk.record(Recorded(desk.base, said), Recorded(model, desk.right_answers()), nonce="hostile")
    page = write_report(desk.ws, view)
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert desk.dataset.hash in page
    assert all(str(one.summary["digest"]) in page for one in view.models)
    assert page.count("<h2>Gate: ") == 2
    n = len(view.rows)
    assert f'<td class="number">100.0</td><td>{100 * n / (n + 1.96**2):.1f}' in page
    assert all(f"<code>{one.name}</code>, {one.n:,} rows" in page for one in list_slices(view))
    assert '<td class="number">2.0</td>' in page, "two for a thousand answers"


def test_report_holds_repairs_with_their_money_and_differences_with_their_intervals(desk: Desk) -> None:
    right = desk.right_answers()
    invented = [json.dumps({"tool": f"tool_{at % 9}", "arguments": {}}) for at in range(len(right))]
    mended = [
        Answer(text=text, repairs=(Repair(one.text or "", "A01", 3, 2.0, cost=0.25),))
        for text, one in zip(invented, right, strict=True)
    ]
    runs = Recorded(desk.base, mended, repairs=2), Recorded(desk.tuned, right)
    view = desk.record(*runs, nonce="mended")
    page = write_report(desk.ws, view)
    n = len(right)
    assert "Differences to the first" in page
    assert "<td>+100.0</td><td>+100.0 to +100.0</td><td>clear</td>" in page
    assert "With repairs" in page
    assert '<td>Valid answers</td><td class="number">0.0</td><td class="number">100.0</td>' in page
    assert f'<td class="number">{n}</td><td class="number">{3 * n}</td>' in page
    assert f"<td>{0.25 * n:,.4g}</td>" in page


def test_report_shows_every_tool_that_is_taken_for_another() -> None:
    names = [f"tool_{at}" for at in range(9)]
    tools = [{"type": "function", "function": {"name": name, "description": "Does it."}} for name in names]
    pairs = [(gold((one, {}), tools=tools), native((other, {}))) for one, other in pairwise(names)]
    table = write_confusion({"<tuned>": score(*pairs).scored})
    assert all(f"<th>{name}</th>" in table for name in names)
    assert table.count('<td class="number">1</td>') == len(pairs)
    assert "&lt;tuned&gt;" in table
