"""What people and answers say of values: handles as they are written, records by their names, no word of a schema."""

from __future__ import annotations

import pytest

from curation.model.values import Json
from curation.synthesizers import Order
from curation.synthesizers.actions import actions_of
from curation.synthesizers.clarifying import tell
from curation.synthesizers.composing import compose
from curation.synthesizers.contract import Cell
from curation.synthesizers.details import detail, in_sentences, label_beside, label_words, say_record
from curation.synthesizers.outcomes import tell_outcome
from curation.synthesizers.pack_values import kinds
from curation.synthesizers.scene import Request
from curation.synthesizers.stage import Stage
from tests.synthesizers.drafting import calls_of, catalogue, make_tool, order_full, said_by

TEXT: dict[str, Json] = {"type": "string"}
STATES: dict[str, Json] = {"type": "string", "enum": ["on_its_way", "delivered"]}


def test_a_handle_is_told_as_it_is_written_and_a_choice_in_words() -> None:
    known = {"username": TEXT, "state": STATES}
    delete = make_tool("delete_user", "Delete a user.", known, ["username"], side_effect="destructive")
    look = make_tool(
        "get_user", "Get a user.", known, ["username"], side_effect="read",
        result_schema='{"properties": {"login": {"type": "string"}, "parcel": {"enum": ["on_its_way"]}}}',
    )  # fmt: skip
    for tool, outcome in ((delete, {"ok": True}), (look, {"login": "chloe_k", "parcel": "on_its_way"})):
        stage = Stage(Order((tool,), 1), (tool,), offers_all=False)
        given: dict[str, Json] = {"username": "chloe_k"}
        for told in (tell_outcome(stage, Request(tool, "", "", given, {}), outcome), tell(stage, tool, given, outcome)):
            assert "chloe_k" in told
            assert "on_its_way" not in told
            assert tool is delete or "on its way" in told


def test_own_values_of_an_expert_are_said_as_they_are_written() -> None:
    tool = make_tool("get_user", "Get a user.", {"username": TEXT}, ["username"], side_effect="read")
    drafted, _ = order_full((tool,), 30, values={"username": ("chloe_k", "otto_m")})
    told = [text for one in drafted for text in said_by(one.example)]
    assert any("_" in text for text in told)
    assert not [text for text in told if "chloe k" in text or "otto m" in text]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("category", {"id": 9857, "name": "Dogs"}, "The category is Dogs (id 9857)."),
        ("tags", [{"id": 1, "name": "Rex"}, {"name": "Bo"}], "The tags are Rex (id 1) and Bo."),
        ("method", {"type": "dpo", "dpo": {"beta": 2}}, "The method is dpo (beta 2)."),
        ("expiry", {"anchor": "created_at", "seconds": 3600}, "The expiry is 3600 seconds (anchor created_at)."),
        ("body", [{"username": "chloe_k", "id": 3}], "Username chloe_k and id 3."),
        ("body", "The tests pass now.", "The body is The tests pass now."),
        ("box", {"height": 3, "width": 4}, "The box has height 3 and width 4."),
    ],
)
def test_a_record_is_said_by_its_name_and_nobody_says_the_body(name: str, value: Json, said: str) -> None:
    phrase = str(value) if isinstance(value, str) else ""
    assert in_sentences([detail(name, label_words(name), value, phrase)]).strip() == said


def test_a_member_of_the_body_is_the_new_one_only_beside_one_of_its_name() -> None:
    (update,) = (tool for tool in catalogue("swagger_petstore") if tool.name == "updateUser")
    assert label_beside("body_username", ("username", "body_username")) == "new username"
    assert label_beside("body_html", ("subject", "body_html")) == "body html"
    assert label_words("body_temperature") == "body temperature"
    drafted, _ = order_full((update,), 30, seed=3)
    said = " ".join(text for one in drafted for text in said_by(one.example)).lower()
    assert "new username" in said
    assert "body username" not in said


def test_a_member_that_nothing_stands_in_is_said() -> None:
    assert say_record({"name": "Rex", "owner": None}) == "Rex (owner nothing)"


def test_a_thing_within_a_thing_has_a_name_of_its_own_kind() -> None:
    (add,) = (tool for tool in catalogue("swagger_petstore") if tool.name == "addPet")
    drafted, _ = order_full((add,), 60, seed=3)
    made = [arguments for one in drafted for _, arguments in calls_of(one.example)]
    tags = [tag for arguments in made for tag in arguments.get("tags", [])]
    categories = [arguments["category"] for arguments in made if "category" in arguments]
    assert tags
    assert categories
    assert {one.get("name") for one in tags} <= set(kinds()["pet_tag"].values)
    assert {one.get("name") for one in categories} <= set(kinds()["pet_category"].values)


def test_what_is_searched_for_is_said_without_the_name_of_its_argument() -> None:
    said = [detail(name, name, value, value) for name, value in (("query", "chess engine"), ("rows", "20"))]
    assert compose("Please @action@comma.", "find repositories", said) == (
        "Please find repositories, looking for chess engine, 20 rows."
    )


@pytest.mark.parametrize(
    ("name", "description", "said"),
    [
        ("getInventory", "Returns a map of status codes to quantities.", "get inventory"),
        ("updatePetWithForm", "Updates a pet resource based on the form data.", "update a pet"),
        ("add_order_entity", "Create an order entity.", "create an order"),
        ("create_record", "Create a record.", "create a record"),
        ("get_object", "Get an object", "get an object"),
        ("delete_record", "", "delete the record"),
        ("create_new_record", "Create a new record.", "create a new record"),
    ],
)
def test_an_act_is_said_without_words_of_a_manual(name: str, description: str, said: str) -> None:
    assert actions_of([make_tool(name, description, {}, [])]) == {name: said}


def test_nobody_logs_in_without_a_password() -> None:
    drafted, _ = order_full(catalogue("swagger_petstore"), cells=(Cell(16, "positive", "", "loginUser"),))
    logins = [given for one in drafted for name, given in calls_of(one.example) if name == "loginUser"]
    assert logins
    assert all(set(given) == {"username", "password"} for given in logins)


def test_a_label_that_ends_before_its_noun_is_set_like_a_setting() -> None:
    said = in_sentences([detail("duplicate_of", "duplicate of", 7711, "7711", "en")])
    assert said.strip() == 'Set "duplicate of" to 7711.'
