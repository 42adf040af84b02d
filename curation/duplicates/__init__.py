"""Near-duplicates by MinHash: which texts share most of their word triples, without comparing each with each."""

from curation.duplicates.families import Joined, find_families, join_alike
from curation.duplicates.marking import Marks, Side, mark
from curation.duplicates.shingles import Shingles, likeness, shingle_all
from curation.duplicates.signatures import BANDS, PERMUTATIONS, band_keys, sign

__all__ = [
    "BANDS",
    "PERMUTATIONS",
    "Joined",
    "Marks",
    "Shingles",
    "Side",
    "band_keys",
    "find_families",
    "join_alike",
    "likeness",
    "mark",
    "shingle_all",
    "sign",
]
