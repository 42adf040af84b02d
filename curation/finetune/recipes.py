"""Recipes: knobs turned for a size of base or a way to learn, with the reason for each, kept as data."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from curation.errors import NotFoundError
from curation.finetune.knobs import PARAMETERS, TrainParameters
from curation.finetune.weights import count_weights
from curation.model.values import Json

FILE = Path(__file__).with_name("recipes.toml")
MILLION = 1_000_000


class Translation(msgspec.Struct, frozen=True):
    """An argument as it is taught, as the installed library takes it, and what differs."""

    taught: str
    today: str
    why: str

    @property
    def differs(self) -> bool:
        return self.taught != self.today or self.why != "As taught."


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recipe."""

    name: str
    title: str
    why: str
    dated: str
    values: dict[str, Json]
    reasons: dict[str, str]
    up_to: float = 0.0
    """Millions of weights; 0: suggested for no size."""
    translated: tuple[Translation, ...] = ()


class Difference(msgspec.Struct, frozen=True):
    """One knob that a recipe turns away from its default."""

    knob: str
    title: str
    default: Json
    value: Json
    reason: str


@cache
def list_recipes() -> tuple[Recipe, ...]:
    """All there are, by size first."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return msgspec.convert(told["recipe"], tuple[Recipe, ...])


def get_recipe(name: str) -> Recipe:
    """The recipe of that name."""
    found = next((one for one in list_recipes() if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in list_recipes())
        raise NotFoundError(f"There is no recipe `{name}`.", hint=f"Choose one of: {names}.")
    return found


def suggest_recipe(base: Path) -> Recipe:
    """The recipe for a base of that size."""
    millions = count_weights(base) / MILLION
    sized = [one for one in list_recipes() if one.up_to]
    return next((one for one in sized if millions <= one.up_to), sized[-1])


def list_differences(recipe: Recipe) -> tuple[Difference, ...]:
    """What a recipe changes, in the order of the knobs."""
    defaults = TrainParameters()
    return tuple(
        Difference(
            knob.name, knob.title, knob.default, recipe.values[knob.name], recipe.reasons.get(knob.name, recipe.why)
        )
        for knob in PARAMETERS
        if knob.name in recipe.values and recipe.values[knob.name] != getattr(defaults, knob.name)
    )
