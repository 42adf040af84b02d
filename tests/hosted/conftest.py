from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosted.pair_rows import N_PAIRS
from tests.hosted.stage import ENVIRONMENT, Stage, open_stage


@pytest.fixture(autouse=True)
def _keys_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A launch looks at the terms with the environment of the server."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage() as opened:
        yield opened


@pytest.fixture
def paired() -> Iterator[Stage]:
    """With pairs in version 2."""
    with open_stage(N_PAIRS) as opened:
        yield opened
