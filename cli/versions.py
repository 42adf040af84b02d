"""`callwright diff` and `callwright shift`: what differs between two versions, and a shifted copy of a test split."""

from __future__ import annotations

import sys

import click

from cli.streams import open_output
from cli.workspaces import opened, print_json
from curation.services import freezing, people, projects, shifting, version_diffing
from curation.services.shifting import KIND_WORDS, KINDS, Kind


@click.command("diff")
@click.argument("project")
@click.argument("before", type=int)
@click.argument("after", type=int)
@click.option("-o", "out", help="Write every difference as JSON lines to a file, or `-`.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one machine-readable line.")
def diff_command(project: str, before: int, after: int, out: str | None, as_json: bool) -> None:
    """Say what came in, went out, changed and moved from version BEFORE to version AFTER of PROJECT."""
    with opened() as ws:
        found = projects.find_project(ws, project)
        old, new = (freezing.get_dataset(ws, found.id, n) for n in (before, after))
        counts = version_diffing.count_diff(ws, old.id, new.id)
        if out is not None:
            with open_output(out) as stream:
                version_diffing.write_diff(ws, old.id, new.id, stream)
        if as_json and out != "-":
            print_json(counts)
        else:
            click.echo(
                f"{counts.came:,} came in, {counts.went:,} went out, {counts.changed:,} changed "
                f"({counts.changed_and_moved:,} of them moved as well), {counts.moved:,} moved to another split; "
                f"{counts.same:,} are the same",
                err=out == "-",
            )


@click.command("shift")
@click.argument("project")
@click.option("--version", "n", type=int, required=True, help="Number of the dataset version.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same copy.")
@click.option("--only", "kinds", multiple=True, type=click.Choice(KINDS), help="Only this change; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def shift_command(project: str, n: int, seed: int, kinds: tuple[Kind, ...], as_json: bool) -> None:
    """Make a shifted copy of the test split: tools shuffled and added, names changed, slips in the user's words.

    No row gets a new error by it, and nothing is trained on it. Export it with `--split test_shifted`, ask models from
    it with `evaluate --shifted`.
    """
    with opened() as ws:
        version = freezing.get_dataset(ws, projects.find_project(ws, project).id, n)
        copy = shifting.make_shifted(
            ws,
            people.local_actor(ws),
            version.id,
            seed=seed,
            kinds=kinds or KINDS,
            progress=_count_rows,
            nonce=ws.new_id(),
        )
    if as_json:
        print_json(copy)
        return
    click.echo(f"Shifted copy of the test split of version {n}: {copy.n_rows:,} rows; digest {copy.hash}.")
    for kind in copy.kinds:
        click.echo(f"{KIND_WORDS[kind]}: {copy.n_rows - copy.left_out.get(kind, 0):,} rows")


def _count_rows(n_rows: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{n_rows:,} of {of:,} rows", nl=False, err=True)


COMMANDS: dict[str, click.Command] = {"diff": diff_command, "shift": shift_command}
