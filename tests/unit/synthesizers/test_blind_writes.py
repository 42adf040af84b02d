"""A write of unknown outcome is handed over only where nothing could show what became of it."""

from __future__ import annotations

import pytest

from curation.model.values import Json
from curation.synthesizers import Order
from curation.synthesizers.recoveries_in_words import hand_over_unknown
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import make_tool

_PET: dict[str, Json] = {"name": {"type": "string"}}
_SHOP: dict[str, Json] = {"shop": {"type": "string"}}
_STATUS: dict[str, Json] = {"status": {"type": "string"}}


@pytest.mark.parametrize(
    ("look", "parameters", "required", "is_handed_over"),
    [
        ("listPets", {}, [], False),
        ("listPets", _SHOP, ["shop"], False),
        ("listPets", _STATUS, ["status"], True),
        ("findPetsByStatus", _STATUS, [], True),
        ("listOwners", {}, [], True),
    ],
)
def test_what_a_list_can_show_is_handed_to_nobody(
    look: str, parameters: dict[str, Json], required: list[str], is_handed_over: bool
) -> None:
    write = make_tool("createPet", "Create a pet.", _PET | _SHOP, ["name", "shop"], side_effect="write")
    reader = make_tool(look, "Look.", parameters, required, side_effect="read")
    stage = Stage(Order((write, reader), 1), (write, reader), offers_all=False)
    assert (hand_over_unknown(stage, [write]) is not None) is is_handed_over
