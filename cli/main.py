"""`callwright …`: finds the verb, runs it, and turns errors into one sentence and an exit code.

Exit 0: fine. 1: findings, or a failed gate. 2: could not do it.
"""

from __future__ import annotations

import importlib
import sys

import click

from curation.errors import CurationError

COMMANDS: dict[str, str] = {
    "validate": "cli.validate",
    "lint-tools": "cli.tools",
    "tools": "cli.tools",
    "convert": "cli.convert",
    "score": "cli.score",
    "import": "cli.datasets",
    "freeze": "cli.datasets",
    "export": "cli.datasets",
    "health": "cli.datasets",
    "synthesize": "cli.synthesize",
    "train": "cli.train",
    "evaluate": "cli.evaluate",
    "jobs": "cli.jobs",
    "models": "cli.jobs",
    "demo": "cli.demo",
    "doctor": "cli.doctor",
    "backup": "cli.doctor",
    "restore": "cli.doctor",
}
"""Verb → the module that holds it; each module has a `COMMANDS` dict of verb → click command. Imported when used."""


class Verbs(click.Group):
    """A group that imports a verb only when it is used, so that `--help` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = importlib.import_module(module).COMMANDS[cmd_name]
        assert isinstance(command, click.Command)  # noqa: S101
        return command


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="callwright")
def callwright() -> None:
    """Turn tool schemas and conversations into data that teaches a model to call tools, and prove it."""


def main() -> None:
    """Run the command line; the only place where errors become text and exit codes."""
    try:
        callwright(standalone_mode=True)
    except CurationError as error:
        click.echo(f"callwright: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(2)


if __name__ == "__main__":
    main()
