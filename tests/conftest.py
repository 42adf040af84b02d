"""What every test runs under."""

from __future__ import annotations

import os
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

MEMORY = Path("/dev/shm")
ROOM_BYTES = 8 * 2**30

# `make test` draws the same inputs each time, so that a landing stands or falls by its change alone; new ones are drawn
# by `make test-long`, and what those find becomes a case of its own.
# How long drawing an input takes depends on the neighbours of the machine, not on the code under test.
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("same", steady, derandomize=True)
settings.register_profile("new", steady)
settings.load_profile(os.environ.get("CALLWRIGHT_INPUTS", "same"))

in_memory = pytest.StashKey[Path]()


@pytest.fixture(scope="session", autouse=True)
def certificates_are_read_once() -> Iterator[None]:
    """Each HTTP client reads the certificates this machine trusts: a tenth of a second, for hosts without any."""
    from httpx2._transports import default

    make = default.create_ssl_context

    @cache
    def make_trusting(trust_env: bool, *_named: str | None) -> ssl.SSLContext:
        return make(trust_env=trust_env)

    def make_once(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
        if verify is not True or cert is not None:
            return make(verify=verify, cert=cert, trust_env=trust_env)
        return make_trusting(trust_env, *map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "create_ssl_context", make_once)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tests beside each other keep their folders in memory: each save waits for the disk, and they all wait for one."""
    if config.getoption("numprocesses", None) and not config.option.basetemp and _has_room():
        folder = Path(tempfile.mkdtemp(prefix="callwright-tests-", dir=MEMORY))
        config.stash[in_memory] = folder
        config.option.basetemp = folder / "tests"
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What the tests of a file share is made once: two workers with some of them each would both make it."""
    for item in items:
        if isinstance(item, pytest.Function) and not item.get_closest_marker("xdist_group") and _shares_a_stage(item):
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(config.rootpath))))


def _shares_a_stage(item: pytest.Function) -> bool:
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return any(fixture.scope == "module" for found in fixtures for fixture in found)


def pytest_unconfigure(config: pytest.Config) -> None:
    if folder := config.stash.get(in_memory, None):
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    """Whether there is a folder in memory where programs may be started, with more room than the tests take."""
    if not os.access(MEMORY, os.W_OK):
        return False
    return not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(MEMORY).free > ROOM_BYTES
