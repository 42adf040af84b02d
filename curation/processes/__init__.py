"""Processes of our own: who they are, what they may know of this one, and children that stay warm behind a deadline."""

from curation.processes.identity import Identity, identify, is_alive, own_identity, parse_identity, read_boot_id

__all__ = ["Identity", "identify", "is_alive", "own_identity", "parse_identity", "read_boot_id"]
