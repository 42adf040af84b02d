"""Frozen values that every part of Callwright speaks in."""
