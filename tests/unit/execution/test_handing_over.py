"""Tools that bring in people are known by what they do, not by a word that stands in their name."""

from __future__ import annotations

import pytest

from curation.execution.handing_over import hands_over


@pytest.mark.parametrize(
    "name",
    [
        "escalate",
        "escalate_case",
        "create_escalation",
        "human_handoff",
        "handover",
        "hand_over_to_staff",
        "handOffToAgent",
        "transfer_to_human",
        "transferToLiveAgent",
        "contact_support",
        "talk_to_a_colleague",
        "request_human_review",
        "create_support_ticket",
    ],
)
def test_what_brings_in_a_person_hands_over(name: str) -> None:
    assert hands_over(name)


@pytest.mark.parametrize(
    "name",
    [
        "book_ticket",
        "cancel_ticket",
        "create_ticket",
        "cancel_support_ticket",
        "get_support_ticket",
        "set_user_agent",
        "get_escalation_status",
        "cancel_escalation",
        "transfer_money",
        "transfer_domain",
        "detect_human_pose",
        "list_agents",
        "update_support_level",
    ],
)
def test_a_word_that_people_use_too_proves_nothing(name: str) -> None:
    assert not hands_over(name)
