"""Near-misses: what changes between an example that calls and one that does not, and nothing else."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise

import pytest

from curation.model.example import Example, Message
from curation.model.values import Json
from curation.synthesizers import Candidate, Order, get_synthesizer
from curation.synthesizers.blanking import leave_out
from curation.synthesizers.contract import Cell
from curation.synthesizers.domain import load_pack
from curation.synthesizers.frames import slots_of
from curation.synthesizers.generic import generic_words
from curation.synthesizers.lesson_words import near_tools
from curation.synthesizers.look_alikes import stand_ins
from curation.synthesizers.sharing import hands_over
from curation.synthesizers.subjects import reads
from curation.synthesizers.wordings import required_of
from tests.synthesis_orders import catalogue, openings_of, seeds_of
from tests.synthesizers.drafting import calls_of, make_tool
from tests.synthesizers.drafting import catalogue as catalogue_of

SHOP = catalogue("shop")
PET: dict[str, Json] = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
NAMED: dict[str, Json] = {"type": "object", "properties": {"name": {"type": "string"}}}


def twins(count: int = 200) -> list[tuple[Candidate, Candidate]]:
    candidates = list(get_synthesizer("near_misses").draft(Order(SHOP, count, seed=4)))
    return [(one, other) for one, other in pairwise(candidates) if one.twin == other.twin]


def names(example: Example) -> set[str | None]:
    return {one.view.name for one in example.tools or ()}


def last(example: Example) -> Message:
    return example.messages[-1]


def test_a_positive_and_its_near_miss_are_twins_in_one_group() -> None:
    found = twins()
    assert len(found) == 100
    for positive, negative in found:
        assert positive.example.group == negative.example.group
        assert positive.category == "positive"
        assert negative.category == "no_tool"
        assert last(positive.example).calls
        assert not any(turn.calls for turn in negative.example.messages)
        assert last(negative.example).label is not None
        assert negative.deeds == ()


def test_the_same_request_is_turned_down_only_where_the_tool_is_gone() -> None:
    same = [
        (one, other) for one, other in twins() if openings_of([one]) == openings_of([other]) and one.tool == other.tool
    ]
    assert same
    for positive, negative in same:
        assert names(positive.example) - names(negative.example) == {positive.tool}
        label = last(negative.example).label
        assert label is not None
        assert label.reason == "cannot_be_done"


def test_a_value_left_open_is_named_and_nowhere_said() -> None:
    missing = [(one, other) for one, other in twins() if other.kind == "missing_information"]
    assert missing
    for positive, negative in missing:
        label = last(negative.example).label
        assert label is not None
        assert len(label.missing) == 1
        assert negative.tool in names(negative.example)
        assert len(openings_of([negative])[0]) < len(openings_of([positive])[0]) + 20


def test_every_required_value_is_left_out_about_equally_often() -> None:
    """An order number is needed by four tools and a reason by one: both are to be asked for."""
    order = Order(SHOP, 0, seed=4, cells=(Cell(240, "no_tool", "missing_information"),))
    drafted = get_synthesizer("near_misses").draft(order)
    asked_for = Counter(one.example.messages[-1].label.missing for one in drafted if one.category == "no_tool")
    needed = {name for tool in SHOP for name in required_of(tool)}
    assert {name for names in asked_for for name in names} == needed
    assert max(asked_for.values()) < 2 * min(asked_for.values()), asked_for


def test_where_the_tool_is_gone_another_one_is_offered_in_its_place() -> None:
    for positive, negative in twins():
        assert len(names(positive.example)) == len(names(negative.example))


def test_questions_are_asked_and_answered_in_many_words() -> None:
    asked = [other for _, other in twins(600) if other.kind == "answer_directly"]
    replies = {str(last(one.example).content) for one in asked}
    assert len(asked) == 60
    assert len(replies) >= 35
    assert len({opening.split()[0] for opening in openings_of(asked)}) >= 20


def test_what_nobody_can_do_is_wanted_of_the_same_order() -> None:
    """Out of the catalogue's reach is not out of its field."""
    gone = {reply for near in near_tools("shop").values() for reply in near.cannot}
    outside = [
        (one, openings_of([other])[0])
        for one, other in twins(400)
        if other.kind == "cannot_be_done" and str(last(other.example).content) not in gone and other.tool != "escalate"
    ]
    assert len(outside) >= 25
    for one, opening in outside:
        ((_, arguments),) = calls_of(one.example)
        assert any(str(value) in opening for value in arguments.values()), opening


