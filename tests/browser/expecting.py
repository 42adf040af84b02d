"""Playwright's expectations, patient with a page that is drawn anew: it holds an old and a new part for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast, overload

from playwright.sync_api import Locator, Page
from playwright.sync_api import expect as expect_at_once
from playwright.sync_api._generated import LocatorAssertions, PageAssertions

WAIT_S = 20.0
TWICE = "strict mode violation"


@overload
def expect(actual: Page) -> PageAssertions: ...
@overload
def expect(actual: Locator) -> LocatorAssertions: ...
def expect(actual: Page | Locator) -> PageAssertions | LocatorAssertions:
    """What Playwright expects of one part; two at once are looked at again until one is left or the time is over."""
    return cast(LocatorAssertions, Patient(expect_at_once(cast(Any, actual))))


class Patient:
    """An expectation that takes two parts of one name for a moment of drawing, not for an answer."""

    def __init__(self, expectation: PageAssertions | LocatorAssertions) -> None:
        self._expectation = expectation

    def __getattr__(self, name: str) -> Callable[..., None]:
        check: Callable[..., None] = getattr(self._expectation, name)

        def check_patiently(*args: object, **kwargs: object) -> None:
            deadline = time.monotonic() + WAIT_S
            while True:
                try:
                    return check(*args, **kwargs)
                except AssertionError as error:
                    if TWICE not in str(error) or time.monotonic() > deadline:
                        raise
                time.sleep(0.05)

        return check_patiently
