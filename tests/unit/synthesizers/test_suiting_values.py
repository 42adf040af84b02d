"""A drawn value suits its field: what it is about, and whatever the call does."""

from __future__ import annotations

import pytest

from curation.synthesizers.grammar import grammar
from curation.synthesizers.pack_values import kind_of, kinds
from tests.synthesizers.drafting import catalogue


@pytest.mark.parametrize("name", ["delete_file", "create_or_update_file"])
def test_a_commit_message_goes_with_adding_and_with_removing(name: str) -> None:
    tool = next(one for one in catalogue("github") if one.name == name)
    acts = grammar()["making"] | grammar()["removing"]
    values = kinds()[kind_of(tool, "message", {"description": "Commit message"})].values
    assert len(values) > 5
    assert not [one for one in values if one.split()[0].lower() in acts]


def test_a_rationale_gives_a_reason_and_asks_for_nothing() -> None:
    tool = next(one for one in catalogue("github") if one.name == "update_issue_labels")
    kind = kind_of(tool, "rationale", {"description": "Why the issue is changed."})
    values = kinds()[kind].values
    assert values
    assert kind != kind_of(tool, "body", {"description": "Text of the comment."})
    assert not any("please" in one.lower() for one in values)


@pytest.mark.parametrize("field", ["tag", "tags", "category"])
def test_a_pet_is_no_invoice(field: str) -> None:
    offices = {"finance", "invoices", "urgent", "archive", "training", "feedback", "research"}
    for source in ("petstore", "swagger_petstore", "petstore_expanded"):
        for tool in catalogue(source):
            if "pet" in tool.name.lower():
                assert offices.isdisjoint(kinds()[kind_of(tool, field, {})].values), tool.name
