"""Labels of tabs that can be read in both themes."""

from __future__ import annotations

from ui.theme import tokens


def tab_label(label: str) -> str:
    """Our own words; in the dark theme Streamlit writes the chosen tab in the accent, which is too dim as text."""
    look = tokens()
    return f':color[{label}]{{foreground="{look.text}"}}' if look.is_dark else label
