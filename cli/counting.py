"""How far a long pass over a file has come: one line on a terminal's stderr, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

EVERY_S = 0.5
_CLEAR = "\r\033[K"


@contextmanager
def counted(name: str) -> Iterator[Callable[[int], None]]:
    """A function to tell the number of rows done to; the line is gone when the block ends.

    Silent where findings themselves go to the same terminal: they show how far it is.
    """
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _: None
        return
    began = said = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= EVERY_S:
            said = now
            click.echo(f"{_CLEAR}{name}: {rows:,} rows, {rows / (now - began):,.0f} a second", err=True, nl=False)

    try:
        yield tell
    finally:
        click.echo(_CLEAR, err=True, nl=False)
