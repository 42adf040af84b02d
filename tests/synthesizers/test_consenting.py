"""What cannot be taken back is called after a yes in every strategy, so that no two drafts teach the contrary."""

from __future__ import annotations

import pytest

from curation.model.candidate import Candidate
from curation.model.reading import Reading
from curation.rules import check_language
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.contract import Cell
from tests.synthesizers.drafting import calls_in, catalogue, make_tool, said_by

HOUSE_RULE = "Ask for confirmation before you do anything destructive."
UNCONFIRMED = "B08"
STRATEGIES = ("schema_driven", "near_misses", "contrast_pairs", "recoveries", "hard_cases")


def drafted(strategy: str, name: str, count: int, cells: tuple[Cell, ...] = ()) -> list[Candidate]:
    parameters = {"variety": "full", "system": HOUSE_RULE}
    order = Order(catalogue(name), count, seed=4, cells=cells, parameters=parameters)
    return list(get_synthesizer(strategy).draft(order))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_is_destroyed_without_a_yes(strategy: str) -> None:
    known = {tool.name: tool for tool in catalogue("openai")}
    candidates = drafted(strategy, "openai", 120)
    called = {name for one in candidates for turn in one.example.messages for name, _ in calls_in(turn)}
    assert any(known[name].side_effect == "destructive" for name in called)
    found = [finding for one in candidates for finding in check_language(Reading(one.example), known)]
    assert [finding.message for finding in found if finding.code == UNCONFIRMED] == []


def test_only_what_destroys_asks_first_in_a_contrast_pair() -> None:
    known = {tool.name: tool for tool in catalogue("openai")}
    candidates = drafted("contrast_pairs", "openai", 120)
    destructive = {name for name, tool in known.items() if tool.side_effect == "destructive"}
    destructive.add("cancelFineTuningJob")  # "Immediately cancel a fine-tune job": nothing takes it up again.
    for one in candidates:
        is_asked = len([turn for turn in one.example.messages if turn.role == "user"]) > 1
        assert is_asked == (one.tool in destructive), one.tool


def test_halves_that_both_destroy_are_asked_the_same() -> None:
    candidates = drafted("contrast_pairs", "openai", 0, (Cell(60, "positive", "contrast", "deleteFile"),))
    both = [
        (mine, theirs)
        for mine, theirs in zip(candidates[::2], candidates[1::2], strict=True)
        if {mine.tool, theirs.tool} <= {"deleteFile", "deleteModel"}
    ]
    for mine, theirs in both:
        # Up to the act the question is the same, and so is the yes.
        asked = [str(one.example.messages[-3].content).split("delete", maxsplit=1)[0] for one in (mine, theirs)]
        assert asked[0] == asked[1]
        assert mine.example.messages[-2] == theirs.example.messages[-2]


def test_a_yes_that_was_given_already_is_not_asked_for_again() -> None:
    for kind in ("approval_needed", "conflicting_constraints"):
        for one in drafted("hard_cases", "openai", 0, (Cell(60, "hard_case", kind, "deleteFile"),)):
            replies = [str(turn.content).lower() for turn in one.example.messages if turn.role == "user"][1:]
            agreed = [reply for reply in replies if "go ahead" in reply or "yes" in reply or "do it" in reply]
            assert len(agreed) <= 1, replies


def test_a_yes_does_not_outlive_the_value_it_was_said_of() -> None:
    again = [
        one
        for one in drafted("recoveries", "openai", 0, (Cell(80, "recovery", "corrected_argument", "deleteFile"),))
        if len({str(made) for turn in one.example.messages for made in calls_in(turn)}) > 1
        and len(said_by(one.example)) > 1
    ]
    assert again
    for one in again:
        (_, given), (_, called) = (made for turn in one.example.messages for made in calls_in(turn))
        *_, question, _ = said_by(one.example, "assistant")
        assert called["file_id"] in question, said_by(one.example)
        assert given["file_id"] not in question


@pytest.mark.parametrize(
    ("name", "description", "asks"),
    [
        ("terminateLease", "Terminate a lease at once.", True),
        ("revoke_key", "Revoke a key.", True),
        ("close_account", "Close an account.", True),
        ("close_window", "Close a window.", False),
        ("pause_lease", "Pause a lease.", False),
    ],
)
def test_what_cannot_be_taken_up_again_asks_first(name: str, description: str, asks: bool) -> None:
    one_id = {"lease_id": {"type": "string"}}
    tool = make_tool(name, description, one_id, ["lease_id"], side_effect="write")
    beside = make_tool("show_lease", "Show a lease.", one_id, ["lease_id"], side_effect="read")
    order = Order((tool, beside), 0, seed=4, cells=(Cell(8, "positive", "contrast", name),))
    candidates = [one for one in get_synthesizer("contrast_pairs").draft(order) if one.tool == name]
    assert candidates
    assert {len(said_by(one.example)) > 1 for one in candidates} == {asks}
