"""The examples an order starts from: by tool, by hard case, by number, and never those of another project."""

from __future__ import annotations

import pytest

from curation.errors import NotFoundError, UnreadableError
from curation.model.example import Example, Message
from curation.model.states import ExampleState
from curation.services import reviewing, seed_examples, writing
from curation.services.browsing import list_examples
from curation.services.people import local_actor
from curation.services.projects import create_project
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import Workspace


@pytest.fixture
def project_id(ws: Workspace, project_id: str) -> str:
    """Twelve accepted examples that call a tool, and one candidate."""
    actor = local_actor(ws)
    draft_candidates(ws, actor, project_id, "schema_driven", count=13, mix={"positive": 1.0}, nonce="draft")
    for row in list_examples(ws, project_id, states=[ExampleState.CANDIDATE]).rows[1:]:
        reviewing.accept(ws, actor, row.id, row.head_rev, nonce=row.id)
    return project_id


def test_examples_of_a_tool_are_the_accepted_ones_that_call_it(ws: Workspace, project_id: str) -> None:
    accepted = list_examples(ws, project_id, states=[ExampleState.ACCEPTED]).rows
    example = seed_examples.choose_seeds(ws, project_id, [accepted[0].id])[0]
    tool = next(str(call.name) for message in example.messages for call in message.calls or ())
    found = seed_examples.find_seeds(ws, project_id, tool=tool)
    assert accepted[0].id in found
    assert set(found) <= {row.id for row in accepted}
    for seed in seed_examples.choose_seeds(ws, project_id, found):
        assert tool in [call.name for message in seed.messages for call in message.calls or ()]


def test_examples_of_a_hard_case_carry_its_tag(ws: Workspace, project_id: str) -> None:
    with pytest.raises(NotFoundError, match="required_order"):
        seed_examples.find_seeds(ws, project_id, hard_case="required_order")
    actor = local_actor(ws)
    hard = Example(
        messages=(Message(role="user", content="Hi"), Message(role="assistant", content="Hello")),
        tags=("required_order",),
    )
    made = writing.new_example(ws, actor, project_id, hard, nonce="hard", state=ExampleState.CANDIDATE)
    reviewing.accept(ws, actor, made.id, made.head_rev, nonce="accept")
    assert seed_examples.find_seeds(ws, project_id, hard_case="required_order") == (made.id,)


def test_numbers_and_ranges_name_examples_in_their_order(ws: Workspace, project_id: str) -> None:
    ids = {row.number: row.id for row in list_examples(ws, project_id).rows}
    low = min(ids)
    found = seed_examples.find_numbered(ws, project_id, f"{low + 3}, #{low}-{low + 1}, {low}")
    assert found == (ids[low + 3], ids[low], ids[low + 1])
    assert seed_examples.list_numbers(ws, found) == (low + 3, low, low + 1)


def test_numbers_of_another_project_and_words_are_refused(ws: Workspace, project_id: str) -> None:
    other = create_project(ws, local_actor(ws), "Other", nonce="other")
    taken = list_examples(ws, project_id).rows[0].number
    with pytest.raises(NotFoundError, match=f"no example #{taken}"):
        seed_examples.find_numbered(ws, other.id, str(taken))
    for text, told in (
        ("", "No example is named"),
        ("4-", "“4-” is no number"),
        ("1-2001", "More than 2,000"),
        ("1-1999, 3000-3002", "More than 2,000"),
        (f"{taken}, 20-12", "“20-12” runs backwards"),
    ):
        with pytest.raises(UnreadableError, match=told):
            seed_examples.find_numbered(ws, project_id, text)
