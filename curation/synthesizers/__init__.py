"""One file = one drafting strategy."""
