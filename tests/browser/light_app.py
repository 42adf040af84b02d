"""The app with workers that need no model: they step, tell and save as real ones do, without torch."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

import streamlit as st  # noqa: E402

from app import lifespan, on_script_error, routes  # noqa: E402
from curation.finetune.local import LocalProvider  # noqa: E402
from curation.services import keeping  # noqa: E402
from tests.services.keeping_app import WORKER  # noqa: E402

keeping.PROVIDERS = (LocalProvider(WORKER),)
# Streamlit takes a script for a launcher only where it makes the app itself.
app = st.App(ROOT / "ui" / "main.py", routes=routes, lifespan=lifespan, on_script_error=on_script_error)
