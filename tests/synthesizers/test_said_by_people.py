"""Requests for tools nobody wrote words for, as a person would put them."""

from __future__ import annotations

import re
from random import Random

import pytest

from curation.synthesizers import Order
from curation.synthesizers.actions import action_of, method_action, past
from curation.synthesizers.composing import compose
from curation.synthesizers.contract import Cell, Voice
from curation.synthesizers.details import Detail, detail
from curation.synthesizers.generic import generic_words
from curation.synthesizers.stage import Stage
from curation.synthesizers.voice import Manner, speak
from tests.synthesizers.drafting import calls_of, catalogue, errors_of, make_tool, order_full, said_by


@pytest.mark.parametrize(
    ("description", "said"),
    [
        (
            "Find GitHub repositories by name, description, readme, topics, or other metadata.",
            "find GitHub repositories",
        ),
        ("Dismiss a notification by marking it as read or done", "dismiss a notification"),
        ("List discussions for a repository or organisation.", "list discussions"),
        ("Search for commits using GitHub's commit search syntax.", "search for commits"),
        ("Delete a file and remove it from all stores.", "delete a file"),
        ("Get the contents of a file or directory.", "get the contents"),
    ],
)
def test_an_act_is_said_without_what_only_a_manual_adds(description: str, said: str) -> None:
    assert action_of(make_tool("do_it", description, {}, [])) == said


@pytest.mark.parametrize(
    ("tool", "method", "said"),
    [
        ("projects_write", "delete_project_item", "delete the project item"),
        ("pull_request_review_write", "unresolve_thread", "unresolve the thread of the pull request review"),
    ],
)
def test_an_act_of_many_names_what_it_is_done_to_without_brackets(tool: str, method: str, said: str) -> None:
    found = next(one for one in catalogue("github") if one.name == tool)
    assert method_action(found, method) == said


def _details(**said: str) -> list[Detail]:
    return [detail(name, name.replace("_", " "), phrase, phrase) for name, phrase in said.items()]


@pytest.mark.parametrize(
    ("action", "said", "left_open", "text"),
    [
        ("unstar a GitHub repository", {"owner": "willow-labs", "repo": "garden-cli"}, (),
         "Please unstar the GitHub repository willow-labs/garden-cli."),
        ("list releases", {"owner": "willow-labs", "repo": "garden-cli", "perPage": "5"}, (),
         "Please list releases in the repository willow-labs/garden-cli with perPage 5."),
        ("list releases", {"owner": "willow-labs", "repo": "garden-cli"}, ("repo",),
         "Please list releases with owner willow-labs."),
        ("get the order by id", {"order_id": "762"}, (), "Please get order 762."),
        ("get the order by id", {"order_id": "762"}, ("order_id",), "Please get the order."),
        ("update the title of the pull request", {"pull_number": "94", "title": "Tax"}, (),
         "Please update the title of pull request 94 with title Tax."),
        ("delete the pet", {"id": "5774"}, (), "Please delete pet 5774."),
        ("delete the pet", {"pet_id": "2212"}, (), "Please delete pet 2212."),
        ("list jobs", {"per_page": "20", "direction": "desc"}, (),
         "Please list jobs, 20 per page, in descending order."),
    ],
)  # fmt: skip
def test_arguments_are_said_as_people_say_them(
    action: str, said: dict[str, str], left_open: tuple[str, ...], text: str
) -> None:
    assert compose("Please @action@comma.", action, _details(**said), left_open) == text


def test_a_switch_and_a_record_of_one_thing_are_said_plainly() -> None:
    switch, record = detail("is_draft", "is draft", True, "yes"), detail("category", "category", {"name": "Dogs"}, "")
    assert compose("Please @action@comma.", "add a note", [record, switch]) == (
        "Please add a note with category Dogs, draft: yes."
    )


def test_nobody_opens_twice() -> None:
    for seed in range(30):
        said = speak("Please list pets.", Manner(tone="polite", persona="newcomer", length="long"), Random(seed))
        assert said[: said.index("Please")].count(".") + said[: said.index("Please")].count("?") <= 1, said


