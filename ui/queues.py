"""The two queues of examples: what Write and Review list in their rails."""

from __future__ import annotations

from curation.model.filters import Special
from curation.model.states import GONE, ExampleState
from ui import state
from ui.rail_tabs import Rail, Tab

CANDIDATES = "Candidates"
"""Proposals of a machine that nobody has judged yet: one word for them everywhere."""
IN_WORK = "All"
"""Whatever its state: a list of Examples is worked down as it was filtered there."""

WRITING = Rail(
    page="write",
    heading="Queue",
    tabs=(
        Tab("Drafts", (ExampleState.DRAFT,)),
        Tab("Asked", (ExampleState.CHANGES_REQUESTED,)),
        Tab(CANDIDATES, (ExampleState.CANDIDATE,)),
        Tab("Repair", special=Special.REPAIR),
        Tab("Done", (ExampleState.SUBMITTED, ExampleState.ACCEPTED, ExampleState.REJECTED)),
        Tab(IN_WORK, tuple(one for one in ExampleState if one not in GONE)),
    ),
    chosen=state.EXAMPLE,
    empty="Nothing here. New starts a conversation, Template a hard case; Home and Health can order candidates.",
)
REVIEWING = Rail(
    page="review",
    heading="Review",
    tabs=(
        Tab("To review", (ExampleState.SUBMITTED,)),
        Tab(CANDIDATES, (ExampleState.CANDIDATE,)),
        Tab("Second look", special=Special.SECOND_LOOK),
        Tab("Differ", special=Special.DIFFER),
        Tab("Done", (ExampleState.ACCEPTED, ExampleState.REJECTED)),
    ),
    chosen=state.REVIEWED,
    empty="Nothing left here.",
)
