"""Since when we have seen that a job is over, by our own clock: the cluster's may be minutes away from it."""

from __future__ import annotations


class Sights:
    """The first sight of each end, kept in memory: whoever keeps the jobs next begins to count anew."""

    def __init__(self) -> None:
        self._first: dict[str, float] = {}

    def count_s(self, name: str, now: float, *, is_over: bool) -> float:
        """Seconds since it was first seen over; 0 while it is not."""
        if not is_over:
            self.forget(name)
            return 0.0
        return now - self._first.setdefault(name, now)

    def forget(self, name: str) -> None:
        self._first.pop(name, None)
