"""Numbered steps; each one is run once, in order, inside one transaction."""
