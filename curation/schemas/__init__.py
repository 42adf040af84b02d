"""JSON Schema: compiled once, offline, with a cost count and a warm sandbox."""
