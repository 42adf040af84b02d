"""`callwright synthesize`: candidates drafted by machine, for people to judge."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from curation.services.synthesizing import SynthesisReport


@click.command("synthesize")
@click.argument("project")
@click.option("--count", type=click.IntRange(min=1), default=50, show_default=True, help="Candidates at most.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed drafts the same candidates.")
@click.option("--tool", "tools", multiple=True, help="Only for this tool; may be given several times.")
@click.option("--mix", "shares", multiple=True, metavar="CATEGORY=SHARE", help="For example no_tool=0.2.")
@click.option("--synthesizer", default="schema_driven", show_default=True)
@click.option("--set", "knobs", multiple=True, metavar="NAME=VALUE", help="A knob of the synthesizer.")
@click.option("--home", type=click.Path(path_type=Path), help="The workspace folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one machine-readable line.")
def synthesize(
    project: str,
    count: int,
    seed: int,
    tools: tuple[str, ...],
    shares: tuple[str, ...],
    synthesizer: str,
    knobs: tuple[str, ...],
    home: Path | None,
    as_json: bool,
) -> None:
    """Draft candidates for the tools of PROJECT. Nothing is accepted by itself."""
    from curation.services.people import local_actor
    from curation.services.projects import find_project
    from curation.services.synthesizing import draft_candidates
    from curation.services.workspace import open_workspace

    mix = {category: _share(category, value) for category, value in map(_pair, shares)}
    ws = open_workspace(home)
    try:
        report = draft_candidates(
            ws,
            local_actor(ws),
            find_project(ws, project).id,
            synthesizer,
            count=count,
            seed=seed,
            tool_names=tools,
            mix=mix,
            parameters=dict(map(_pair, knobs)),
            progress=_show_progress,
            nonce=secrets.token_hex(8),
        )
    finally:
        ws.close()
    _tell(report, as_json=as_json)


def _show_progress(done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} candidates stored", err=True, nl=False)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"`{text}` is not of the form NAME=VALUE.")
    return name, value


def _share(category: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share < float("inf"):
        raise click.BadParameter(f"The share of {category} is {value!r}; it must be a number from 0 up.")
    return share


def _tell(report: SynthesisReport, *, as_json: bool) -> None:
    if as_json:
        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(report)))
        return
    click.echo(f"{report.n_added} candidates added, {report.n_duplicates} known already.")
    for category, number in sorted(report.categories.items()):
        click.echo(f"  {category}: {number}")
    for rule, number in sorted(report.dropped.items()):
        click.echo(f"  dropped for {rule}: {number}")


COMMANDS: dict[str, click.Command] = {"synthesize": synthesize}
