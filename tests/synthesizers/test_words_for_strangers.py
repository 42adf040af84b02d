"""How tools nobody wrote words for are asked for: short acts, things named again, grammar that goes with them."""

from __future__ import annotations

import json

import pytest

from curation.model.values import Json
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.actions import action_of, method_action
from curation.synthesizers.answering import say_done
from curation.synthesizers.composing import compose
from curation.synthesizers.contract import Cell
from curation.synthesizers.details import Detail, in_sentences
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full, said_by

NAMED: dict[str, Json] = {"type": "string"}


@pytest.mark.parametrize(
    ("name", "description", "said"),
    [
        ("get_user", "Get user detail based on username.", "get user detail by username"),
        ("set_type", "Set or remove the type of an existing issue.", "set the type"),
        ("add_issue_reaction", "Add a reaction to an issue or pull request.", "add an issue reaction"),
        ("fork_repo", "Fork a repository to your account or specified organization", "fork a repository"),
        ("list_jobs", "List your organization's jobs", "list the organization's jobs"),
        ("create_users", "Creates list of users with given input array.", "create a list of users"),
    ],
)
def test_an_act_is_said_shortly_and_for_whoever_says_it(name: str, description: str, said: str) -> None:
    assert action_of(make_tool(name, description, {}, [])) == said


def test_a_method_that_only_describes_stands_before_its_thing() -> None:
    (tool,) = (one for one in catalogue("github") if one.name == "pull_request_review_write")
    assert method_action(tool, "submit_pending") == "submit the pending pull request review"


def test_both_verbs_of_an_act_are_told_as_done() -> None:
    tool = make_tool("create_or_update_file", "", {}, [])
    stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
    assert say_done(stage, tool, {}) == "created or updated a file"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Detail("tags", "tags", "name Olive", "records"), " The tags are name Olive."),
        (Detail("body", "body", "name Rossi", "records"), " The body is name Rossi."),
        (Detail("options", "options", "size auto", "record"), " The options have size auto."),
        (Detail("method", "method", "type dpo", "record"), " The method has type dpo."),
    ],
)
def test_one_thing_is_and_several_are(one: Detail, said: str) -> None:
    assert in_sentences([one]) == said


def test_the_number_that_names_the_very_thing_stands_beside_it() -> None:
    parent, child = Detail("issue_number", "issue number", "7"), Detail("sub_issue_id", "sub issue id", "2033")
    for details in ([parent, child], [child, parent]):
        said = compose("Please @action@comma.", "remove the sub issue", details)
        assert said == "Please remove sub issue 2033 with issue number 7."


def test_what_is_changed_becomes_the_value() -> None:
    kind = Detail("issue_type", "issue type", "Bug")
    assert compose("@action@comma", "update the issue type", [kind]) == "Update the issue type to Bug"
    user = Detail("username", "username", "ada_k")
    assert compose("@action@comma", "get user detail by username", [user]) == "Get user detail by username ada_k"
    assert compose("@action@comma", "delete the user", [user]) == "Delete the user ada_k"
    pet = Detail("pet_id", "pet id", "7")
    assert compose("@action@comma", "update the pet", [pet]) == "Update pet 7"


def test_a_method_that_is_a_deed_is_no_list_of_things() -> None:
    tool = next(one for one in catalogue("github") if one.name == "actions_run_trigger")
    assert method_action(tool, "run_workflow").startswith("run the workflow")


def test_a_second_step_names_what_it_is_about() -> None:
    tools = catalogue("openai")
    drafted, _ = order_full(tools, seed=1, cells=(Cell(20, "multi_step", "shared"),))
    others = get_synthesizer("recoveries").draft(
        Order(tools, 0, seed=1, cells=(Cell(12, "recovery", "alternative_tool"),))
    )
    told = [*drafted, *others]
    assert told
    for one in told:
        (_, given), *_ = calls_of(one.example)
        key = next(str(value) for name, value in given.items() if name in ("file_id", "fine_tuning_job_id", "model"))
        assert " ".join(said_by(one.example)).count(key) >= 2


def test_a_yes_behind_a_request_without_a_full_stop_begins_a_sentence() -> None:
    drafted, _ = order_full(catalogue("swagger_petstore"), seed=3, cells=(Cell(60, "multi_step"),))
    texts = [said_by(one.example)[0] for one in drafted]
    sure = [text for text in texts if "i am sure about this" in text.lower()]
    assert sure
    assert all(text[: text.lower().index("i am sure about this")].rstrip()[-1] in ".!?" for text in sure)


def test_a_name_with_an_underline_is_read_back_as_it_is() -> None:
    cells = (Cell(30, "hard_case", "approval_needed"), Cell(30, "hard_case", "missing_value"))
    drafted = [*get_synthesizer("hard_cases").draft(Order(catalogue("uspto"), 0, seed=3, cells=cells))]
    said = [text for one in drafted for role in ("user", "assistant") for text in said_by(one.example, role)]
    assert any("oa_citations" in text for text in said)
    assert not any("oa citations" in text for text in said)


def test_a_look_that_is_still_at_work_has_no_end_yet() -> None:
    drafted, _ = order_full(
        catalogue("openai"), seed=4, cells=(Cell(60, "positive", "answered", "retrieveFineTuningJob"),)
    )
    shown = [json.loads(text) for one in drafted for text in said_by(one.example, "tool")]
    running = [one for one in shown if one.get("status") in ("running", "queued", "validating_files")]
    assert running
    assert {one.get("finished_at") for one in running} == {None}
