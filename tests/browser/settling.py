"""Waits until a page stands still: what is pressed then goes to what is seen, also on a crowded machine."""

from __future__ import annotations

from playwright.sync_api import Page

STILL = """() => globalThis.callwrightPresses?.isStill()"""
TIMEOUT_MS = 20_000


def settled(page: Page) -> Page:
    """The page once nothing runs, nothing is drawn any more and no press waits."""
    page.wait_for_function(STILL, timeout=TIMEOUT_MS)
    return page