def test_the_shops_hours_are_told_only_where_its_own_system_text_stands() -> None:
    order = Order(SHOP, 600, seed=4, parameters={"system": "You help the customers of Bolt & Nut."})
    replies = [str(last(one.example).content) for one in get_synthesizer("near_misses").draft(order)]
    assert replies
    assert not any(word in reply for reply in replies for word in ("9 to 17", "30 days", "3 days", "Alder"))


def test_no_wish_is_refused_that_some_tool_of_the_catalogue_may_fulfil() -> None:
    tools = (
        make_tool("create_reminder", "Set a reminder.", {"text": {"type": "string"}}, ["text"]),
        make_tool("delete_note", "Delete a note.", {"note_id": {"type": "string"}}, ["note_id"]),
        make_tool("get_note", "Get a note.", {"note_id": {"type": "string"}}, ["note_id"]),
    )
    openings = openings_of(list(get_synthesizer("near_misses").draft(Order(tools, 200, seed=4))))
    assert any("calendar" in text for text in openings)
    assert not any(text.startswith("Remind me") for text in openings)


def test_a_person_is_never_called_by_an_argument() -> None:
    drafted = list(get_synthesizer("near_misses").draft(Order(catalogue_of("petstore"), 300, seed=4)))
    people = generic_words().slots["name"]
    told = [text for text in openings_of(drafted) if text.startswith(("Ring ", "Wait until ", "See to it that "))]
    assert told
    assert all(any(f" {person} " in text for person in people) for text in told)


def test_a_packs_words_near_a_tool_use_only_what_can_be_filled() -> None:
    slots = load_pack("shop").slots.keys()
    for tool in SHOP:
        near = near_tools("shop")[tool.name]
        for remark in (*near.questions, *near.house, *near.outside):
            assert set(slots_of(remark.say + remark.reply)) <= slots | set(required_of(tool)), remark.say
        assert all("{" not in reply for reply in near.cannot)
        assert bool(near.cannot) != hands_over(tool)


def test_near_misses_of_examples_stay_in_their_groups() -> None:
    seeds = seeds_of(SHOP)
    candidates = list(get_synthesizer("near_misses").draft(Order(SHOP, 150, seed=4, seeds=seeds)))
    assert len(candidates) == 150
    assert {one.example.group for one in candidates} <= {seed.group for seed in seeds}
    assert {one.kind for one in candidates} == {"missing_information", "answer_directly", "cannot_be_done"}
    assert not any(turn.calls for one in candidates for turn in one.example.messages)


@pytest.mark.parametrize(
    ("text", "value", "parameter", "expected"),
    [
        ("Where is order B4821 now?", "B4821", "order_id", "Where is my order now?"),
        ("Cancel B4821.", "B4821", "order_id", "Cancel my order."),
        ("What is the weather in Paris?", "Paris", "city", "What is the weather?"),
        ("Delete it. The order id is 17. Thanks.", "17", "order_id", "Delete it. Thanks."),
        ("Add a pet, name doggie, status sold.", "sold", "status", "Add a pet, name doggie."),
        ("My order is B4821.", "B4821", "order_id", None),
        ("B4821 or B4821?", "B4821", "order_id", None),
        ("Give it to Ada at once.", "Ada", "name", None),
    ],
)
def test_a_value_is_taken_out_cleanly_or_not_at_all(
    text: str, value: str, parameter: str, expected: str | None
) -> None:
    assert leave_out(text, value, parameter) == expected


