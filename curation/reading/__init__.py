"""Bytes to examples: exact where it matters, tolerant everywhere else."""
