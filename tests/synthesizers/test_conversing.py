"""Questions back, second thoughts, several calls and chains: what is said fits what is called."""

from __future__ import annotations

import json

import pytest

from curation.model.candidate import Candidate
from curation.synthesizers.contract import Cell
from curation.synthesizers.details import say_plainly
from curation.synthesizers.shop import demo_tools
from tests.synthesizers.drafting import calls_in, calls_of, catalogue, make_tool, order_full, said_by

SHOP = demo_tools()


def drafted(count: int, category: str, kind: str, tools: object = SHOP) -> list[Candidate]:
    candidates, _ = order_full(tools, cells=(Cell(count, category, kind),))  # type: ignore[arg-type]
    assert len(candidates) == count
    return candidates


def test_what_is_asked_for_was_not_said_before_and_is_called_with_afterwards() -> None:
    for one in drafted(60, "positive", "clarified"):
        request, reply = said_by(one.example)
        label = next(turn.label for turn in one.example.messages if turn.label)
        ((_, arguments),) = calls_of(one.example)
        assert label.reason == "missing_information"
        assert label.missing
        for name in label.missing:
            value = str(arguments[name])
            assert value not in request
            assert name in ("reason", "team") or value in reply


def test_second_thoughts_call_with_the_later_value_only() -> None:
    corrected = [one for one in drafted(60, "positive", "changed_mind") if len(said_by(one.example)) == 1]
    assert corrected
    for one in corrected:
        ((_, arguments),) = calls_of(one.example)
        assert any(str(value) in said_by(one.example)[0] for value in arguments.values())


def test_a_dropped_request_is_never_called() -> None:
    dropped = [one for one in drafted(80, "positive", "changed_mind") if len(said_by(one.example)) == 2]
    assert dropped
    for one in dropped:
        ((name, _),) = calls_of(one.example)
        assert name == one.tool
        assert len(one.example.tools or ()) >= 2


def test_several_calls_at_once_name_every_value_of_every_call() -> None:
    for kind in ("same_tool", "different_tools"):
        for one in drafted(40, "parallel", kind):
            (calling,) = [turn for turn in one.example.messages if turn.calls]
            names = [name for name, _ in calls_in(calling)]
            assert len(names) == 2
            assert (len(set(names)) == 1) == (kind == "same_tool")
            text = said_by(one.example)[0]
            for _, arguments in calls_in(calling):
                assert all(str(value) in text for name, value in arguments.items() if name not in ("reason", "team"))


def test_a_steps_result_goes_into_the_next_call() -> None:
    for one in drafted(12, "multi_step", "from_result", catalogue("swagger_petstore")):
        results = [json.loads(str(turn.content)) for turn in one.example.messages if turn.role == "tool"]
        (_, first), (_, second) = calls_of(one.example)
        carried = [value for value in second.values() if value in results[0].values() and value not in first.values()]
        assert carried
        assert not any(str(value) in said_by(one.example)[0].split() for value in carried)


def test_a_write_is_read_back_by_a_tool_that_shows_the_same_thing() -> None:
    for one in drafted(20, "recovery", "read_before_retry"):
        (write, given), (read, asked), *_ = calls_of(one.example)
        assert (write, read) != ("track_order", "track_order")
        assert asked.items() <= given.items()


def test_everything_that_is_called_with_was_said_or_answered() -> None:
    """Also in lists of mixed things and in records; choices may be said in words of their own."""
    tools = catalogue("openai") + catalogue("swagger_petstore")
    for one in order_full(tools, cells=(Cell(60, "positive", "direct"),))[0]:
        text = said_by(one.example)[0].lower()
        for _, arguments in calls_of(one.example):
            for leaf in leaves(arguments):
                assert said_as(leaf, text), (leaf, text)


def leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def said_as(value: object, text: str) -> bool:
    if isinstance(value, bool) or value is None:
        return True
    plain = say_plainly(value).lower()
    if isinstance(value, str) and len(value) >= 10 and value[:4].isdigit():
        return value[:4] in text
    return plain in text or plain.replace("_", " ") in text


@pytest.mark.parametrize("kind", ["clarified", "direct", "answered"])
def test_an_update_always_says_what_is_to_change(kind: str) -> None:
    rename = make_tool(
        "update_room",
        "Update a room",
        {"room_id": {"type": "integer"}, "title": {"type": "string"}, "seats": {"type": "integer"}},
        ["room_id"],
        side_effect="write",
    )
    for one in drafted(12, "positive", kind, (rename,)):
        assert all(len(arguments) > 1 for _, arguments in calls_of(one.example))
