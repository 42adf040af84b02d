"""A run to be killed: asks a host so many numbered questions, and never hears that it should stop."""

from __future__ import annotations

import sys
from pathlib import Path

from curation.llm.budget import Limits
from tests.llm.weather import ask_in_storm

if __name__ == "__main__":
    url, folder, count, requests = sys.argv[1:]
    ask_in_storm(url, Path(folder), int(count), Limits(requests=int(requests)))
