"""`callwright recipes`: knobs turned for a size of base or a way to learn, with the reasons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from curation.services.recipes import RecipeView


@click.command("recipes")
@click.argument("name", required=False)
@click.option("--base", help="A model folder, or `small`: the recipe for its size is marked.")
@click.option("--json", "as_json", is_flag=True, help="One line a recipe.")
def list_command(name: str | None, base: str | None, as_json: bool) -> None:
    """List the recipes, or show what NAME changes and why."""
    from cli.workspaces import opened
    from curation.services.models import resolve_base
    from curation.services.recipes import list_recipes, mix_recipe

    if name:
        mix_recipe(name)
    with opened() as ws:
        found = list_recipes(resolve_base(ws, base) if base else None)
    for recipe in (one for one in found if name in (None, one.name)):
        if as_json:
            click.echo(json.dumps(_shape(recipe)))
        elif name:
            _print_whole(recipe)
        else:
            mark = "  (for this base)" if recipe.is_suggested else ""
            click.echo(f"{recipe.name:8} {recipe.title}{mark}")


def _print_whole(recipe: RecipeView) -> None:
    click.echo(f"{recipe.title}. {recipe.why}")
    for one in recipe.differences:
        click.echo(f"  {one.knob}={one.value}  (default {one.default}): {one.reason}")
    if recipe.translated:
        click.echo("As taught → as the installed library takes it:")
    for told in recipe.translated:
        click.echo(f"  {told.taught}  →  {told.today}: {told.why}")


def _shape(recipe: RecipeView) -> dict[str, object]:
    reasons = {one.knob: one.reason for one in recipe.differences}
    return {
        "name": recipe.name,
        "title": recipe.title,
        "why": recipe.why,
        "values": recipe.values,
        "reasons": reasons,
        "suggested": recipe.is_suggested,
    }


COMMANDS: dict[str, click.Command] = {"recipes": list_command}
