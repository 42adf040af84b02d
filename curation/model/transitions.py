"""Which act may follow in which state of an example, and where it leads: one table, nothing beside it."""

from __future__ import annotations

from curation.errors import StateError
from curation.model.states import ExampleState

CANDIDATE, DRAFT, SUBMITTED, CHANGES_REQUESTED, ACCEPTED, REJECTED, ARCHIVED = ExampleState

TRANSITIONS: dict[str, dict[ExampleState, ExampleState]] = {
    "save": {
        CANDIDATE: DRAFT,
        DRAFT: DRAFT,
        SUBMITTED: DRAFT,
        CHANGES_REQUESTED: CHANGES_REQUESTED,
        ACCEPTED: DRAFT,
        REJECTED: DRAFT,
    },
    "submit": {CANDIDATE: SUBMITTED, DRAFT: SUBMITTED, CHANGES_REQUESTED: SUBMITTED},
    "accept": {CANDIDATE: ACCEPTED, SUBMITTED: ACCEPTED},
    "accept in a batch": {CANDIDATE: ACCEPTED, DRAFT: ACCEPTED, SUBMITTED: ACCEPTED},
    "request changes": {
        CANDIDATE: CHANGES_REQUESTED,
        SUBMITTED: CHANGES_REQUESTED,
        ACCEPTED: CHANGES_REQUESTED,
    },
    "reject": {
        CANDIDATE: REJECTED,
        DRAFT: REJECTED,
        SUBMITTED: REJECTED,
        CHANGES_REQUESTED: REJECTED,
        ACCEPTED: REJECTED,
    },
    "move to new tools": {
        CANDIDATE: CANDIDATE,
        DRAFT: DRAFT,
        SUBMITTED: SUBMITTED,
        CHANGES_REQUESTED: CHANGES_REQUESTED,
        ACCEPTED: SUBMITTED,
    },
    "swap definitions": {
        CANDIDATE: CANDIDATE,
        DRAFT: DRAFT,
        SUBMITTED: SUBMITTED,
        CHANGES_REQUESTED: CHANGES_REQUESTED,
        ACCEPTED: ACCEPTED,
    },
    "quarantine": {
        CANDIDATE: CHANGES_REQUESTED,
        DRAFT: CHANGES_REQUESTED,
        SUBMITTED: CHANGES_REQUESTED,
        CHANGES_REQUESTED: CHANGES_REQUESTED,
        ACCEPTED: CHANGES_REQUESTED,
    },
    "archive": {state: ARCHIVED for state in ExampleState if state is not ARCHIVED},
    "restore": {ARCHIVED: DRAFT},
}
"""Act → state before → state after. Only the two accepts lead to `accepted`, and saving leads away from it; definitions
swapped under the same conversation leave a state as it is."""


def follow(act: str, state: ExampleState, name: str) -> ExampleState:
    """The state after an act; a sentence when the act is not open in this state."""
    after = TRANSITIONS[act].get(state)
    if after is None:
        open_in = ", ".join(words(one) for one in TRANSITIONS[act])
        raise StateError(f"{name} is {words(state)}: {act} is not open there.", hint=f"It is open for: {open_in}.")
    return after


def words(state: ExampleState) -> str:
    """A state as people say it."""
    return state.value.replace("_", " ")
