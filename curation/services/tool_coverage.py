"""Which tools the rows of a file call, and which they only offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from curation.model.definition import Tool
from curation.model.example import Example

MOST_NAMED = 20
"""Tools that a sentence names; of the others it gives the number."""


class Coverage:
    """Counts calls of the tools on offer, row by row; of each tool only its name is kept."""

    def __init__(self, tools: Sequence[Tool] = ()) -> None:
        self._offered = dict.fromkeys(tool.name for tool in tools if tool.name)
        """In the order in which they were first offered."""
        self._called: Counter[str] = Counter()

    def add(self, example: Example) -> None:
        """Count the calls of one row, and note what it offers."""
        for one in example.tools if isinstance(example.tools, tuple) else ():
            if name := one.view.name:
                self._offered.setdefault(name)
        for message in example.messages:
            for call in message.calls or ():
                if isinstance(call.name, str):
                    self._called[call.name] += 1

    def __bool__(self) -> bool:
        """Whether any tool was on offer."""
        return bool(self._offered)

    @property
    def calls(self) -> dict[str, int]:
        """Tool on offer → how often it is called, the most called first; a name nobody offers is a finding, no tool."""
        return dict(sorted(((name, self._called[name]) for name in self._offered), key=lambda one: -one[1]))

    @property
    def never_called(self) -> list[str]:
        """Tools on offer that no row calls."""
        return [name for name in self._offered if not self._called[name]]


def say_coverage(coverage: Coverage) -> list[str]:
    """How often each tool is called, and which never is, as sentences; none where no tool was on offer."""
    called = [f"`{name}` {n:,}" for name, n in coverage.calls.items() if n]
    never = [f"`{name}`" for name in coverage.never_called]
    return [
        *([f"calls by tool: {_list_some(called)}"] if called else []),
        *([f"never called: {_list_some(never)}"] if never else []),
    ]


def _list_some(told: Sequence[str]) -> str:
    more = f" and {len(told) - MOST_NAMED:,} more" if len(told) > MOST_NAMED else ""
    return ", ".join(told[:MOST_NAMED]) + more
