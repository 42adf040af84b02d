"""What every test runs under."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long drawing an input takes depends on the neighbours of the machine, not on the code under test.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("steady")
