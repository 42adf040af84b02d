"""`callwright bundle`: a version with everything that is needed to train on it elsewhere."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("bundle")
@click.argument("project")
@click.option("--version", "dataset_n", type=int, required=True, help="Number of the frozen version.")
@click.option("--base", required=True, help="A model folder here, `small`, or a name on a hub.")
@click.option("--base-name", default="", help="What the base is called on the other machine.")
@click.option("--recipe", help="Start from the values of a recipe; `callwright recipes` lists them.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A parameter, such as epochs=3.")
@click.option("-o", "out", required=True, type=click.Path(path_type=Path), help="A folder, or a .zip file.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def bundle_command(
    project: str,
    dataset_n: int,
    base: str,
    base_name: str,
    recipe: str | None,
    settings: tuple[str, ...],
    out: Path,
    as_json: bool,
) -> None:
    """Write rows, settings and a README for TRL, Axolotl, LLaMA-Factory and Unsloth."""
    from cli.train import mix_settings
    from cli.workspaces import opened, print_json
    from curation.services.bundling import save_bundle
    from curation.services.models import find_base
    from curation.services.people import local_actor
    from curation.services.projects import find_project

    parameters = mix_settings(recipe, settings)
    with opened() as ws:
        found = find_project(ws, project)
        place = find_base(ws, base)
        bundle = save_bundle(
            ws, local_actor(ws), found.id, dataset_n, place, out, parameters=parameters, base_name=base_name
        )
    if as_json:
        print_json(bundle)
        return
    for trainer, rows in bundle.rows.items():
        validation = f", {rows['validation']} to validate on" if rows.get("validation") else ""
        click.echo(f"{trainer}: {rows['train']} rows{validation}")
    for why, n in bundle.left_out.items():
        click.echo(f"left out, {n} times: {why}", err=True)


COMMANDS: dict[str, click.Command] = {"bundle": bundle_command}
