"""Tools of an imported file: once by digest, drift told, taken over as one act and taken back as one."""

from __future__ import annotations

import io

import msgspec
import pytest

from curation.errors import UnreadableError
from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.model.example import Example, Message
from curation.services import cataloguing, import_tools, importing, tool_importing
from curation.services.import_tools import FileTools
from tests.shop_rows import TRACK_ORDER, Desk, make_example, make_tool

OTHER = Definition(TRACK_ORDER.text.replace("Look up where an order is now.", "Where is it?"))
REFUND = make_tool("refund_order").definition


def bring(desk: Desk, *examples: Example) -> str:
    data = b"".join(encode(one) + b"\n" for one in examples)
    return importing.import_stream(
        desk.ws, desk.actor, desk.project_id, io.BytesIO(data), name="rows.jsonl", nonce=desk.nonce()
    ).source_id


def offering(order: str, *tools: Definition) -> Example:
    return msgspec.structs.replace(make_example(order), tools=tools)


def take_over(desk: Desk, found: FileTools, nonce: str = "over") -> None:
    chosen = tool_importing.choose(found.proposal, {one.name for one in found.tools})
    tool_importing.import_chosen(desk.ws, desk.actor, desk.project_id, chosen, nonce=nonce)


def test_definitions_come_once_and_drift_is_told(desk: Desk):
    mixed = [offering(f"A-{n}0", TRACK_ORDER, REFUND) for n in range(3)] + [offering("B-10", OTHER)]
    found = import_tools.propose_tools(desk.ws, bring(desk, *mixed))
    assert [(one.name, one.n_rows, [v.n_rows for v in one.variants]) for one in found.tools] == [
        ("refund_order", 3, [3]),
        ("track_order", 4, [3, 1]),
    ]
    assert [one.name for one in found.drifted] == ["track_order"]
    assert any("description" in said for said in found.drifted[0].variants[1].differences)
    assert found.count_changes() == {"new": 2}


def test_one_act_takes_them_over_and_one_takes_them_back(desk: Desk):
    source_id = bring(desk, offering("A-10", TRACK_ORDER, REFUND))
    take_over(desk, import_tools.propose_tools(desk.ws, source_id))
    stored = {view.name: view.tool.definition for view in cataloguing.list_tools(desk.ws, desk.project_id)}
    assert stored == {"track_order": TRACK_ORDER, "refund_order": REFUND}
    assert import_tools.propose_tools(desk.ws, source_id).count_changes() == {"same": 2}
    tool_importing.undo_import(desk.ws, desk.actor, "over", nonce="back")
    assert not cataloguing.list_tools(desk.ws, desk.project_id)


def test_tool_that_the_catalogue_has_otherwise_is_told_with_what_differs(desk: Desk):
    take_over(desk, import_tools.propose_tools(desk.ws, bring(desk, offering("A-10", TRACK_ORDER))))
    line = import_tools.propose_tools(desk.ws, bring(desk, offering("A-20", OTHER))).line_of("track_order")
    assert line is not None
    assert line.change == "changed"
    assert any("description" in said for said in line.differences)


def test_another_definition_than_the_most_frequent_may_be_taken(desk: Desk):
    source_id = bring(desk, offering("A-10", TRACK_ORDER), offering("A-20", TRACK_ORDER), offering("A-30", OTHER))
    found = import_tools.propose_tools(desk.ws, source_id, {"track_order": OTHER.hash})
    assert [(one.hash, one.n_rows) for one in found.tools[0].variants] == [(OTHER.hash, 1), (TRACK_ORDER.hash, 2)]
    take_over(desk, found)
    (view,) = cataloguing.list_tools(desk.ws, desk.project_id)
    assert view.tool.definition == OTHER


def test_rows_without_tools_have_none_to_propose(desk: Desk):
    source_id = bring(desk, Example(messages=(Message(role="user", content="Hi"),)))
    with pytest.raises(UnreadableError, match="holds no tools"):
        import_tools.propose_tools(desk.ws, source_id)
