"""One file per thing a person does; the only layer that opens a unit of work."""
