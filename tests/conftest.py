"""What every test runs under."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# `make test` draws the same inputs each time, so that a landing stands or falls by its change alone; new ones are drawn
# by `make test-long`, and what those find becomes a case of its own.
# How long drawing an input takes depends on the neighbours of the machine, not on the code under test.
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("same", steady, derandomize=True)
settings.register_profile("new", steady)
settings.load_profile(os.environ.get("CALLWRIGHT_INPUTS", "same"))
