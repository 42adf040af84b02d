"""Templates of hard cases: one file of data each, read by `hard_cases`."""
