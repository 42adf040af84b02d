"""The start of the app: it listens before it has loaded what only a page needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("curation.rules", "jsonschema_rs", "alembic", "sqlalchemy", "pandas", "torch")
ASK = f"import app, sys; print([name for name in {HEAVY!r} if name in sys.modules])"

ASK_GARBAGE = "import app, streamlit; print(streamlit.get_option('runner.postScriptGC'))"


def test_launcher_loads_no_rule_and_no_database_before_it_listens() -> None:
    asked = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"


def test_no_run_ends_in_a_search_for_garbage() -> None:
    """It would hold the interpreter for a tenth of a second, and whoever types meanwhile waits for it."""
    asked = subprocess.run([sys.executable, "-c", ASK_GARBAGE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "False"


def test_a_tab_keeps_what_a_run_under_way_may_speak_of() -> None:
    """With Streamlit's own two runs, runs that overlap spoke of messages forgotten since, and the page stopped."""
    ask = "import app, streamlit; print(streamlit.get_option('global.maxCachedMessageAge'))"
    asked = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(asked.stdout) >= 60
