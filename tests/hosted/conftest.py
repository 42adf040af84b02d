from __future__ import annotations

from collections.abc import Iterator

import pytest

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
