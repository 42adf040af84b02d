"""Texts to be compared with the next one: those that are nearly the same are found by the keys of their bands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from curation.duplicates import Shingles, band_keys, likeness, shingle_all, sign
from curation.rules.near import LIKE

_MOST_COMPARED = 200
"""Texts under the same keys that one is compared with; more of them are a family of which the first will do."""


class Question:
    """One text, ready to be looked for and to be added."""

    def __init__(self, text: str) -> None:
        shingles = shingle_all([text])
        self.triples = shingles.of(0)
        self.keys = _keys_of(shingles)[0] if len(self.triples) else []


class AlikeTexts:
    """Texts by their bands, each with a label."""

    def __init__(self) -> None:
        self._places: defaultdict[int, list[int]] = defaultdict(list)
        self._triples: list[npt.NDArray[np.uint32]] = []
        self._labels: list[str] = []

    def add_all(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Many at once, which costs far less than one by one."""
        if not texts:
            return
        shingles = shingle_all(texts)
        for number, (keys, label) in enumerate(zip(_keys_of(shingles), labels, strict=True)):
            triples = shingles.of(number)
            if len(triples):
                self._add(triples, keys, label)

    def add(self, question: Question, label: str) -> None:
        """One that has been looked for before."""
        if question.keys:
            self._add(question.triples, question.keys, label)

    def find(self, question: Question) -> Iterator[str]:
        """The labels of texts that are nearly the same."""
        met: dict[int, None] = {}
        for key in question.keys:
            for place in self._places.get(key, ()):
                met[place] = None
            if len(met) >= _MOST_COMPARED:
                break
        for place in met:
            if likeness(question.triples, self._triples[place]) >= LIKE:
                yield self._labels[place]

    def _add(self, triples: npt.NDArray[np.uint32], keys: Sequence[int], label: str) -> None:
        place = len(self._labels)
        self._labels.append(label)
        self._triples.append(triples)
        for key in keys:
            self._places[key].append(place)


def _keys_of(shingles: Shingles) -> list[list[int]]:
    keys: list[list[int]] = band_keys(sign(shingles)).tolist()
    return keys
