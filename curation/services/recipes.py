"""Recipes as screens and commands see them, and the exact command that starts a run with its settings."""

from __future__ import annotations

import shlex
from pathlib import Path

import msgspec

from curation.finetune import get_provider, recipes
from curation.finetune.recipes import Difference, Recipe, Translation
from curation.model.values import Json
from curation.processes.environment import module_command
from curation.services.jobs import JobView

__all__ = ["Difference", "RecipeView", "Translation", "launch_command", "list_recipes", "mix_recipe", "worker_command"]


class RecipeView(msgspec.Struct, frozen=True):
    """One recipe: what it sets, why, and what it changes against the defaults."""

    name: str
    title: str
    why: str
    dated: str
    values: dict[str, Json]
    differences: tuple[Difference, ...]
    translated: tuple[Translation, ...]
    """For a recipe taught elsewhere: its arguments as the installed library takes them."""
    is_suggested: bool


def list_recipes(base: Path | None = None) -> tuple[RecipeView, ...]:
    """All there are; the one for the size of a base is marked."""
    fitting = recipes.suggest_recipe(base).name if base is not None and base.is_dir() else ""
    return tuple(_view(one, is_suggested=one.name == fitting) for one in recipes.list_recipes())


def mix_recipe(name: str, settings: dict[str, Json] | None = None) -> dict[str, Json]:
    """A recipe's values with a person's own on top."""
    return {**recipes.get_recipe(name).values, **(settings or {})}


def launch_command(
    project: str,
    dataset_n: int,
    base: Path | str | None,
    *,
    parameters: dict[str, Json] | None = None,
    provider: str = "local",
    name: str = "",
) -> str:
    """The command that launches this very run from a terminal; knobs at their defaults are left out.

    A host names its base among its knobs, so there `base` is None.
    """
    chosen = get_provider(provider)
    defaults = {knob.name: knob.default for knob in chosen.parameters}
    turned = {key: value for key, value in (parameters or {}).items() if defaults.get(key) != value}
    words = ["callwright", "train", project, "--version", str(dataset_n)]
    words += [] if base is None else ["--base", str(base)]
    words += [] if provider == "local" else ["--provider", provider]
    words += ["--name", name] if name else []
    for key, value in turned.items():
        words += ["--set", f"{key}={_write(value)}"]
    return shlex.join(words)


def worker_command(job: JobView) -> str:
    """The command the keeper starts for a job on this machine; by hand it goes on from the last checkpoint."""
    kind = "train" if job.kind == "trial" else job.kind
    return shlex.join(module_command("curation.worker", kind, str(job.run_dir)))


def _write(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _view(recipe: Recipe, *, is_suggested: bool) -> RecipeView:
    return RecipeView(
        recipe.name,
        recipe.title,
        recipe.why,
        recipe.dated,
        recipe.values,
        recipes.list_differences(recipe),
        recipe.translated,
        is_suggested,
    )
