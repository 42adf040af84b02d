"""Waits until a page stands still: what is pressed then goes to what is seen, also on a crowded machine."""

from __future__ import annotations

from playwright.sync_api import Page

STILL = """() => globalThis.callwrightPresses?.isStill()"""
TIMEOUT_MS = 20_000
OPENING_MS = 60_000
"""The first page of a server waits until everything it draws with is loaded, however busy the machine is."""


def settled(page: Page, timeout_ms: float = TIMEOUT_MS) -> Page:
    """The page once nothing runs, nothing is drawn any more and no press waits."""
    page.wait_for_function(STILL, timeout=timeout_ms)
    return page
