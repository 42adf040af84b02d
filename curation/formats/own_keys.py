"""The keys that our envelope adds to a row, found without reading the rest of it."""

from __future__ import annotations

import msgspec

NOTHING = msgspec.Raw(b"")
REJECTED = "non_preferred_output"
"""The unknown key of a row under which the rejected answer to its last turn stands, as a list of turns."""
N_PREFERRED = "preferred_turns"
"""The one that says how many turns at the end are preferred to it, where it is not one."""
PAIR_KEYS = (REJECTED, N_PREFERRED)


class OwnMessage(msgspec.Struct):
    """A message, of which only its label is looked at."""

    label: msgspec.Raw = NOTHING

    @property
    def is_labelled(self) -> bool:
        return bool(bytes(self.label))


class OwnKeys(msgspec.Struct, kw_only=True):
    """A row, of which only what is ours is looked at."""

    tags: msgspec.Raw = NOTHING
    group: msgspec.Raw = NOTHING
    waivers: msgspec.Raw = NOTHING
    acceptable: msgspec.Raw = NOTHING
    non_preferred_output: msgspec.Raw = NOTHING
    preferred_turns: msgspec.Raw = NOTHING

    @property
    def has_own_keys(self) -> bool:
        pair = (self.non_preferred_output, self.preferred_turns)
        return any(bytes(part) for part in (self.tags, self.group, self.waivers, self.acceptable, *pair))
