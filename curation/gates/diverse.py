"""Sixth gate: a batch in which requests begin, call, give and run differently.

A share is that of different ones among the last few hundred that passed, so that it means the same for a hundred
candidates and for ten thousand. A candidate is refused only when it brings nothing new and its batch would fall under
the share that is wanted.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

from curation.gates.contract import PASSED, Bench, Gate, Verdict
from curation.model.candidate import Candidate
from curation.model.example import Example
from curation.model.values import Arguments
from curation.reading.strict import parse_strict
from curation.rules.coverage import enum_texts
from curation.rules.offer import offer_of
from curation.rules.row import said_in, text_of
from curation.rules.spread import opening_of

WINDOW = 400
"""So many candidates back are looked at."""
FEWEST = 50
"""Fewer say nothing of a share."""
WANTED = {"openings": 0.02, "tools": 0.0, "values": 0.02, "shapes": 0.0}
"""Least share of different ones; a bench's strictness says otherwise by the same names."""
_TOLD = {
    "openings": "Too many requests begin with the same words as this one; begin it otherwise.",
    "tools": "Too many candidates are about the same tools as this one; choose another tool.",
    "values": "Too many candidates give the same values as this one; choose other values.",
    "shapes": "Too many conversations run like this one; let it run otherwise.",
}


class _Window:
    """The last so many sets of things, and how many different things there are in them."""

    def __init__(self) -> None:
        self._sets: deque[tuple[str, ...]] = deque()
        self._counts = Counter[str]()
        self._size = 0

    def __len__(self) -> int:
        return len(self._sets)

    def share(self, more: tuple[str, ...] = ()) -> float:
        """The share of different things, with some more."""
        size = self._size + len(more)
        return (len(self._counts) + len(set(more) - self._counts.keys())) / size if size else 1.0

    def brings_news(self, things: tuple[str, ...]) -> bool:
        return any(thing not in self._counts for thing in things)

    def add(self, things: tuple[str, ...]) -> None:
        self._sets.append(things)
        self._counts.update(things)
        self._size += len(things)
        if len(self._sets) > WINDOW:
            gone = self._sets.popleft()
            self._size -= len(gone)
            for thing in gone:
                self._counts[thing] -= 1
                if not self._counts[thing]:
                    del self._counts[thing]


class _Look:
    """Keeps a window for each kind of thing."""

    def __init__(self, bench: Bench) -> None:
        self._wanted = {name: bench.strictness.get(name, share) for name, share in WANTED.items()}
        self._windows = {name: _Window() for name in WANTED}

    def judge(self, candidate: Candidate) -> Verdict:
        for name, things in _things_of(candidate.example).items():
            window = self._windows[name]
            if len(window) < FEWEST or not things or window.brings_news(things):
                continue
            if window.share(things) < self._wanted[name]:
                return Verdict(False, f"same_{name}", _TOLD[name])
        return PASSED

    def keep(self, candidate: Candidate) -> None:
        for name, things in _things_of(candidate.example).items():
            self._windows[name].add(things)

    def figures(self) -> dict[str, float]:
        """The share of different ones among the last few hundred that passed."""
        return {name: round(window.share(), 4) for name, window in self._windows.items() if len(window)}


def _things_of(example: Example) -> dict[str, tuple[str, ...]]:
    request = next((said_in(message.content) for message in example.messages if message.role == "user"), None) or ""
    calls = [call for message in example.messages for call in message.calls or ()]
    return {
        "openings": (opening_of(request) or request.lower(),),
        "tools": tuple(dict.fromkeys(text_of(call.name) or "" for call in calls)),
        "values": tuple(_values(example)),
        "shapes": (_shape(example),),
    }


def _values(example: Example) -> Iterator[str]:
    """Texts that are given and could be others: no switch, no number, none of a fixed list."""
    offered = offer_of(example).by_name
    for message in example.messages:
        for call in message.calls or ():
            tool = offered.get(text_of(call.name) or "")
            given = parse_strict(call.arguments.text).value if isinstance(call.arguments, Arguments) else None
            if tool is None or not isinstance(given, dict):
                continue
            for name, value in given.items():
                if isinstance(value, str) and not enum_texts(tool.properties.get(name)):
                    yield f"{name}={value}"


def _shape(example: Example) -> str:
    """Who speaks in what order, and how often something is called at once."""
    return " ".join(f"{text_of(message.role)}{len(message.calls or ()) or ''}" for message in example.messages)


GATE = Gate("diverse", "Unlike the rest of its batch", _Look)
