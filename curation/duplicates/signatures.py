"""MinHash signatures of word triples, and the bands by which texts that are alike meet.

A signature is the smallest value of each of 128 permutations. Two texts share a place of it as often as they share
their triples, so of 32 bands of four places at least one is the same in nearly all pairs that are alike (99.8 % of
those that share 65 %), and hardly ever in others (5 % of those that share 20 %).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curation.duplicates.shingles import Shingles

PERMUTATIONS = 128
BANDS = 32
SEED = 42
_AT_ONCE = 500
"""Rows that are copied out of the library at once: it hands out lists, and small ones are quicker."""
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93)

Signatures = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]


def sign(shingles: Shingles) -> Signatures:
    """A line of 128 values for each text."""
    from rensa import RMinHash

    tokens = shingles.hashes.astype(np.uint64)
    ends = np.concatenate(([0], shingles.ends))
    signed = np.empty((len(shingles.ends), PERMUTATIONS), np.uint32)
    for start in range(0, len(signed), _AT_ONCE):
        own = ends[start : start + _AT_ONCE + 1]
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            tokens[own[0] : own[-1]], (own - own[0]).astype(np.uint64), PERMUTATIONS, SEED
        )
        signed[start : start + _AT_ONCE] = matrix.to_rows()
    return signed


def band_keys(signatures: Signatures, salt: int | Keys = 0) -> Keys:
    """A key for each band of each text; keys of other bands, or under another salt (of all or of each), are others."""
    first, second, third = (np.uint64(factor) for factor in _FACTORS)
    pairs = np.ascontiguousarray(signatures).view(np.uint64)
    own = np.arange(1, BANDS + 1, dtype=np.uint64) * third + np.asarray(salt, np.uint64)
    return mix_keys(pairs[:, 0::2] * first + (pairs[:, 1::2] ^ (pairs[:, 1::2] >> np.uint64(29))) * second + own)


def mix_keys(keys: Keys) -> Keys:
    """Spread keys over all their bits."""
    for shift, factor in ((32, _FACTORS[2]), (29, _FACTORS[0])):
        keys = (keys ^ (keys >> np.uint64(shift))) * np.uint64(factor)
    mixed: Keys = keys ^ (keys >> np.uint64(32))
    return mixed
