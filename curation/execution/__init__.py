"""Mocks, failures and the guard in front of a call."""
