"""`callwright export` and `push`: a frozen version as files, or sent to a hub after a yes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

from cli.streams import open_output
from cli.workspaces import opened, print_json
from curation.errors import CurationError
from curation.files import is_stream
from curation.formats import FORMATS
from curation.model.states import Portion, Shifted, Split, portion_of
from curation.services import exporting, freezing, hub_pushing, loss_reports, people, projects
from curation.services.export_choices import FailedCalls, Options, Place, make_options
from curation.services.exporting import Manifest
from curation.services.freezing import DatasetView
from curation.services.tallying import Tally
from curation.services.workspace import Workspace

WRITABLE = ", ".join(fmt.name for fmt in FORMATS if fmt.write)
SPLITS = click.Choice([portion.value for portion in (*Split, *Shifted)])
FAILED: dict[str, FailedCalls] = {"learn": "learn", "weight-0": "weight_0", "mask": "mask"}
PLACES: dict[str, Place] = {"replace": "replace", "add": "add"}
Command = Callable[..., Any]


def which(command: Command) -> Command:
    """The options that say which rows leave, and in which shape."""
    options = (
        click.argument("project"),
        click.option("--version", "n", type=int, required=True, help="Number of the dataset version."),
        click.option("--format", "format_name", required=True, help=f"{WRITABLE}."),
        click.option("--split", "splits", multiple=True, type=SPLITS, help="Only this split; may be repeated."),
        click.option("--allow-errors", is_flag=True, help="Write even what the newest checker finds wrong."),
        click.option(
            "--failed-calls",
            type=click.Choice(list(FAILED)),
            default="learn",
            help="Calls that a recovery puts right: learnt like any other, shown with weight 0, or never learnt.",
        ),
        click.option("--system-prompt", type=int, help="A version of the project's system prompt for every row."),
        click.option(
            "--prompt-place",
            type=click.Choice(list(PLACES)),
            default="replace",
            help="In the place of a row's own system turn, or before its text.",
        ),
        click.option("--byte-order-mark", is_flag=True, help="Begin each file with one (azure only)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _read_options(ws: Workspace, project_id: str, asked: dict[str, Any]) -> Options:
    return make_options(
        ws,
        project_id,
        failed_calls=FAILED[asked["failed_calls"]],
        prompt_n=asked["system_prompt"],
        place=PLACES[asked["prompt_place"]],
        byte_order_mark=asked["byte_order_mark"],
    )


@click.command("export")
@which
@click.option(
    "-o", "out", required=True, type=click.Path(path_type=Path, allow_dash=True), help="A file, a folder, or `-`."
)
@click.option("--card", is_flag=True, help="Write a data card in Markdown with its plots as well.")
@click.option("--report", type=click.Path(path_type=Path), help="List every row with anything lost in this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def export_command(
    project: str,
    n: int,
    format_name: str,
    splits: tuple[str, ...],
    allow_errors: bool,
    out: Path,
    card: bool,
    report: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Write a dataset version as files: one for each split, with a manifest beside them.

    `-o data.jsonl` writes the training rows to data.jsonl, the others to data.validation.jsonl and data.test.jsonl, and
    data.manifest.json. `-o -` writes one split, train unless told, to standard output, without a manifest; so does a
    pipe or a device.
    """
    with opened() as ws:
        actor, found = people.local_actor(ws), projects.find_project(ws, project)
        version = freezing.get_dataset(ws, found.id, n)
        options = _read_options(ws, found.id, asked)
        if report is not None:
            _write_report(ws, version, format_name, options, splits, report)
        if str(out) == "-" or is_stream(out):
            with open_output(str(out)) as to:
                split = _one_split(splits)
                tally = exporting.stream_split(
                    ws, actor, version.id, format_name, split, to, allow_errors=allow_errors, options=options
                )
            _warn(tally)
            return
        manifest = exporting.export_dataset(
            ws,
            actor,
            version.id,
            format_name,
            out,
            splits=_every(splits),
            allow_errors=allow_errors,
            options=options,
            card=card,
        )
        if as_json:
            print_json(manifest)
        else:
            _print_manifest(manifest)


def _every(splits: tuple[str, ...]) -> tuple[str, ...]:
    return splits or tuple(split.value for split in Split)


def _one_split(splits: tuple[str, ...]) -> Portion:
    if len(splits) > 1:
        raise CurationError("Standard output and pipes hold one split.", hint="Say which one with --split.")
    return portion_of(splits[0]) if splits else Split.TRAIN


def _write_report(
    ws: Workspace, version: DatasetView, format_name: str, options: Options, splits: tuple[str, ...], report: Path
) -> None:
    with open_output(str(report)) as to:
        for row in loss_reports.report_rows(ws, version.id, format_name, options, splits=_every(splits)):
            to.write(msgspec.json.encode(row) + b"\n")


def _print_manifest(manifest: Manifest) -> None:
    for file in manifest.files:
        click.echo(f"{file.name}: {file.rows:,} rows, sha256 {file.sha256}")
    for beside in manifest.companions:
        click.echo(f"{beside.name}: beside the rows, sha256 {beside.sha256}")
    _warn(manifest)


def _warn(written: Manifest | Tally) -> None:
    for loss in written.losses:
        click.echo(f"lost: {loss.what} ({loss.places:,} places in {loss.examples:,} examples)", err=True)
    for change in written.changes:
        click.echo(f"changed: {change.what} ({change.places:,} places in {change.examples:,} examples)", err=True)
    for refusal in written.refused:
        click.echo(f"left out: example {refusal.example_id}: {refusal.reason}", err=True)


@click.command("push")
@which
@click.option("--to", "repo", required=True, metavar="OWNER/NAME", help="The repository; made when it is not there.")
@click.option("--public", is_flag=True, help="Let everybody read it; only its owner may unless told.")
@click.option("--yes", is_flag=True, help="Send without asking.")
def push_command(
    project: str,
    n: int,
    format_name: str,
    splits: tuple[str, ...],
    allow_errors: bool,
    repo: str,
    public: bool,
    yes: bool,
    **asked: Any,
) -> None:
    """Send a dataset version to a hub of datasets: rows, manifest and data card in one commit, after a yes.

    The token is read from CALLWRIGHT_HUB_TOKEN and stored nowhere; CALLWRIGHT_HUB_URL names another hub.
    """
    with opened() as ws:
        actor, found = people.local_actor(ws), projects.find_project(ws, project)
        version = freezing.get_dataset(ws, found.id, n)
        options = _read_options(ws, found.id, asked)
        if not yes and not _agrees(version, format_name, repo, public=public):
            click.echo("Nothing was sent.", err=True)
            sys.exit(2)
        pushed = hub_pushing.push_export(
            ws,
            actor,
            version.id,
            format_name,
            repo,
            agreed_to=repo.strip(),
            private=not public,
            splits=_every(splits),
            options=options,
            allow_errors=allow_errors,
            nonce=ws.new_id(),
        )
    click.echo(f"{len(pushed.files)} files sent as {pushed.repo}: {pushed.url}")


def _agrees(version: DatasetView, format_name: str, repo: str, *, public: bool) -> bool:
    """A yes from a person: without a terminal there is none."""
    if not sys.stdin.isatty():
        click.echo("There is no terminal to ask in; say --yes.", err=True)
        return False
    who = "everybody" if public else "only its owner"
    host = hub_pushing.read_hub().host
    return click.confirm(f"Send v{version.n} as {format_name} to {host} as {repo}, for {who} to read?", err=True)


COMMANDS: dict[str, click.Command] = {"export": export_command, "push": push_command}
