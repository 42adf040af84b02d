"""Points in time and spans as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86400


def ago(moment: str, now: datetime | None = None) -> str:
    """Relative up to an hour, then the clock, then the date; empty for no moment."""
    if not moment:
        return ""
    then, now = datetime.fromisoformat(moment), now or datetime.now(UTC)
    seconds = (now - then).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min ago"
    local, today = then.astimezone(), now.astimezone().date()
    if local.date() == today:
        return f"today {local:%H:%M}"
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def clock(moment: str) -> str:
    """Hours, minutes and seconds of a moment, local."""
    return f"{datetime.fromisoformat(moment).astimezone():%H:%M:%S}" if moment else ""


def span(seconds: float) -> str:
    """A rough length of time: `about 11 min`."""
    if seconds < MINUTE:
        return f"about {max(1, round(seconds))} s"
    if seconds < HOUR:
        return f"about {round(seconds / MINUTE)} min"
    return f"about {seconds / HOUR:.1f} h"
