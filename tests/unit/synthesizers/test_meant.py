"""A reply speaks of the one thing that was meant."""

from __future__ import annotations

import pytest

from curation.model.values import Json
from curation.synthesizers import Order
from curation.synthesizers.answering import say_done
from curation.synthesizers.meant import mean_it
from curation.synthesizers.near_words import Near, word_gone
from curation.synthesizers.recovery_words import action_of
from curation.synthesizers.scene import Request
from curation.synthesizers.stage import Stage
from curation.synthesizers.wordings import required_of
from tests.synthesizers.drafting import catalogue, make_tool

_ID: dict[str, Json] = {"job_id": {"type": "string"}}
_JOB = make_tool("cancel_job", "Cancel a job.", _ID, ["job_id"], side_effect="write")
_TOLD = {
    "openai": "cancelFineTuningJob",
    "github": "dismiss_notification",
    "petstore": "showPetById",
    "swagger_petstore": "getUserByName",
}


@pytest.mark.parametrize(
    ("action", "meant"),
    [
        ("cancel a job", "cancel the job"),
        ("archive an export", "archive the export"),
        ("cancel the job", "cancel the job"),
        ("create a job", "create a job"),
        ("get user detail by username", "get user detail"),
        ("get the order by id", "get the order"),
        ("get the order by order number", "get the order"),
        ("find pets by status", "find pets by status"),
        ("search by name", "search by name"),
    ],
)
def test_an_act_is_one_on_what_was_named(action: str, meant: str) -> None:
    assert mean_it(_JOB, action, {"job_id": "J1"}) == meant


def test_where_nothing_was_named_any_thing_is_spoken_of() -> None:
    assert mean_it(_JOB, "cancel a job", {}) == "cancel a job"


def test_replies_speak_of_the_one_that_was_meant() -> None:
    for name, tool_name in _TOLD.items():
        tool = next(one for one in catalogue(name) if one.name == tool_name)
        stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
        arguments: dict[str, Json] = dict.fromkeys(required_of(tool), "J6788")
        said = action_of(stage, Request(tool, "", "", arguments, {}))
        gone = word_gone(stage, Near(tool, "", arguments))
        assert not any(f" {word} " in text for text in (said, gone) for word in ("a", "by")), (said, gone)
        assert " a " not in say_done(stage, tool, arguments)
