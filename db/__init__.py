"""Storage: one SQLite file, reached only through units of work."""
