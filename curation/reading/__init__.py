"""Bytes to Example: exact and tolerant, with the place of everything."""
