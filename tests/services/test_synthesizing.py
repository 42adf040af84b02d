"""Drafting by machine through the service: what is stored, in which state, and what is told about it."""

from __future__ import annotations

import pytest

from curation.errors import NotFoundError, StateError
from curation.model.states import ExampleState
from curation.services.browsing import count_states, list_examples
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.synthesizing import draft_candidates, mix_with
from curation.services.workspace import Workspace
from curation.services.writing import open_example


def test_candidates_are_stored_and_none_is_accepted(ws: Workspace, project_id: str) -> None:
    report = draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=60, nonce="draft")
    assert report.n_added == 60
    assert sum(report.categories.values()) == 60
    assert report.dropped == {}
    counts = count_states(ws, project_id)
    assert counts[ExampleState.CANDIDATE.value] == 60
    assert not counts.get(ExampleState.ACCEPTED.value)


def test_stored_candidates_have_no_errors(ws: Workspace, project_id: str) -> None:
    draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=45, nonce="draft")
    rows = list_examples(ws, project_id, limit=50).rows
    assert [row.n_error for row in rows] == [0] * 45
    assert {row.origin for row in rows} == {"synthesised"}


def test_the_same_order_under_another_nonce_adds_no_doubles(ws: Workspace, project_id: str) -> None:
    draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=30, seed=3, nonce="first")
    again = draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=30, seed=3, nonce="second")
    assert (again.n_added, again.n_duplicates) == (0, 30)


def test_the_same_nonce_drafts_once(ws: Workspace, project_id: str) -> None:
    first = draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=20, nonce="same")
    second = draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=20, nonce="same")
    assert second == first
    assert count_states(ws, project_id)[ExampleState.CANDIDATE.value] == 20


def test_only_the_chosen_tools_are_called_and_the_others_offered_beside(ws: Workspace, project_id: str) -> None:
    draft_candidates(
        ws,
        local_actor(ws),
        project_id,
        "schema_driven",
        count=12,
        tool_names=["cancel_order"],
        mix={"positive": 1.0},
        nonce="draft",
    )
    examples = [open_example(ws, row.id).example for row in list_examples(ws, project_id).rows]
    called = {call.name for example in examples for turn in example.messages for call in turn.calls or ()}
    assert len(examples) == 12
    assert called == {"cancel_order"}
    assert {len(example.tools or ()) for example in examples} >= {3, 5}


def test_progress_counts_up_to_the_end(ws: Workspace, project_id: str) -> None:
    seen: list[int] = []
    draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=25, progress=seen.append, nonce="draft")
    assert seen == sorted(seen)
    assert seen[-1] == 25


def test_an_unknown_tool_is_named_with_those_there_are(ws: Workspace, project_id: str) -> None:
    with pytest.raises(NotFoundError, match=r"no tool `fly`.*track_order"):
        draft_candidates(ws, local_actor(ws), project_id, "schema_driven", count=5, tool_names=["fly"], nonce="draft")


def test_a_project_without_tools_is_refused_in_one_sentence(ws: Workspace) -> None:
    empty = create_project(ws, local_actor(ws), "Empty", nonce="project")
    with pytest.raises(StateError, match="no tools yet"):
        draft_candidates(ws, local_actor(ws), empty.id, "schema_driven", count=5, nonce="draft")


def test_mix_keeps_the_two_chosen_shares_and_is_whole() -> None:
    mix = mix_with(0.3, 0.2)
    assert (mix["no_tool"], mix["recovery"]) == (0.3, 0.2)
    assert sum(mix.values()) == pytest.approx(1.0)
    assert mix["positive"] > mix["multi_step"] > 0
