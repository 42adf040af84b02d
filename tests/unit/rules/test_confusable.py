"""Look-alike tools: pairs that a model may take for each other, and pairs that it may not, as data."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from curation.model.definition import Definition
from curation.rules.confusable import MOST_COMPARED, find_confusable
from curation.rules.effects import verbs
from curation.rules.tool_meaning import meanings, plain_form
from curation.services.tool_reading import read_source
from curation.synthesizers.shop import demo_tools

DATA = Path(__file__).parents[2] / "data"
PAIRS = tomllib.loads((DATA / "look_alikes/pairs.toml").read_text(encoding="utf-8"))


def define(name: str, description: str, arguments: str) -> Definition:
    properties = {one: {"type": "string"} for one in arguments.split()}
    function = {"name": name, "description": description, "parameters": {"type": "object", "properties": properties}}
    return Definition(json.dumps({"type": "function", "function": function}))


@pytest.mark.parametrize("kind", ["alike", "apart"])
def test_every_pair_is_found_or_left_alone(kind: str) -> None:
    for case in PAIRS[kind]:
        for pair in ((case["a"], case["b"]), (case["b"], case["a"])):
            found = find_confusable([define(*one) for one in pair])
            assert bool(found) is (kind == "alike"), (case["why"], found)
            assert all(one.reasons for one in found), case["why"]


def test_what_makes_names_alike_is_said() -> None:
    (found,) = find_confusable([define("search_orders", "", ""), define("find_orders", "", "")])
    assert found.reasons == ("the names mean the same",)


@pytest.mark.parametrize("path", sorted((DATA / "tool_sources").glob("*.[jyp]*")), ids=lambda one: one.name)
def test_tools_as_people_publish_them_are_told_apart(path: Path) -> None:
    tools = read_source(path.name, path.read_bytes()).tools
    assert find_confusable([one.tool.definition for one in tools]) == ()


def test_a_tool_far_down_the_catalogue_is_held_against_all() -> None:
    many = [define(f"get_{n:x}", f"Gives the {n:x} of a ship.", "ship") for n in range(MOST_COMPARED + 20)]
    last = define("get_weather", "Tells how the sky looks in a town.", "town")
    far = [define("fetch_weather", "Tells how the sky looks in a town.", "town"), *many, last]
    assert [(one.a, one.b) for one in find_confusable(far, "get_weather")] == [("fetch_weather", "get_weather")]
    assert find_confusable(far, "not_here") == ()


def test_the_demo_has_no_look_alikes() -> None:
    assert find_confusable([one.definition for one in demo_tools()]) == ()


def test_a_word_has_one_meaning_and_stands_in_its_plain_form() -> None:
    table = tomllib.loads((DATA.parents[1] / "curation/rules/tool_words.toml").read_text(encoding="utf-8"))
    words = [word for key in ("acts", "things") for line in table[key].values() for word in line]
    assert len(words) == len(set(words))
    assert {word for word in words if plain_form(word) in words and plain_form(word) != word} <= {"goods"}
    assert set(meanings().near) <= set(table["acts"])


def test_every_act_is_of_one_kind() -> None:
    table = tomllib.loads((DATA.parents[1] / "curation/rules/tool_words.toml").read_text(encoding="utf-8"))
    kinds = [act for acts in table["kinds"].values() for act in acts]
    assert sorted(kinds) == sorted(table["acts"])
    assert len({(meanings().near[act], meanings().kinds[act]) for act in meanings().near}) == len(table["near"])
    assert set(table["also"]["nouns"]) <= set(meanings().acts)


def test_what_a_verb_means_and_what_it_does_agree() -> None:
    reading = {word for word, act in meanings().acts.items() if meanings().kinds[act] == "read"}
    ending = {word for word, act in meanings().acts.items() if meanings().kinds[act] == "end"}
    told = verbs()
    assert not reading & told.destroys
    assert not ending & told.reads
    assert not told.reads & (told.all - told.reads)
    assert not told.changes & (told.destroys | told.repeats_harm)