def test_questions_are_about_what_people_call_by_its_name() -> None:
    """Neither about a setting ("the after", "the per page") nor a switch, and no answer that says the name again."""
    unsaid = re.compile(
        r"the (?:after|before|a|b|sort|direction|order|per page|page|limit|replace parent|draft)\b[ ?:]"
    )
    for name in ("openai", "github", "protocol_examples"):
        cells = (Cell(160, "no_tool", "answer_directly"),)
        for one in get_synthesizer("near_misses").draft(Order(catalogue_of(name), 0, seed=5, cells=cells)):
            if one.category == "no_tool":
                said, reply = (str(turn.content) for turn in one.example.messages[-2:])
                asked = re.search(r"(?:what is meant by|what do I put down as|Must I give you|without) [^?]*", said)
                assert not (asked and unsaid.search(f"{asked.group()} ")), said
                assert reply != "The model to delete.", said


@pytest.mark.parametrize(("read", "listing"), [("showPetById", "listPets"), ("retrieveFile", "listFiles")])
def test_a_thing_that_is_listed_can_be_shown(read: str, listing: str) -> None:
    name = "petstore" if read == "showPetById" else "openai"
    order = Order(catalogue_of(name), 200, seed=2, parameters={"variety": "full"})
    drafted = list(get_synthesizer("near_misses").draft(order))
    for positive, negative in pairwise(drafted):
        left = names(negative.example)
        if negative.tool == read and negative.twin == positive.twin and read not in left:
            assert listing not in left


@pytest.mark.parametrize(
    ("name", "result", "stands_in"),
    [
        ("listPets", {"type": "array", "items": PET}, True),
        ("listPets", {"type": "object", "properties": {"pets": {"type": "array", "items": PET}}}, True),
        ("listPets", {"type": "array", "items": {"type": "string"}}, False),
        ("listPets", {"type": "array", "items": NAMED}, False),
        ("listOwners", {"type": "array", "items": PET}, False),
        ("countPets", PET, False),
    ],
)
def test_a_list_of_the_same_records_stands_in_for_a_look_at_one(
    name: str, result: dict[str, Json], stands_in: bool
) -> None:
    shown = {"petId": {"type": "string"}}
    show = make_tool("showPetById", "Show it.", shown, ["petId"], side_effect="read", result_schema=json.dumps(PET))
    listing = make_tool(name, "Get them.", {}, [], side_effect="read", result_schema=json.dumps(result))
    assert (listing in stand_ins(show, [show, listing])) is stands_in


def test_a_sum_is_never_turned_down() -> None:
    order = Order(catalogue_of("protocol_examples"), 200, seed=2, parameters={"variety": "full"})
    drafted = [*get_synthesizer("near_misses").draft(order), *get_synthesizer("schema_driven").draft(order)]
    openings = [
        openings_of([one])[0]
        for one in drafted
        if one.kind == "cannot_be_done" and "calculate_sum" not in names(one.example)
    ]
    assert openings
    assert not any("calculate the sum" in text for text in openings)


@pytest.mark.parametrize("name", ["petstore", "github", "openai"])
def test_who_did_something_is_asked_of_deeds_and_not_of_one_request(name: str) -> None:
    tools = {tool.name: tool for tool in catalogue_of(name)}
    of_deeds = ("Draw me a chart", "Ring ", "Which of my colleagues", "How often did")
    cells = (Cell(240, "no_tool", "cannot_be_done"),)
    asked = [
        (one.tool, openings_of([one])[0])
        for one in get_synthesizer("near_misses").draft(Order(tuple(tools.values()), 0, seed=3, cells=cells))
        if one.category == "no_tool" and any(part in openings_of([one])[0] for part in of_deeds)
    ]
    assert asked
    for tool, text in asked:
        assert not reads(tools[tool]), text
        assert not re.search(r"\d{2}|\b(?:with|in the repository) ", text), text
