"""Word lists and wordings that fit every domain, as data."""
