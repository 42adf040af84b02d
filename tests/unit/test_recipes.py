"""Recipes: every value is a knob in its limits with a reason, and each size of base has one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.errors import NotFoundError
from curation.finetune.knobs import PARAMETERS, parse_parameters
from curation.finetune.recipes import Recipe, get_recipe, list_differences, list_recipes, suggest_recipe
from curation.services.recipes import launch_command, mix_recipe

NAMES = [one.name for one in list_recipes()]


@pytest.mark.parametrize("recipe", list_recipes(), ids=NAMES)
def test_recipe_is_made_of_knobs_each_turned_for_a_reason(recipe: Recipe):
    parse_parameters(dict(recipe.values))
    assert set(recipe.reasons) <= set(recipe.values)
    differences = list_differences(recipe)
    assert all(one.reason for one in differences)
    assert {one.knob for one in differences} == {
        knob.name for knob in PARAMETERS if knob.name in recipe.values and recipe.values[knob.name] != knob.default
    }


def make_base(folder: Path, millions: int) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"dtype": "bfloat16"}))
    with (folder / "model.safetensors").open("wb") as stream:
        stream.truncate(2 * millions * 1_000_000)
    return folder


@pytest.mark.parametrize(("millions", "name"), [(135, "small"), (1500, "medium"), (8000, "large"), (70_000, "huge")])
def test_every_size_has_its_recipe(tmp_path: Path, millions: int, name: str):
    assert suggest_recipe(make_base(tmp_path / "base", millions)).name == name


def test_unknown_recipe_names_those_there_are():
    with pytest.raises(NotFoundError, match=", ".join(NAMES)):
        get_recipe("secret")


def test_taught_recipe_is_the_taught_one():
    taught = parse_parameters(dict(get_recipe("taught").values))
    assert (taught.rank, taught.alpha, taught.dropout, taught.targets) == (16, 32, 0.05, "q_v")
    assert (taught.learning_rate, taught.epochs, taught.schedule, taught.warmup) == (2e-4, 3.0, "cosine", 0.03)
    assert (taught.batch_size, taught.accumulation, taught.rows_a_step) == (8, 2, 16)


def test_own_settings_stand_above_the_recipe():
    mixed = mix_recipe("taught", {"epochs": "1"})
    assert (mixed["epochs"], mixed["rank"]) == ("1", 16)


def test_command_says_every_changed_knob_and_no_other():
    parameters = {knob.name: knob.default for knob in PARAMETERS} | {"epochs": 3.0, "recompute": True, "rank": 8}
    command = launch_command("My shop", 4, "/models/my base", parameters=parameters)
    assert command == (
        "callwright train 'My shop' --version 4 --base '/models/my base' "
        "--set epochs=3 --set rank=8 --set recompute=true"
    )