def test_no_template_claims_what_nobody_knows() -> None:
    frames = " ".join(generic_words().frames)
    assert not any(words in frames for words in ("these facts", "I was told", "all you need", "Then do it", "My boss"))


def test_what_destroys_is_called_after_a_yes() -> None:
    """The yes is in the request, or in the answer to a question, in every shape of conversation."""
    tools = catalogue("swagger_petstore")
    cells = (Cell(12, "positive", tool="deletePet"), Cell(6, "parallel", tool="deletePet"))
    drafted, _ = order_full(tools, seed=2, cells=cells)
    assert len(drafted) == 18
    for one in drafted:
        said = " ".join(said_by(one.example)).lower()
        assert any(word in said for word in ("i am sure", "confirm", "yes", "i want this")), said
        assert not errors_of(one.example, tools)
    asked = [one for one in drafted if any("?" in text for text in said_by(one.example, "assistant"))]
    assert any("delete pet" in " ".join(said_by(one.example, "assistant")).lower() for one in asked)


def test_a_write_is_told_by_what_was_done_and_a_list_by_its_names() -> None:
    tools = catalogue("swagger_petstore")
    cells = (Cell(6, "positive", "answered", "deleteOrder"), Cell(6, "positive", "answered", "findPetsByStatus"))
    drafted, _ = order_full(tools, seed=2, cells=cells)
    closings: dict[str, list[str]] = {one.tool: [] for one in drafted}
    for one in drafted:
        closings[one.tool].append(str(one.example.messages[-1].content))
    assert all(re.search(r"deleted (the )?order \d+", text) for text in closings["deleteOrder"])
    assert all(re.search(r"(?:\d|found|says): [A-Z]\w+|with [A-Z]\w+", text) for text in closings["findPetsByStatus"])


@pytest.mark.parametrize(
    ("verb", "said"),
    [("delete", "deleted"), ("send", "sent"), ("stop", "stopped"), ("apply", "applied"), ("pay", "paid")],
)
def test_a_deed_is_told_in_the_past(verb: str, said: str) -> None:
    assert past(verb) == said


def test_nobody_asks_with_a_cursor_and_a_search_by_tags_names_them() -> None:
    text = {"type": "string"}
    pages = make_tool("list_notes", "List notes.", {"cursor": text, "topic": text}, [])
    by_tags = make_tool("findNotesByTags", "Find notes.", {"tags": {"type": "array", "items": text}}, [])
    drafted, _ = order_full((pages, by_tags), seed=1, cells=(Cell(20, "positive", "direct"),))
    called = [call for one in drafted for call in calls_of(one.example)]
    assert not any("cursor" in arguments for _, arguments in called)
    assert all(arguments["tags"] for name, arguments in called if name == "findNotesByTags")
    assert {name for name, _ in called} == {"list_notes", "findNotesByTags"}


def test_which_of_many_acts_is_wanted_is_never_left_open() -> None:
    tools = catalogue("github")
    stage = Stage(Order(tools, 1, seed=3), tools, offers_all=False)
    tool = next(one for one in tools if one.name == "actions_run_trigger")
    requests = [request for _ in range(12) if (request := stage.request(tool, "clarified"))]
    assert requests
    assert not any("method" in request.openable() for request in requests)


def test_the_yes_is_spoken_like_the_request_it_stands_in() -> None:
    tools = catalogue("swagger_petstore")
    kinds = [("parallel", "same_tool"), ("recovery", "corrected_argument"), ("recovery", "escalate")]
    cells = tuple(Cell(8, category, kind, "deletePet") for category, kind in kinds)
    drafted, _ = order_full(tools, seed=4, cells=cells, voice=Voice(tones=("texting",), lengths=("short",)))
    asked = [said_by(one.example)[0] for one in drafted]
    assert len(asked) == sum(cell.count for cell in cells)
    assert all(re.search("sure|confirm", text) for text in asked)
    assert [text for text in asked if text.endswith(".")] == []
