"""A project and a file with the same rows get the same verdicts about the whole."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from curation.model.example import Arguments, Example
from curation.model.finding import Severity
from curation.model.states import ExampleState, Split
from curation.rules import RULES, check_dataset
from curation.services import batching, cataloguing, health, health_told
from curation.services.health import Health
from curation.services.health_rows import FROM_TABLES, NOT_OF_PROJECTS
from db import datasets
from tests.shop_rows import Desk, make_example, make_no_tool_example, make_tool

OUTLIER = "x" * 90_000
SHARED = {rule.code for rule in RULES if rule.scope == "dataset"} - NOT_OF_PROJECTS.keys()
"""Rules about the whole, all but those that cannot apply to a project."""
COURIER = (
    '{"type":"object","properties":{"order_id":{"type":"string","description":"The order number."},'
    '"by":{"type":"string","enum":["van","bike"],"description":"How it travels."}},"required":["order_id"]}'
)


def use(name: str, arguments: str, words: str) -> Example:
    example = make_example()
    call = msgspec.structs.replace((example.messages[1].calls or ())[0], name=name, arguments=Arguments(arguments))
    return msgspec.structs.replace(
        example,
        tools=(make_tool(name, COURIER).definition, make_tool("unused").definition),
        messages=(
            msgspec.structs.replace(example.messages[0], content=words),
            msgspec.structs.replace(example.messages[1], calls=(call,)),
            *example.messages[2:],
        ),
    )


def measure(desk: Desk, rows: list[Example], splits: dict[str, Split] | None = None) -> Health:
    if splits:
        with desk.ws.unit() as unit:
            datasets.add_splits(unit.connection, desk.project_id, splits, desk.ws.now())
            unit.commit()
    for row in rows:
        desk.write(row)
    return health.measure_health(desk.ws, desk.project_id)


def of_project(measured: Health) -> set[tuple[str, str]]:
    return {(one.finding.code, one.finding.message.partition(" (Examples")[0]) for one in measured.findings}


def of_file(rows: list[Example], splits: dict[str, str] | None = None) -> set[tuple[str, str]]:
    found = check_dataset(((str(n), row) for n, row in enumerate(rows)), splits=splits)
    return {(one.finding.code, one.finding.message) for one in found if one.finding.code in SHARED}


def publish(desk: Desk) -> None:
    for tool in (make_tool("courier", COURIER), make_tool("unused")):
        cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, tool, nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


def test_project_and_file_agree_on_duplicates_use_coverage_and_balance(desk: Desk):
    publish(desk)
    rows = [
        use("courier", f'{{"order_id":"A-{i}00","by":"van"}}', f"Send order A-{i}00 to place {i}") for i in range(20)
    ]
    rows += [rows[0], use("unused", '{"order_id":"A-1"}', "Use it")]
    measured = measure(desk, rows)
    assert of_project(measured) == of_file(rows)
    assert {code for code, _ in of_file(rows)} == {"D02", "D06", "D07", "D09", "D10", "D12", "N07", "S05", "T19"}


def test_what_cannot_apply_to_a_project_is_said_with_its_reason() -> None:
    codes = {rule.code for rule in RULES if rule.scope == "dataset"}
    assert NOT_OF_PROJECTS.keys() | FROM_TABLES <= codes
    assert all(NOT_OF_PROJECTS.values())
    assert not NOT_OF_PROJECTS.keys() & FROM_TABLES


def test_project_and_file_agree_on_forms_labels_types_and_origins(desk: Desk) -> None:
    publish(desk)
    plain = make_no_tool_example("Hello there")
    answer = plain.messages[-1]
    literal = msgspec.structs.replace(
        make_no_tool_example("Good evening"),
        messages=(
            *make_no_tool_example("Good evening").messages[:-1],
            msgspec.structs.replace(answer, content='{"tool": "no_tool", "message": "Hello"}'),
        ),
    )
    said = "Send order A-100 to the harbour today"
    rows = [
        plain,
        literal,
        use("courier", '{"order_id":"A-100","by":"van"}', said),
        use("courier", '{"order_id":"A-100","by":"bike"}', said),
        use("unused", '{"order_id":"A-1"}', "Use it"),
    ]
    measured = measure(desk, rows)
    assert of_project(measured) == of_file(rows)
    assert {"N08", "S05", "D01", "D05", "T19"} <= {code for code, _ in of_project(measured)}


def test_project_and_file_name_the_same_clash_of_types(desk: Desk) -> None:
    rows = [
        use("courier", '{"order_id":"A-100","by":"van"}', "Send A-100"),
        use("courier", '{"order_id":100,"by":"van"}', "Send order 100"),
    ]
    opened = [_as_objects(row) for row in rows]
    assert "X11" in {code for code, _ in of_file(opened)}
    assert "X11" in {one.code for one in measure(desk, opened).told.from_rows}


def _as_objects(row: Example) -> Example:
    call = (row.messages[1].calls or ())[0]
    assert isinstance(call.arguments, Arguments)
    opened = msgspec.structs.replace(call, arguments=Arguments(call.arguments.text, form="object"))
    turn = msgspec.structs.replace(row.messages[1], calls=(opened,))
    return msgspec.structs.replace(row, messages=(row.messages[0], turn, *row.messages[2:]))


def test_project_and_file_agree_on_leaks_and_on_tools_only_the_test_calls(desk: Desk):
    publish(desk)
    twin = use("courier", '{"order_id":"A-100","by":"van"}', "Send A-100")
    rows = [
        msgspec.structs.replace(twin, group="a"),
        msgspec.structs.replace(twin, group="b"),
        msgspec.structs.replace(use("unused", '{"order_id":"A-1"}', "One"), group="b"),
        msgspec.structs.replace(use("unused", '{"order_id":"A-2"}', "Two"), group="b"),
    ]
    measured = measure(desk, rows, {"a": Split.TRAIN, "b": Split.TEST})
    assert of_project(measured) == of_file(rows, {"0": "train", "1": "test", "2": "test", "3": "test"})
    assert {"D02", "D04", "D06"} <= {code for code, _ in of_project(measured)}
    assert measured.findings[0].severity is Severity.ERROR


def test_answer_after_a_result_is_no_decision_in_a_file_either():
    rows = [make_example(f"A-{i}00") for i in range(18)] + [make_no_tool_example(f"Thanks {i}") for i in range(2)]
    assert "N07" not in {code for code, _ in of_file(rows)}, "2 of 20 decisions; 20 of 38 turns"


def test_one_huge_row_does_not_press_the_lengths_of_all_others_into_one_bar(desk: Desk) -> None:
    rows = [use("courier", '{"order_id":"A-1"}', f"Where is it? {'Please. ' * n}") for n in range(40)]
    lengths = measure(desk, [*rows, use("courier", '{"order_id":"A-1"}', OUTLIER)]).lengths
    assert lengths is not None
    assert (lengths.n_longer, sum(n for _, n in lengths.histogram)) == (1, 40)
    assert len([n for _, n in lengths.histogram if n]) > 4
    uppers = [upper for upper, _ in lengths.histogram]
    assert {after - before for before, after in pairwise(uppers)} == {lengths.bin_width}
    assert lengths.longest > 90_000


def test_rows_of_one_length_stand_in_one_bar(desk: Desk) -> None:
    lengths = measure(desk, [use("courier", '{"order_id":"A-1"}', "Where is it?")]).lengths
    assert lengths is not None
    assert ([n for _, n in lengths.histogram], lengths.n_longer) == ([1], 0)


def test_what_only_rows_tell_says_how_many_were_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_told, "READ_ROWS", 20)
    rows = [use("courier", f'{{"order_id":"A-{i}00","by":"van"}}', f"Send A-{i}00") for i in range(22)]
    batching.add_examples(
        desk.ws, desk.actor, desk.project_id, rows, origin="x", name="x", state=ExampleState.DRAFT, nonce="n"
    )
    said = {one.finding.code: one.finding.message for one in health.measure_health(desk.ws, desk.project_id).findings}
    assert said["D12"].startswith("20 rows: ")
    assert said["D12"].endswith("(The newest 20 rows were read.)")


def test_what_another_edition_told_is_told_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = measure(desk, [use("courier", '{"order_id":"A-1"}', "Where is it?")])
    with desk.ws.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE health_told SET told = '{\"tokens\":{}}'")
        unit.commit()
    monkeypatch.setattr(health_told, "FEW_ROWS", 0)
    assert health.measure_health(desk.ws, desk.project_id).told_at == ""
    assert health_told.tell_changed(desk.ws, lambda: False) == 1
    assert health.measure_health(desk.ws, desk.project_id).told == before.told


def test_of_many_rows_it_is_said_as_of_when_they_were_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = measure(desk, [use("courier", '{"order_id":"A-1"}', "Where is it?")])
    monkeypatch.setattr(health_told, "FEW_ROWS", 0)
    assert health.measure_health(desk.ws, desk.project_id).told_at is None, "nothing has changed since"
    desk.write(use("courier", '{"order_id":"A-2"}', "Where is that one?"))
    later = health.measure_health(desk.ws, desk.project_id)
    assert (later.n_rows, later.told.n_read) == (2, first.told.n_read)
    assert later.told_at
    assert health_told.tell_changed(desk.ws, lambda: False) == 0, "it rests for some seconds"
    monkeypatch.setattr(health_told, "REST_S", -1.0)
    monkeypatch.setattr(health_told, "TIMES", 0)
    assert health_told.tell_changed(desk.ws, lambda: False) >= 1
    told = health.measure_health(desk.ws, desk.project_id)
    assert (told.told.n_read, told.told_at) == (2, None)
