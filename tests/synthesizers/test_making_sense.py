"""What a reader would stumble over: values in wrong places, words that are no request, answers that say nothing."""

from __future__ import annotations

import json
import re

import pytest

from curation.synthesizers import Order
from curation.synthesizers.actions import actions_of, method_action
from curation.synthesizers.composing import Worded, compose
from curation.synthesizers.contract import Cell
from curation.synthesizers.details import Detail
from curation.synthesizers.outcomes import tell_outcome
from curation.synthesizers.schema_driven import draft
from curation.synthesizers.shop import demo_tools
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full, said_by


def test_no_value_slips_into_the_place_of_one_that_is_left_open() -> None:
    """Every value stands behind its own name, or where it stands when everything is said."""
    tools = catalogue("github")
    stage = Stage(Order(tools, 1, seed=3), tools, offers_all=False)
    n_checked = 0
    for tool in tools:
        for _ in range(4):
            request = stage.request(tool, "clarified")
            if not isinstance(request, Worded):
                continue
            for name in request.openable():
                details = [
                    one
                    for one in request.details
                    if one.name not in (name, request.method, "method") and one.shape == "value"
                ]
                for kept in details:
                    n_checked += 1
                    before, whole = _before(kept, request.text((name,))), _before(kept, request.text())
                    named = "repository" if kept.name in ("owner", "org", "repo") else kept.label.split()[-1].lower()
                    is_named = named in before or kept.label.split()[-1].lower() in before
                    assert before == whole or is_named, request.text((name,))
    assert n_checked > 300


def _before(one: Detail, text: str) -> str:
    """The few words before a value."""
    found = re.search(rf"(?<![\w-]){re.escape(one.phrase)}(?![\w-])", text)
    assert found, (one.phrase, text)
    return " ".join(re.findall(r"[\w\"]+", text[: found.start()].lower())[-4:])


def test_a_number_is_said_of_what_it_counts_alone() -> None:
    parent, child = Detail("issue_number", "issue number", "7"), Detail("sub_issue_id", "sub issue id", "2033")
    action = "remove a sub-issue from the parent issue"
    assert compose("Please @action@comma.", action, [child, parent], ("issue_number",)) == (
        "Please remove a sub-issue from the parent issue with sub issue id 2033."
    )


@pytest.mark.parametrize("name", ["petstore", "uspto"])
def test_plain_orders_for_tools_without_a_pack_ask_for_what_a_tool_does(name: str) -> None:
    tools = catalogue(name)
    actions = actions_of(tools)
    drafted = list(draft(Order(tools, 150, seed=5)))
    assert len(drafted) == 150
    singles = [one for one in drafted if (one.category, one.kind) == ("positive", "direct")]
    assert singles
    for one in singles:
        assert actions[one.tool].split()[0] in " ".join(said_by(one.example)).lower()
    assert not any("multiple tags can" in text for one in drafted for text in said_by(one.example))


def test_what_the_first_of_two_steps_brought_is_told_too() -> None:
    drafted, _ = order_full(demo_tools(), seed=3, cells=(Cell(150, "multi_step"),))
    told = 0
    for one in drafted:
        turns = one.example.messages
        results = [json.loads(str(turn.content)) for turn in turns if turn.role == "tool"]
        if turns[-1].calls or "status" not in results[0]:
            continue
        told += 1
        assert any(str(value) in str(turns[-1].content) for value in results[0].values()), turns[-1].content
    assert told > 10


def test_no_phrase_tells_that_a_value_is_left_open() -> None:
    drafted, _ = order_full(demo_tools(), seed=3, cells=(Cell(300, "positive", "direct"),))
    openings = [said_by(one.example)[0].lower() for one in drafted]
    for phrase in ("the order id is", "my order", "has written down", "i have a note"):
        assert sum(phrase in text for text in openings) >= 4, phrase
    for one, text in zip(drafted, openings, strict=True):
        ((_, arguments),) = calls_of(one.example)
        if "order_id" in arguments:
            assert text.count(str(arguments["order_id"]).lower()) == 1, text


def test_no_password_is_read_out() -> None:
    result = {"type": "object", "properties": {"name": {"type": "string"}, "password": {"type": "string"}}}
    result["required"] = ["name", "password"]
    text = {"type": "string"}
    tool = make_tool(
        "get_user", "Get a user.", {"user_id": text}, ["user_id"], side_effect="read", result_schema=json.dumps(result)
    )
    drafted, _ = order_full((tool,), seed=1, cells=(Cell(40, "positive", "answered"),))
    assert drafted
    assert not any("password" in reply for one in drafted for reply in said_by(one.example, "assistant"))
    stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
    request = stage.request(tool, "direct")
    assert request is not None
    for outcome in ({"name": "Ada", "password": "hunter2"}, [{"name": "Ada", "password": "hunter2"}]):
        told = tell_outcome(stage, request, outcome)
        assert "Ada" in told
        assert "hunter2" not in told


def test_what_points_at_something_is_a_whole_number() -> None:
    tool = make_tool("close_issue", "Close an issue.", {"duplicate_of": {"type": "number"}}, ["duplicate_of"])
    stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
    drawn = [stage.draw(tool) for _ in range(40)]
    assert all(one is not None and isinstance(one.arguments["duplicate_of"], int) for one in drawn)


def test_a_noun_that_could_be_a_verb_is_not_asked_for_as_an_act() -> None:
    tool = next(one for one in catalogue("github") if one.name == "ui_get")
    assert method_action(tool, "issue_types") == ""


@pytest.mark.parametrize(
    "asked", ["How do I ", "Is a refund possible", "Can I get a refund", "Can I still", "May I have"]
)
def test_whoever_asks_how_or_whether_says_that_it_shall_be_done(asked: str) -> None:
    """A question alone is no order for what cannot be undone."""
    stage = Stage(Order(demo_tools(), 1, seed=3), demo_tools(), offers_all=False)
    frames = [frame for tool in demo_tools() for frame in stage.wording(tool).frames if asked in frame]
    assert all(re.search(r"(?i)\b(?:do it|go ahead)\b", frame) for frame in frames), frames


def test_the_shop_hands_over_in_the_words_of_its_policy() -> None:
    stage = Stage(Order(demo_tools(), 1, seed=3), demo_tools(), offers_all=False)
    (escalate,) = (tool for tool in demo_tools() if tool.name == "escalate")
    assert all("A person will answer you" in said for said in stage.wording(escalate).done["say"])
