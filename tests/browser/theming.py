"""The other theme, as a machine changes it at dusk, with the page open."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.settling import settled

IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
TOLD_MS = 400
"""Until the page has told the server, which then draws what it colours itself."""


def change_theme(page: Page) -> Page:
    """Light where it was dark, dark where it was light; the page stands still again."""
    page.emulate_media(color_scheme="light" if page.evaluate(IS_DARK) else "dark")
    page.wait_for_timeout(TOLD_MS)
    return settled(page)
