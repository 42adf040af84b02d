"""The HTML every address answers with: Streamlit's own, told where its server is.

Left alone, a browser at `/write` first asks `/write/_stcore/health`, since that might be where the app is mounted, and
two errors stand in its console. It also fetches a typeface nobody sees here, and shows a white page before a dark one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route
from streamlit import file_util

EARLY = [Path(__file__).with_name(f"early_{name}.js").read_text(encoding="utf-8") for name in ("keys", "history")]
"""Scripts that are there before Streamlit is."""
PAGES = Path(__file__).resolve().parent.parent / "pages"
_FONT = re.compile(r'<link\s+rel="preload"[^>]*?SourceSans[^>]*>')
_TITLE = re.compile(r"<title>.*?</title>")
_ICON = re.compile(r'(<link rel="shortcut icon" href=)"[^"]*"')


def page_routes(base: str) -> list[BaseRoute]:
    """Home and each page under the base path of the server; any other address is left to Streamlit."""
    text = front_page(Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8"), base)

    def answer(_: Request) -> HTMLResponse:
        return HTMLResponse(text, headers={"Cache-Control": "no-cache"})

    names = sorted(path.stem for path in PAGES.glob("[a-z]*.py"))
    return [Route(f"{base}/{'' if name == 'home' else name}", answer) for name in names]


def front_page(text: str, base: str) -> str:
    """The page with the place of the server, the colour of the dark theme, and our name; its icon comes later."""
    face = json.dumps({"bodyFont": st.get_option("theme.font") or "sans-serif"})
    dark = st.get_option("theme.dark.backgroundColor") or "#10131A"
    ours = (
        f"<script>window.__streamlit = {{ BACKEND_BASE_URL: location.origin + {json.dumps(f'{base}/')},"
        f" LIGHT_THEME: {face}, DARK_THEME: {face} }}</script>"
        f"<script>{''.join(EARLY)}</script>"
        f"<style>@media (prefers-color-scheme: dark) {{ html {{ background: {dark} }} }}</style>"
    )
    text = _TITLE.sub("<title>Callwright</title>", _FONT.sub("", text), count=1)
    text = _ICON.sub(r'\1"data:,"', text, count=1)
    return text.replace("<head>", f"<head>{ours}", 1)
