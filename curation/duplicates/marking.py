"""What near-duplicates of an example are found by: the triples of two of its texts, what it teaches, and their keys.

Two texts, because two questions are asked. *Has this been asked already?* is told by the turns of the user alone, so
it is answered while nothing else is written yet, and for rows of a benchmark that have no calls. *Is this the same
lesson?* is told by what was asked together with what is called, as for rows of a file. System prompts, tools, results
and the wording of answers are left out of both: the first three are the same in thousands of rows, the last is how a
lesson is told and not which.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.duplicates.shingles import Shingles, join_shingles, shingle_all
from curation.duplicates.signatures import Keys, band_keys, mix_keys, sign
from curation.model.example import Example
from curation.rules.digest import asked_of, choices_of, shape_of

LONGEST = 20_000
"""So many characters of a text are read."""
_HASH = 8
_CHOICE = 2 * _HASH


class Side(IntEnum):
    """What of an example a key is made from."""

    ASKED = 1
    WHOLE = 2
    CHOICE = 3


class Marks(NamedTuple):
    """What is kept of an example: the triples of both texts, and for each turn what is seen and what is called."""

    asked: bytes
    whole: bytes
    choices: bytes

    def called(self) -> dict[bytes, bytes]:
        """What is seen → what is called then."""
        starts = range(0, len(self.choices), _CHOICE)
        return {self.choices[at : at + _HASH]: self.choices[at + _HASH : at + _CHOICE] for at in starts}


def mark(examples: Sequence[Example]) -> list[Marks]:
    """The marks of some examples."""
    asked = shingle_all([asked_of(one)[:LONGEST] for one in examples])
    whole = shingle_all([shape_of(one)[:LONGEST] for one in examples])
    return [
        Marks(asked.of(place).tobytes(), whole.of(place).tobytes(), _pack_choices(one))
        for place, one in enumerate(examples)
    ]


def _pack_choices(example: Example) -> bytes:
    halves = ((one[:_HASH], one[16 : 16 + _HASH]) for one in choices_of(example))
    return b"".join(seen + called for seen, called in dict(halves).items())


def shingles_of(marks: Sequence[Marks], side: Side) -> Shingles:
    """The triples of one of the two texts."""
    return join_shingles([one.asked if side is Side.ASKED else one.whole for one in marks])


def text_keys(shingles: Shingles, project_id: str, side: Side) -> Keys:
    """The keys of all bands of some texts, a line each; those of texts without words mean nothing."""
    return band_keys(sign(shingles), _salt(project_id, side))


def choice_keys(marks: Sequence[Marks], project_id: str) -> tuple[Keys, npt.NDArray[np.int64]]:
    """A key for each thing that is seen before a turn, and how many each example has."""
    seen = np.frombuffer(b"".join(one.choices for one in marks), np.uint64)[0::2]
    counts = np.array([len(one.choices) // _CHOICE for one in marks], np.int64)
    return mix_keys(seen + np.uint64(_salt(project_id, Side.CHOICE))), counts


def shorten(keys: Keys) -> npt.NDArray[np.int64]:
    """Keys as they are stored: half as long, since what they lead to is compared anyway."""
    return (keys >> np.uint64(32)).astype(np.uint32).view(np.int32).astype(np.int64)


def keys_of(marks: Marks, project_id: str) -> list[int]:
    """All keys under which an example of a project is stored."""
    keys = shorten(choice_keys([marks], project_id)[0]).tolist()
    for side in (Side.ASKED, Side.WHOLE):
        shingles = shingles_of([marks], side)
        if shingles.counts[0]:
            keys += shorten(text_keys(shingles, project_id, side))[0].tolist()
    found: list[int] = keys
    return found


class Question(NamedTuple):
    """What is looked for: the triples of both texts of an example, and the keys under which others like it are."""

    asked: npt.NDArray[np.uint32]
    whole: npt.NDArray[np.uint32]
    keys: list[int]


def question(example: Example, project_id: str) -> Question:
    """What to look for in a project; both texts in one go, since somebody is typing meanwhile."""
    shingles = shingle_all([shape_of(example)[:LONGEST], asked_of(example)[:LONGEST]])
    salts = np.array([[_salt(project_id, Side.WHOLE)], [_salt(project_id, Side.ASKED)]], np.uint64)
    keys = shorten(band_keys(sign(shingles), salts))
    return Question(shingles.of(1), shingles.of(0), keys[shingles.counts > 0].ravel().tolist())


def _salt(project_id: str, side: Side) -> int:
    return zlib.crc32(project_id.encode()) << 8 | side
