"""Takes away what a killed import or synthesis left unfinished."""

from __future__ import annotations

import os

import psutil
from sqlalchemy import Connection

from db import batches


def own_identity() -> str:
    """This process, told apart from a later one with the same id."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Whether the process that wrote this identity still runs."""
    pid, _, started = owner.partition(":")
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" == started
    except (ValueError, psutil.Error):
        return False


def sweep_abandoned(connection: Connection) -> int:
    """Remove the staged rows of batches whose process is gone; says how many batches."""
    abandoned = [batch_id for batch_id, owner in batches.list_staged(connection) if not is_alive(owner)]
    for batch_id in abandoned:
        batches.remove_staged(connection, batch_id)
    return len(abandoned)
