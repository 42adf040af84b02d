"""A running Callwright and a browser for the benchmarks that press keys."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from curation.finetune.process import try_lock
from curation.services.keeping import LOCK_FILE
from tests.browser.filling import Filling, filled
from tests.browser.serving import Server, make_server

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class NoBrowserError(Exception):
    """There is no Chromium to press keys in."""


@contextmanager
def open_desk() -> Iterator[tuple[Browser, Server, Filling]]:
    """A browser, a server on a workspace of its own, and a project in it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise NoBrowserError("no Chromium found; install it to measure keys")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        server = make_server(Path(name) / "workspace")
        server.home.mkdir()
        # Held until this process ends: the server then keeps no jobs, and one that is written stays as it is.
        try_lock(server.home / LOCK_FILE)
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            with filled(server.home) as filling:
                yield browser, server, filling
            browser.close()
        finally:
            server.stop()


def print_load() -> None:
    """Other programs only ever add to a wall clock: say how many there were."""
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", file=sys.stderr)
