"""What a tool does, by its name: the verb wherever it stands, and what follows from it."""

from __future__ import annotations

import json

import pytest

from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.actions import name_action, verb_in
from curation.synthesizers.contract import Cell
from curation.synthesizers.subjects import reads
from tests.synthesizers.drafting import calls_of, make_tool

_ORDER = {"order_id": {"type": "string"}}


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("getPetById", "get"),
        ("post_delete", "delete"),
        ("order_cancel", "cancel"),
        ("issue_read", "read"),
        ("GITHUB_CREATE_ISSUE", "create"),
        ("place_order", "place"),
        ("track_order", "track"),
        ("retrieve_file", "get"),
        ("lookup_order", "look"),
        ("email_customer", "email"),
        ("weather", ""),
    ],
)
def test_the_verb_of_a_name_is_found_wherever_it_stands(name: str, verb: str) -> None:
    assert verb_in(name) == verb


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("order_status", "get order status"),
        ("issue_list", "list the issue"),
        ("user_info", "get user info"),
        ("change_status", "change status"),
        ("track_status", "track status"),
        ("set_status", "set status"),
    ],
)
def test_a_name_that_only_tells_something_is_no_deed(name: str, told: str) -> None:
    assert name_action(name) == told


def test_what_is_gone_or_ended_is_not_taken_for_undone_where_the_verb_stands_last() -> None:
    states = {"type": "object", "properties": {"status": {"type": "string", "enum": ["open", "shipped", "cancelled"]}}}
    look = make_tool("order_get", "Look.", _ORDER, ["order_id"], side_effect="read", result_schema=json.dumps(states))
    cancel = make_tool("order_cancel", "Cancel it.", _ORDER, ["order_id"], side_effect="destructive")
    delete = make_tool("post_delete", "Delete it.", _ORDER, ["order_id"], side_effect="destructive")
    post = make_tool("post_get", "Look.", _ORDER, ["order_id"], side_effect="read", result_schema=json.dumps(states))
    for write, reader in ((cancel, look), (delete, post)):
        cells = (Cell(12, "recovery", "read_before_retry", write.name),)
        drafted = list(get_synthesizer("recoveries").draft(Order((write, reader), 0, seed=5, cells=cells)))
        again = [one for one in drafted if [name for name, _ in calls_of(one.example)].count(write.name) > 1]
        blind = [one for one in again if "Not found" in str([turn.content for turn in one.example.messages])]
        assert drafted
        assert blind == []


def test_what_only_works_something_out_reads_for_every_strategy() -> None:
    assert reads(make_tool("calculate_fee", "", {}, []))
    assert reads(make_tool("order_status", "", {}, []))
    assert not reads(make_tool("order_cancel", "", {}, []))
    assert not reads(make_tool("calculate_fee", "", {}, [], side_effect="write"))
