"""The launcher: what `streamlit run app.py` starts.

It stands apart from `ui/main.py` because a `pages/` folder beside the main script would let a cold deep link run a page
without the shell.
"""

from __future__ import annotations

import gc
import ipaddress
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

from curation.errors import CurationError  # noqa: E402
from ui.api import base_path, editor_routes  # noqa: E402
from ui.errors import on_script_error  # noqa: E402
from ui.front_page import page_routes  # noqa: E402
from ui.pulse_route import pulse_routes  # noqa: E402
from ui.uncut import keep_callbacks_whole  # noqa: E402

RETRY_S = 10.0
SWITCH_S = 0.001
"""How long a thread that draws a page may keep the interpreter while a key waits for its findings; 5 ms by default."""


def refuse_unsafe_start() -> str | None:
    """The one sentence why the app must not start, or None."""
    address = str(st.get_option("server.address") or "")
    if address != "localhost" and not _is_loopback(address):
        return f"Callwright has no sign-in yet and only starts on 127.0.0.1, not on `{address or 'every address'}`."
    if st.get_option("browser.gatherUsageStats") or not st.get_option("server.allowedHosts"):
        return f"The settings in {ROOT / '.streamlit/config.toml'} were not found; start Callwright in {ROOT}."
    return None


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, object]]:  # noqa: ARG001
    """Open the workspace, look after the jobs while the server runs, print the address."""
    sys.setswitchinterval(SWITCH_S)
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_jobs, args=(stop,), name="keeper", daemon=True)
    keeper.start()
    address, port = st.get_option("server.address"), st.get_option("server.port")
    print(f"Callwright is at http://{address}:{port}{base_path()}", file=sys.stderr, flush=True)  # noqa: T201
    yield {}
    from curation.services.playground_live import end_answers
    from ui.session import close_workspaces

    stop.set()
    end_answers()
    keeper.join(timeout=5)
    close_workspaces()


def _keep_jobs(stop: threading.Event) -> None:
    """Keep the jobs; a database that cannot be opened is told once, and tried again until it can."""
    # What the pages need is loaded while the browser fetches what it draws them with, not before the app listens.
    from curation.services.keeping import run_keeper
    from ui import field_work  # noqa: F401
    from ui.session import workspace

    # Loaded for good: whoever looks for garbage later need not go through it.
    gc.freeze()

    told = ""
    while not stop.is_set():
        try:
            run_keeper(workspace(), stop)
        except CurationError as error:
            if str(error) != told:
                told = str(error)
                print(f"callwright: {told}", file=sys.stderr, flush=True)  # noqa: T201
            stop.wait(RETRY_S)


_refusal = refuse_unsafe_start()
if _refusal:
    print(f"callwright: {_refusal}", file=sys.stderr)  # noqa: T201
    raise SystemExit(2)

keep_callbacks_whole()
routes = [*pulse_routes(), *editor_routes(), *page_routes(base_path())]
app = st.App(ROOT / "ui" / "main.py", routes=routes, lifespan=lifespan, on_script_error=on_script_error)
