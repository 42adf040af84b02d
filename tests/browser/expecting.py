"""Playwright's expectations, patient with a page that is drawn anew: it holds an old and a new part for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast, overload

from playwright.sync_api import Locator, Page
from playwright.sync_api import expect as expect_at_once
from playwright.sync_api._generated import LocatorAssertions, PageAssertions

WAIT_MS = 20_000.0
LOOK_MS = 2_400.0
"""Playwright looks ten times a second at what it may wait for less than 2.5 s, and twice a second at anything else."""
TWICE = "strict mode violation"


@overload
def expect(actual: Page) -> PageAssertions: ...
@overload
def expect(actual: Locator) -> LocatorAssertions: ...
def expect(actual: Page | Locator) -> PageAssertions | LocatorAssertions:
    """What Playwright expects of one part; two at once are looked at again until one is left or the time is over."""
    return cast(LocatorAssertions, Patient(expect_at_once(cast(Any, actual))))


class Patient:
    """An expectation that looks often, and takes two parts of one name for a moment of drawing, not for an answer."""

    def __init__(self, expectation: PageAssertions | LocatorAssertions) -> None:
        self._expectation = expectation

    def __getattr__(self, name: str) -> Callable[..., None]:
        check: Callable[..., None] = getattr(self._expectation, name)

        def check_patiently(*args: object, timeout: float = WAIT_MS, **kwargs: object) -> None:
            ends = time.monotonic() + timeout / 1000
            while True:
                left_ms = (ends - time.monotonic()) * 1000
                try:
                    return check(*args, timeout=max(1.0, min(LOOK_MS, left_ms)), **kwargs)
                except AssertionError as error:
                    if time.monotonic() >= ends:
                        raise
                    if TWICE in str(error):
                        time.sleep(0.05)

        return check_patiently
