"""Which of some examples belong together: with each other, and with those that were compared before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.duplicates import Joined, join_alike, likeness
from curation.duplicates.marking import Marks, Side, choice_keys, shingles_of, shorten, text_keys
from curation.rules.near import LIKE
from db.near_index import Kept

MOST_UNDER_KEY = 8
"""So many examples are found under one key of a run; the others of a large family hang on these."""
MOST_MET = 64
"""So many are compared with under one key, over all runs."""
MOST_ALIKE = 4
"""Of those under one key that are one family already, so many are compared with others."""
_NUMBER_BITS = np.int64(40)

Numbers = npt.NDArray[np.int64]


class Row(NamedTuple):
    """An example that is being compared."""

    number: int
    head_hash: str
    marks: Marks


class Family(NamedTuple):
    """Examples that belong together, of which some may be in families already."""

    numbers: list[int]
    """Those in none."""
    before: list[int]
    """The families that turn out to be one."""


class Comparison:
    """Some examples of one project, their keys, and what they are like."""

    def __init__(self, project_id: str, rows: Sequence[Row]) -> None:
        self.project_id = project_id
        self.rows = rows
        marks = [row.marks for row in rows]
        self._whole = shingles_of(marks, Side.WHOLE)
        self._asked = shingles_of(marks, Side.ASKED)
        self._bands = text_keys(self._whole, project_id, Side.WHOLE)
        seen, n_seen = choice_keys(marks, project_id)
        places = np.arange(len(rows))
        has_words = self._whole.counts > 0
        self._keys = np.concatenate((shorten(self._bands[has_words]).ravel(), shorten(seen)))
        """What others are met under."""
        bands = self._bands.shape[1]
        self._places = np.concatenate((np.repeat(places[has_words], bands), np.repeat(places, n_seen)))

    @property
    def keys(self) -> list[int]:
        """What others are met under, each once."""
        found: list[int] = np.unique(self._keys).tolist()
        return found

    def entries(self, chosen: Sequence[int]) -> Numbers:
        """(key, number) of the rows at these places, in the order of the keys; of many under one key, the first."""
        asked = text_keys(self._asked, self.project_id, Side.ASKED)
        has_words = np.flatnonzero(self._asked.counts)
        keys = np.concatenate((self._keys, shorten(asked[has_words]).ravel()))
        places = np.concatenate((self._places, np.repeat(has_words, asked.shape[1])))
        is_chosen = np.zeros(len(self.rows), np.bool_)
        is_chosen[np.array(chosen, np.int64)] = True
        kept = is_chosen[places]
        numbers = np.array([row.number for row in self.rows], np.int64)[places[kept]]
        return _first_of_each(np.stack((keys[kept], numbers), axis=1), MOST_UNDER_KEY)

    def find_families(self, met: Sequence[tuple[int, int]], kept: Mapping[int, Kept]) -> list[Family]:
        """Join the rows with each other and with those they meet."""
        nodes = _Nodes(len(self.rows), kept)
        joined = Joined(nodes.size)
        join_alike(joined, self._whole, self._bands)
        for place, row in enumerate(self.rows):
            known = kept.get(row.number)
            if known is not None and known.whole == row.marks.whole and known.family is not None:
                joined.join(place, nodes.of(known))
        own = {row.number for row in self.rows}
        for place, other in self._meetings(joined, met):
            if other in own or (known := kept.get(other)) is None or known.project_id != self.project_id:
                continue
            node = nodes.of(known)
            if joined.first_of(place) != joined.first_of(node) and self._is_alike(place, known):
                joined.join(place, node)
        return [nodes.tell(members, self.rows) for members in joined.families()]

    def _meetings(self, joined: Joined, met: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """(place, number of another) of those that share a key, each once; only some of those alike in masses."""
        if not met:
            return []
        labels = joined.labels()[self._places]
        own = _first_of_each(np.stack((self._keys, labels, self._places), axis=1), MOST_ALIKE, by=2)
        others = _first_of_each(np.array(met, np.int64), MOST_MET)
        starts, ends = (np.searchsorted(own[:, 0], others[:, 0], side) for side in ("left", "right"))
        n_each = ends - starts
        which = np.repeat(np.arange(len(others)), n_each)
        within = np.arange(len(which)) - np.repeat(np.cumsum(n_each) - n_each, n_each)
        pairs = np.unique(own[starts[which] + within, 2] << _NUMBER_BITS | others[which, 1])
        numbers = pairs & ((np.int64(1) << _NUMBER_BITS) - np.int64(1))
        return list(zip((pairs >> _NUMBER_BITS).tolist(), numbers.tolist(), strict=True))

    def _is_alike(self, place: int, known: Kept) -> bool:
        return likeness(self._whole.of(place), np.frombuffer(known.whole, np.uint32)) >= LIKE

    def find_conflicts(self, kept: Mapping[int, Kept]) -> list[tuple[bytes, int]]:
        """(request, number) of those that call differently on the very same request."""
        own = {row.number: row.marks for row in self.rows}
        others = {
            number: Marks(one.asked, one.whole, one.choices)
            for number, one in kept.items()
            if number not in own and one.project_id == self.project_id
        }
        asked = {seen for marks in own.values() for seen in marks.called()}
        by_seen: defaultdict[bytes, defaultdict[bytes, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, marks in (own | others).items():
            for seen, called in marks.called().items():
                if seen in asked:
                    by_seen[seen][called].append(number)
        torn = ((seen, ways) for seen, ways in by_seen.items() if len(ways) > 1)
        return [(seen, number) for seen, ways in torn for numbers in ways.values() for number in numbers]


class _Nodes:
    """Rows, those met that are alone, and families of those met, as numbers for joining."""

    def __init__(self, n_rows: int, kept: Mapping[int, Kept]) -> None:
        self._n_rows = n_rows
        self._ids: dict[tuple[bool, int], int] = {}
        for one in kept.values():
            self._ids.setdefault(_name(one), n_rows + len(self._ids))
        self._names = list(self._ids)

    @property
    def size(self) -> int:
        return self._n_rows + len(self._ids)

    def of(self, known: Kept) -> int:
        return self._ids[_name(known)]

    def tell(self, members: Sequence[int], rows: Sequence[Row]) -> Family:
        named = [self._names[one - self._n_rows] for one in members if one >= self._n_rows]
        numbers = [rows[one].number for one in members if one < self._n_rows]
        lone = [number for is_family, number in named if not is_family]
        return Family([*numbers, *lone], [family for is_family, family in named if is_family])


def _name(known: Kept) -> tuple[bool, int]:
    """A family as one, an example in none by itself."""
    return (True, known.family) if known.family is not None else (False, known.number)


def _first_of_each(lines: Numbers, most: int, by: int = 1) -> Numbers:
    """Lines in order, of those that agree in the first columns only so many."""
    ordered = lines[np.lexsort(lines.T[::-1])]
    if not len(ordered):
        return ordered
    is_new = np.concatenate(([True], (ordered[1:, :by] != ordered[:-1, :by]).any(axis=1)))
    starts = np.maximum.accumulate(np.where(is_new, np.arange(len(ordered)), 0))
    chosen: Numbers = ordered[np.arange(len(ordered)) - starts < most]
    return chosen
