"""Opens the workspace for a command, and says which errors are a failed gate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import msgspec

from curation.errors import BlockedError
from curation.services.workspace import Workspace, open_workspace

FINDINGS = 1
"""Exit code of findings and failed gates."""


@contextmanager
def opened() -> Iterator[Workspace]:
    """The workspace, closed in any case. Findings in the way end the command with 1."""
    ws = open_workspace()
    try:
        yield ws
    except BlockedError as error:
        click.echo(f"callwright: {error}", err=True)
        sys.exit(FINDINGS)
    finally:
        ws.close()


def print_json(value: object) -> None:
    """One value as one line on standard output."""
    click.echo(msgspec.json.encode(value).decode())
