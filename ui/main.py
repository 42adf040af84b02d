"""The main script: page config, who may come in, and the places of the app. Started by the launcher `app.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Streamlit puts this script's own folder first on the path; modules are only ever imported by their full name.
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

import streamlit as st  # noqa: E402

from ui import address  # noqa: E402
from ui.layout import show_notice  # noqa: E402
from ui.popovers import listen_to_popovers  # noqa: E402
from ui.presses import hold_presses  # noqa: E402
from ui.quiet import keep_quiet  # noqa: E402
from ui.reloaded import keep_cursor  # noqa: E402
from ui.session import current_project, require_role  # noqa: E402
from ui.tab_stops import tidy_tab_stops  # noqa: E402

STATIC = ROOT / "ui" / "static"
PLACES: tuple[tuple[str, str, str], ...] = (
    ("home", "Home", ":material/home:"),
    ("write", "Write", ":material/edit_note:"),
    ("review", "Review", ":material/rate_review:"),
    ("examples", "Examples", ":material/forum:"),
    ("catalogue", "Catalogue", ":material/construction:"),
    ("health", "Health", ":material/monitor_heart:"),
    ("training", "Training", ":material/model_training:"),
    ("evaluation", "Evaluation", ":material/balance:"),
    ("playground", "Playground", ":material/play_circle:"),
)
HIDDEN_PLACES: tuple[tuple[str, str, str], ...] = (
    ("agreement", "Agreement", ":material/balance:"),
    ("import", "Import", ":material/upload:"),
    ("orders", "Orders", ":material/auto_awesome:"),
    ("versions", "Versions", ":material/ac_unit:"),
    ("jobs", "Jobs", ":material/list_alt:"),
    ("glossary", "Glossary", ":material/menu_book:"),
)


def _page(name: str, label: str, icon: str, *, is_hidden: bool) -> st.Page | None:
    path = ROOT / "pages" / f"{name}.py"
    if not path.is_file():
        return None
    return st.Page(
        path,
        title=label,
        icon=icon,
        url_path="" if name == "home" else name,
        default=name == "home",
        visibility="hidden" if is_hidden else "visible",
    )


def main() -> None:
    """Draw the shell and run the chosen page."""
    # Without an icon of its own a page shows that of its place, which a browser fetches from a font host.
    st.set_page_config(
        page_title="Callwright", page_icon=str(STATIC / "icon.svg"), layout="wide", initial_sidebar_state=300
    )
    theme = "dark" if st.context.theme.type == "dark" else "light"
    st.logo(str(STATIC / f"logo-{theme}.svg"), size="medium")
    require_role()
    pages = [
        *(_page(*place, is_hidden=False) for place in PLACES),
        *(_page(*place, is_hidden=True) for place in HIDDEN_PLACES),
    ]
    hold_presses()
    listen_to_popovers()
    keep_cursor()
    tidy_tab_stops()
    asked = address.arrive()
    position = "top" if current_project() else "hidden"
    chosen = st.navigation([page for page in pages if page is not None], position=position)
    place = chosen.url_path or "home"
    lost = address.follow(place, asked)
    show_notice()
    if lost:
        st.info(lost, icon=":material/link_off:")  # safe: our words, the name in them went through plain()
    chosen.run()
    address.keep(place)
    keep_quiet(place)


main()
