"""A stage of one cluster for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ray.fake_cluster import open_cluster
from tests.ray.stage import Stage

MEMORY = "/dev/shm"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """In memory where there is such a place: notes are synced to the disk, and many are written here."""
    place = MEMORY if Path(MEMORY).is_dir() else None
    with TemporaryDirectory(dir=place) as folder, open_cluster(Path(folder)) as cluster:
        yield Stage(cluster, Path(folder))
