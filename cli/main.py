"""`callwright …`: finds the verb, runs it, and turns errors into one sentence and an exit code.

Exit 0: fine. 1: findings, or a failed gate. 2: could not do it.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from curation.errors import CurationError

COMMANDS: dict[str, str] = {
    "validate": "cli.validate",
    "lint-tools": "cli.tools",
    "tools": "cli.tools",
    "import-tools": "cli.tool_files",
    "export-tools": "cli.tool_files",
    "tool-servers": "cli.tool_files",
    "convert": "cli.convert",
    "score": "cli.score",
    "import": "cli.datasets",
    "freeze": "cli.datasets",
    "export": "cli.exports",
    "push": "cli.exports",
    "prompt": "cli.prompts",
    "licence": "cli.licences",
    "health": "cli.health",
    "diff": "cli.versions",
    "shift": "cli.versions",
    "synthesize": "cli.synthesize",
    "train": "cli.train",
    "recipes": "cli.recipes",
    "bundle": "cli.bundle",
    "evaluate": "cli.evaluate",
    "jobs": "cli.jobs",
    "models": "cli.models",
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
        try:
            callwright(standalone_mode=True)
        finally:
            sys.stdout.flush()
    except CurationError as error:
        _end(str(error))
    except BrokenPipeError:
        _end(None)
    except OSError as error:
        _end(_name_trouble(error))


def _name_trouble(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{error.filename}: {what}." if error.filename else f"The output cannot be written: {what}."


def _end(sentence: str | None) -> NoReturn:
    """Say the sentence and leave; what standard output still holds goes nowhere when it cannot go where it should."""
    if sentence is not None:
        click.echo(f"callwright: {sentence}", err=True)
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(2)


if __name__ == "__main__":
    main()
