"""The checks: small functions grouped by what they read."""
