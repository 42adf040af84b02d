"""Which call a result answers where nothing but order and names says so."""

from __future__ import annotations

from typing import NamedTuple


class OpenCall(NamedTuple):
    """A call that waits for its result."""

    call_id: str
    name: str | None


class ResultMatcher:
    """Calls get the ids `call_1`, `call_2`, … in order; a result answers the first open call of its name."""

    def __init__(self) -> None:
        self.n = 0
        self.open: list[OpenCall] = []

    def start_turn(self) -> None:
        """The model speaks: what it asked for before waits no longer."""
        self.open = []

    def add_call(self, name: str | None, given: str | None = None) -> str:
        """The id of the next call: the one it was given, or a new one."""
        self.n += 1
        one = OpenCall(given if given is not None else f"call_{self.n}", name)
        self.open.append(one)
        return one.call_id

    def match(self, name: str | None, given: str | None = None) -> OpenCall | None:
        """The call a result answers, which is open no longer: by id where one is given, else by name, else by order."""
        by_id = (one for one in self.open if given is not None and one.call_id == given)
        by_name = (one for one in self.open if name is not None and one.name == name)
        found = next(by_id, None) or next(by_name, None) or next(iter(self.open), None)
        if found is not None:
            self.open.remove(found)
        return found
